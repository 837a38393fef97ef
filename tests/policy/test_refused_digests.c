/* Digests, where they start and what they lead to: each is refused for the one thing that is wrong with it,
 * and the last one that is right is not. */
#include "refused.h"

#include <string.h>

static struct vg_blob_field *sha256(void)
{
    return parts_field(&parts, VG_FIELD_SHA256);
}

/* The last field: its digests end theirs. */
static struct vg_blob_field *md5(void)
{
    struct vg_blob_field *found = parts_field(&parts, VG_FIELD_MD5);

    assert_ptr_equal(found, &parts.FIELDS[parts.counts[VG_BLOB_FIELDS] - 1]);
    return found;
}

static void digests_lie_without_gaps_and_ascend(void **state)
{
    uint32_t words = vg_blob_digest_words(VG_FIELD_SHA256);
    struct vg_blob_field *image = parts_field(&parts, VG_FIELD_IMAGE);

    (void)state;
    assert_string_equal(VERDICT_WITH(&parts, image->digests.first, 1), "starts of digests without digests");
    assert_string_equal(VERDICT_WITH(&parts, image->digest_bits, 1), "starts of digests without digests");
    assert_string_equal(VERDICT_WITH(&parts, image->digests.count, 1), "digests on a field that holds text");
    assert_string_equal(VERDICT_WITH(&parts, md5()->digests.first, 0), "digests lie outside");
    assert_string_equal(VERDICT_WITH(&parts, md5()->digests.count, 2), "digests lie outside");
    assert_string_equal(VERDICT_WITH(&parts, parts.DIGESTS[words], parts.DIGESTS[0]),
                        "digests do not ascend");
    assert_string_equal(VERDICT_WITH(&parts, parts.DIGESTS[words], 0), "digests do not ascend");
}

/* Two entries that differ in where they lead only. */
static void a_digest_stands_there_once(void **state)
{
    uint32_t words = vg_blob_digest_words(VG_FIELD_SHA256);
    uint32_t *second = &parts.DIGESTS[words];

    (void)state;
    memcpy(second, parts.DIGESTS, (words - 1) * sizeof(*second));
    parts.DIGESTS[words - 1] = VG_TARGET_RULE | 0;
    assert_string_equal(VERDICT_WITH(&parts, second[words - 1], VG_TARGET_RULE | 1), "digests do not ascend");
}

/* Where the last digest of SHA256 leads to, and that of MD5: a list each, one behind the other. */
static uint32_t *first_list(void)
{
    return &parts.DIGESTS[md5()->digests.first - 1];
}

static uint32_t *last_list(void)
{
    return &parts.DIGESTS[parts.counts[VG_BLOB_DIGESTS] - 1];
}

static void a_digest_leads_to_a_rule_or_to_a_list(void **state)
{
    const char *check = "a digest leads to no list of digests";
    uint32_t *rule = &parts.DIGESTS[vg_blob_digest_words(VG_FIELD_SHA256) - 1];

    (void)state;
    assert_string_equal(VERDICT_WITH(&parts, *rule, VG_TARGET_RULE | parts_rule(&parts, VG_BLOB_AUDIT)),
                        "a digest leads to no deciding rule");
    assert_string_equal(VERDICT_WITH(&parts, *last_list(), parts.counts[VG_BLOB_POSTINGS]), check);
    assert_string_equal(VERDICT_WITH(&parts, *last_list(), *last_list() + 1), check);
    assert_string_equal(VERDICT_WITH(&parts, parts.POSTINGS[*last_list() - 1],
                                     parts.POSTINGS[*last_list() - 1] & ~VG_BLOB_LAST),
                        check);
}

/* What a text leads to may have to be tried on that text, of which a digest has none. */
static void a_digest_leads_to_no_list_of_a_text(void **state)
{
    (void)state;
    assert_string_equal(VERDICT_WITH(&parts, *first_list(), 0), "a digest leads to no list of digests");
    assert_string_equal(VERDICT_WITH(&parts, *last_list(), 0), "a digest leads to no list of digests");
}

/* The predicate behind a digest made a pattern that is tried on a text. */
static void a_digest_leads_to_no_test_of_a_text(void **state)
{
    uint32_t *posting = &parts.POSTINGS[*last_list()];
    uint32_t pattern = parts.header.tracked_count + parts.header.tried_count;

    (void)state;
    assert_true(parts.PREDICATES[pattern].flags & VG_PREDICATE_CONFIRM);
    assert_string_equal(VERDICT_WITH(&parts, *posting, VG_BLOB_LAST | pattern),
                        "a digest leads to a test of text");
}

static void digests_may_share_a_list_and_leave_none_over(void **state)
{
    (void)state;
    assert_string_equal(VERDICT_WITH(&parts, *first_list(), *last_list()),
                        "a digest leads to no list of digests");
    assert_string_equal(VERDICT_WITH(&parts, *last_list(), *first_list()), "a list of predicates of nobody");
    parts_resize(&parts, VG_BLOB_POSTINGS, *last_list());
    assert_string_equal(VERDICT_WITH(&parts, *last_list(), *first_list()), ACCEPTED);
}

static void the_starts_of_digests_cover_them(void **state)
{
    const char *outside = "the starts of digests lie outside";
    uint32_t *starts = &parts.DIGEST_STARTS[sha256()->digest_starts];

    (void)state;
    assert_string_equal(VERDICT_WITH(&parts, sha256()->digest_bits, 0), outside);
    assert_string_equal(VERDICT_WITH(&parts, sha256()->digest_bits, 25), outside);
    assert_string_equal(VERDICT_WITH(&parts, md5()->digest_bits, 2), outside);
    assert_string_equal(VERDICT_WITH(&parts, md5()->digest_starts, 0), outside);
    assert_string_equal(VERDICT_WITH(&parts, starts[1], 4), "the starts of digests do not ascend");
    assert_string_equal(VERDICT_WITH(&parts, starts[0], 1), "the starts of digests do not cover them");
    assert_string_equal(VERDICT_WITH(&parts, starts[2], 4), "the starts of digests do not cover them");
}

static void digests_may_have_so_many_starts(void **state)
{
    uint32_t first = md5()->digest_starts;
    uint32_t count = (1u << 24) + 1;

    (void)state;
    parts_resize(&parts, VG_BLOB_DIGEST_STARTS, first);
    parts_resize(&parts, VG_BLOB_DIGEST_STARTS, first + count);
    parts.DIGEST_STARTS[first + count - 1] = 1;
    assert_string_equal(VERDICT_WITH(&parts, md5()->digest_bits, 24), ACCEPTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(digests_lie_without_gaps_and_ascend),   TEST(a_digest_stands_there_once),
        TEST(a_digest_leads_to_a_rule_or_to_a_list), TEST(a_digest_leads_to_no_list_of_a_text),
        TEST(a_digest_leads_to_no_test_of_a_text),   TEST(digests_may_share_a_list_and_leave_none_over),
        TEST(the_starts_of_digests_cover_them),      TEST(digests_may_have_so_many_starts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

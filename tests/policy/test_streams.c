/* What a pattern or a folder matches of paths with named streams. */
#include "subject.h"

#include "../../src/policy/match.h"

static void an_allowed_folder_covers_no_named_stream(void **state)
{
    (void)state;
    assert_true(under_holds(u"C:\\Windows", PERMISSIVE, TEXT("C:\\Windows\\a.exe")));
    assert_false(under_holds(u"C:\\Windows", PERMISSIVE, TEXT("C:\\Windows\\Tasks:a.exe")));
    assert_true(under_holds(u"C:\\Windows", 0, TEXT("C:\\Windows\\Tasks:a.exe")));
    assert_false(pattern_holds(u"C:\\Windows\\*", PERMISSIVE, TEXT("C:\\Windows\\Tasks:a.exe")));
    assert_false(pattern_holds(u"*\\Tasks:*", PERMISSIVE | CASED, TEXT("C:\\x:y\\Tasks:a.exe")));
    assert_false(pattern_holds(u"*evil*", PERMISSIVE, TEXT("C:\\a:evil")));
    assert_false(pattern_holds(u"*", PERMISSIVE, TEXT("C:\\a:evil")));
    assert_false(pattern_holds(u"*vil", PERMISSIVE | CASED, TEXT("C:\\a:evil")));
    assert_false(pattern_holds(u"*\\b:evil", PERMISSIVE, TEXT("C:\\a:c\\b:evil")));
}

static void a_stream_is_covered_where_the_pattern_spells_it(void **state)
{
    (void)state;
    assert_true(pattern_holds(u"C:\\a:good", PERMISSIVE, TEXT("C:\\a:good")));
    assert_true(pattern_holds(u"C:\\*:good", PERMISSIVE, TEXT("C:\\a:good")));
    assert_false(pattern_holds(u"C:\\*:good", PERMISSIVE, TEXT("C:\\a:x:good")));
    assert_true(pattern_holds(u"C*:*", PERMISSIVE, TEXT("C:\\a:b")));
    assert_true(pattern_holds(u"??\\*:b", PERMISSIVE, TEXT("C:\\a:b")));
    assert_true(under_holds(u"C:\\a:d", PERMISSIVE, TEXT("C:\\a:d\\b")));
    assert_false(under_holds(u"C:\\a:d", PERMISSIVE, TEXT("C:\\a:d\\b:e")));
    /* Text that is no path has no streams. */
    assert_true(holds(build_pattern(&build, VG_FIELD_COMMAND_LINE, u"*x*", PERMISSIVE), VG_FIELD_COMMAND_LINE,
                      TEXT("a /b:x")));
}

/* Though other patterns, whose tokens stand behind its own, are known too. */
static void a_pattern_ends_with_its_last_token(void **state)
{
    (void)state;
    build_rule(&build, VG_ACTION_DENY, build_pattern(&build, VG_FIELD_IMAGE, u"C:\\*:*", PERMISSIVE));
    build_rule(&build, VG_ACTION_ASK, build_pattern(&build, VG_FIELD_IMAGE, u"q?q*", PERMISSIVE));
    vg_record_set(&record, VG_FIELD_IMAGE, at_the_edge(TEXT("C:\\a:bc")));
    open_policy();
    assert_int_equal(decide(), VG_DECIDED);
    assert_int_equal(decision.verdict, VG_DENY);
}

/* Tried in full, as it never is in a decision: the colon that it has may be the drive's. */
static void a_pattern_that_spells_no_stream_covers_none(void **state)
{
    struct vg_value value = {.units = u"C:\\a:x", .count = 6, .is_path = true, .has_stream = true};
    struct vg_blob_view blob;

    (void)state;
    build_rule(&build, VG_ACTION_DENY, build_pattern(&build, VG_FIELD_IMAGE, u"*:x", PERMISSIVE));
    open_policy();
    blob = vg_blob_view_of(policy.blob);
    assert_false(vg_match_pattern(&blob, &blob.PREDICATES[0], &value));
    value.has_stream = false;
    assert_true(vg_match_pattern(&blob, &blob.PREDICATES[0], &value));
}

/* A folder may carry streams of its own, and they can be started. */
static void what_is_denied_under_a_folder_is_denied_in_its_streams(void **state)
{
    (void)state;
    for (unsigned flags = 0; flags <= CASED; flags += CASED) {
        assert_true(under_holds(u"C:\\Users\\Public", flags, TEXT("C:\\Users\\Public:evil.exe")));
        assert_true(under_holds(u"C:\\Users\\Public", flags, TEXT("C:\\Users\\Public:evil.exe:$DATA")));
        assert_true(under_holds(u"C:\\abc", flags, TEXT("C:\\abc:a\\b")));
        assert_true(under_holds(u"C:\\abcd", flags, TEXT("C:\\abcd:")));
        assert_true(under_holds(u"C:\\abcd:e", flags, TEXT("C:\\abcd:e:f")));
        assert_true(under_holds(u"C:", flags, TEXT("C::e")));
        assert_false(under_holds(u"C", flags, TEXT("C:e")));
        assert_false(under_holds(u"C", flags, TEXT("C:e:f")));
        assert_false(under_holds(u"C:", flags, TEXT("C:e:f")));
        assert_false(under_holds(u"C:\\Users", flags, TEXT("C:\\Users2:e")));
        assert_false(under_holds(u"C:\\abcd:", flags, TEXT("C:\\abcd:e")));
        assert_false(under_holds(u"C:\\Users\\Public", flags, TEXT("C:\\Users\\Publi:c")));
        assert_false(pattern_holds(u"C:\\abcd:\\*", flags, TEXT("C:\\abcd:e")));
        assert_true(pattern_holds(u"C:\\abcd:\\*", flags, TEXT("C:\\abcd:\\e")));
        assert_false(
            under_holds(u"C:\\Users\\Public", PERMISSIVE | flags, TEXT("C:\\Users\\Public:good.exe")));
    }
    assert_false(holds(build_under(&build, VG_FIELD_COMMAND_LINE, u"C:\\a", 0), VG_FIELD_COMMAND_LINE,
                       TEXT("C:\\a:b")));
}

/* Side by side, as one key may lead to several predicates. */
static void a_stream_finds_its_folder_among_names_with_colons(void **state)
{
    (void)state;
    build_rule(&build, VG_ACTION_ALLOW, build_pattern(&build, VG_FIELD_IMAGE, u"C:\\a:\\*", 0));
    build_rule(&build, VG_ACTION_ALLOW, build_under(&build, VG_FIELD_IMAGE, u"C:\\a:", 0));
    build_rule(&build, VG_ACTION_DENY, build_under(&build, VG_FIELD_IMAGE, u"C:\\a", 0));
    vg_record_set(&record, VG_FIELD_IMAGE, TEXT("C:\\a:b"));
    open_policy();
    assert_int_equal(decide(), VG_DECIDED);
    assert_int_equal(decision.rule, 2);
}

/* With no name of a file in front it is one of the folder that the path is relative to, as NTFS has it. */
static void a_stream_without_a_file_in_front_is_one(void **state)
{
    (void)state;
    assert_false(pattern_holds(u"*", PERMISSIVE, TEXT(":good")));
    assert_true(pattern_holds(u":good", PERMISSIVE, TEXT(":good")));
    assert_true(pattern_holds(u":*", PERMISSIVE, TEXT(":good")));
    assert_false(pattern_holds(u":g*", PERMISSIVE, TEXT(":g:x")));
    assert_false(pattern_holds(u"*:good", PERMISSIVE, TEXT(":good")));
    assert_true(under_holds(u":d", PERMISSIVE, TEXT(":d\\b")));
    assert_false(under_holds(u":d", PERMISSIVE, TEXT(":d:b")));
    for (unsigned flags = 0; flags <= CASED; flags += CASED) {
        assert_true(under_holds(u":d", flags, TEXT(":d:b")));
        assert_true(under_holds(u"", flags, TEXT(":d")));
        assert_false(under_holds(u":", flags, TEXT(":d")));
        assert_false(under_holds(u"", PERMISSIVE | flags, TEXT(":d")));
    }
}

static void a_colon_makes_a_stream_wherever_it_stands_but_behind_the_drive(void **state)
{
    static const uint32_t counts[] = {1, 2, 7, 8, 9, 17, 600};
    static uint16_t units[600];

    (void)state;
    for (unsigned i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        const struct vg_span value = {.bytes = units, .size = counts[i] * 2};

        for (uint32_t colon = 0; colon < counts[i]; colon += colon < 18 ? 1 : 97) {
            for (uint32_t at = 0; at < counts[i]; at++)
                units[at] = at == colon ? u':' : u'a';
            assert_int_equal(pattern_holds(u"*", PERMISSIVE, value), colon == 1);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_colon_makes_a_stream_wherever_it_stands_but_behind_the_drive),
        CASE(a_stream_without_a_file_in_front_is_one),
        CASE(an_allowed_folder_covers_no_named_stream),
        CASE(a_stream_is_covered_where_the_pattern_spells_it),
        CASE(a_pattern_ends_with_its_last_token),
        CASE(a_pattern_that_spells_no_stream_covers_none),
        CASE(what_is_denied_under_a_folder_is_denied_in_its_streams),
        CASE(a_stream_finds_its_folder_among_names_with_colons),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

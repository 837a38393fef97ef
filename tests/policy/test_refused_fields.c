/* Fields, their lists, tables and filters: each is refused for the one thing that is wrong with it,
 * and the last one that is right is not. */
#include "refused.h"

#include <string.h>

static struct vg_blob_field *image(void)
{
    return parts_field(&parts, VG_FIELD_IMAGE);
}

static struct vg_blob_field *command_line(void)
{
    return parts_field(&parts, VG_FIELD_COMMAND_LINE);
}

/* The last field: its lists and digests end theirs. */
static struct vg_blob_field *md5(void)
{
    struct vg_blob_field *found = parts_field(&parts, VG_FIELD_MD5);

    assert_ptr_equal(found, &parts.FIELDS[parts.counts[VG_BLOB_FIELDS] - 1]);
    return found;
}

static void fields_ascend_and_exist(void **state)
{
    (void)state;
    assert_string_equal(VERDICT_WITH(&parts, md5()->field, (md5() - 1)->field),
                        "fields do not ascend within their bounds");
    assert_string_equal(VERDICT_WITH(&parts, md5()->field, VG_FIELD_COUNT),
                        "fields do not ascend within their bounds");
}

/* Every predicate that is tried looks for its field among them. */
static void there_are_no_more_fields_than_there_are_facts(void **state)
{
    (void)state;
    parts_resize(&parts, VG_BLOB_FIELDS, VG_FIELD_COUNT);
    assert_string_equal(parts_verdict(&parts), "fields do not ascend within their bounds");
    parts_resize(&parts, VG_BLOB_FIELDS, VG_FIELD_COUNT + 1);
    assert_string_equal(parts_verdict(&parts), "more fields than there are facts");
}

static void a_field_s_first_rules_decide(void **state)
{
    const char *check = "no such deciding rule";
    uint32_t audit = parts_rule(&parts, VG_BLOB_AUDIT);
    uint32_t allow = parts_rule(&parts, VG_BLOB_ALLOW);
    const char *unknown = "an allow rule that matches what is unknown";

    (void)state;
    assert_string_equal(VERDICT_WITH(&parts, image()->first_rule, audit), check);
    assert_string_equal(VERDICT_WITH(&parts, image()->first_strict_rule, audit), check);
    assert_string_equal(VERDICT_WITH(&parts, image()->first_unknown_rule, audit), check);
    assert_string_equal(VERDICT_WITH(&parts, image()->first_claimed_rule, audit), check);
    assert_string_equal(VERDICT_WITH(&parts, image()->first_strict_rule, allow), ACCEPTED);
    assert_string_equal(VERDICT_WITH(&parts, image()->first_unknown_rule, allow), unknown);
    assert_string_equal(VERDICT_WITH(&parts, image()->first_claimed_rule, allow), unknown);
}

static void lists_lie_without_gaps_and_ascend(void **state)
{
    const char *outside = "a list lies outside";
    const char *check = "a list does not ascend within its bounds";
    uint32_t *list = &parts.LISTS[image()->anchored.first];

    (void)state;
    assert_true(image()->anchored.count > 1);
    assert_string_equal(VERDICT_WITH(&parts, image()->anchored.first, 0), outside);
    assert_string_equal(VERDICT_WITH(&parts, image()->anchored_strict.first, 0), outside);
    assert_string_equal(VERDICT_WITH(&parts, md5()->general.count, 1), outside);
    assert_string_equal(VERDICT_WITH(&parts, list[1], list[0]), check);
    assert_string_equal(
        VERDICT_WITH(&parts, parts.LISTS[md5()->anchored.first], parts.counts[VG_BLOB_CONDITIONS] - 1),
        ACCEPTED);
    assert_string_equal(
        VERDICT_WITH(&parts, parts.LISTS[md5()->anchored.first], parts.counts[VG_BLOB_CONDITIONS]), check);
}

static void a_predicate_is_listed_with_its_field(void **state)
{
    uint32_t *list = &parts.LISTS[command_line()->general.first];

    (void)state;
    assert_string_equal(VERDICT_WITH(&parts, list[0], 0), "a predicate is listed with another field");
}

static void the_lists_of_every_decision_come_first(void **state)
{
    struct vg_blob_header *header = &parts.header;
    uint32_t *pair = &parts.LISTS[header->always_count];

    (void)state;
    assert_string_equal(VERDICT_WITH(&parts, header->always_count, parts.counts[VG_BLOB_LISTS]),
                        "a list does not ascend within its bounds");
    assert_string_equal(VERDICT_WITH(&parts, header->always_count, parts.counts[VG_BLOB_LISTS] + 1),
                        "a list lies outside");
    assert_string_equal(VERDICT_WITH(&parts, *pair, 0), "a predicate that compares no two fields");
    assert_string_equal(VERDICT_WITH(&parts, *pair, header->tracked_count),
                        "a list does not ascend within its bounds");
}

static void a_table_lies_where_the_one_before_ends(void **state)
{
    const char *outside = "a table lies outside";

    (void)state;
    assert_string_equal(VERDICT_WITH(&parts, image()->start.slots, 1), "a table that is not there has slots");
    assert_string_equal(VERDICT_WITH(&parts, image()->start.bits, 1), "a table that is not there has slots");
    assert_string_equal(VERDICT_WITH(&parts, image()->exact.buckets, 1), outside);
    assert_string_equal(VERDICT_WITH(&parts, image()->exact.bits, VG_BLOB_KEYS_BITS_MAX + 1), outside);
    assert_string_equal(VERDICT_WITH(&parts, image()->folder.buckets, 0), outside);
    assert_string_equal(VERDICT_WITH(&parts, image()->name.buckets, 0), outside);
    assert_string_equal(VERDICT_WITH(&parts, image()->name.bits, image()->name.bits + 1), outside);
    assert_string_equal(VERDICT_WITH(&parts, command_line()->start.slots, 0), outside);
    assert_string_equal(VERDICT_WITH(&parts, command_line()->end.slots, 0), outside);
    assert_string_equal(VERDICT_WITH(&parts, command_line()->end.bits, command_line()->end.bits + 1),
                        outside);
    assert_string_equal(VERDICT_WITH(&parts, command_line()->grams[1].table.slots, 0), outside);
}

static void a_table_wants_so_many_probes_at_most(void **state)
{
    const char *check = "a table wants too many probes";
    struct vg_blob_table *ends = &command_line()->end;
    uint32_t slots = (uint32_t)1 << ends->bits;

    (void)state;
    assert_string_equal(VERDICT_WITH(&parts, ends->probes, slots), ACCEPTED);
    assert_string_equal(VERDICT_WITH(&parts, ends->probes, slots + 1), check);
    parts_resize(&parts, VG_BLOB_SLOTS, ends->slots + 2 * VG_BLOB_PROBES_MAX);
    ends->bits = 7;
    assert_string_equal(VERDICT_WITH(&parts, ends->probes, VG_BLOB_PROBES_MAX), ACCEPTED);
    assert_string_equal(VERDICT_WITH(&parts, ends->probes, VG_BLOB_PROBES_MAX + 1), check);
}

static void nothing_is_looked_up_where_there_is_no_table(void **state)
{
    const char *check = "a table that is not there has buckets";

    (void)state;
    assert_string_equal(VERDICT_WITH(&parts, command_line()->exact.buckets, 1), check);
    assert_string_equal(VERDICT_WITH(&parts, command_line()->exact_lengths, 1), check);
    assert_string_equal(VERDICT_WITH(&parts, command_line()->folder_lengths, 1), check);
    assert_string_equal(VERDICT_WITH(&parts, command_line()->name_lengths, 1), check);
}

static void each_table_wants_no_more_probes_than_it_has_slots(void **state)
{
    struct vg_blob_table *tables[] = {
        &command_line()->start,
        &command_line()->end,
        &command_line()->grams[VG_WIDE_FOUR].table,
    };

    (void)state;
    for (unsigned i = 0; i < sizeof(tables) / sizeof(*tables); i++) {
        uint16_t slots = (uint16_t)(1u << tables[i]->bits);

        assert_string_equal(VERDICT_WITH(&parts, tables[i]->probes, slots), ACCEPTED);
        assert_string_equal(VERDICT_WITH(&parts, tables[i]->probes, slots + 1u),
                            "a table wants too many probes");
    }
}

static void a_slot_leads_to_a_gram(void **state)
{
    uint32_t grams = parts.counts[VG_BLOB_GRAMS];

    (void)state;
    assert_string_equal(VERDICT_WITH(&parts, parts.SLOTS[0].item, grams), ACCEPTED);
    assert_string_equal(VERDICT_WITH(&parts, parts.SLOTS[0].item, grams + 1), "a slot leads outside");
}

static void filters_lie_without_gaps_beside_their_tables(void **state)
{
    struct vg_blob_grams *ones = &command_line()->grams[VG_ASCII_ONE];
    struct vg_blob_grams *last = &command_line()->grams[VG_WIDE_FOUR];

    (void)state;
    assert_string_equal(VERDICT_WITH(&parts, image()->grams[0].filter, 1), "a filter without a table");
    assert_string_equal(VERDICT_WITH(&parts, image()->grams[0].filter_bits, 6), "a filter without a table");
    assert_string_equal(VERDICT_WITH(&parts, ones->filter_bits, VG_ONES_BITS + 1),
                        "a filter of units has not a bit for each");
    assert_string_equal(VERDICT_WITH(&parts, last->filter_bits, 5), "a filter lies outside");
    assert_string_equal(VERDICT_WITH(&parts, last->filter_bits, last->filter_bits + 1),
                        "a filter lies outside");
    assert_string_equal(VERDICT_WITH(&parts, last->filter, 0), "a filter lies outside");
    parts_resize(&parts, VG_BLOB_FILTERS, last->filter + 1);
    assert_string_equal(VERDICT_WITH(&parts, last->filter_bits, 6), ACCEPTED);
    parts_resize(&parts, VG_BLOB_FILTERS, last->filter + (1u << (VG_BLOB_FILTER_BITS_MAX - 6)));
    assert_string_equal(VERDICT_WITH(&parts, last->filter_bits, VG_BLOB_FILTER_BITS_MAX), ACCEPTED);
    parts_resize(&parts, VG_BLOB_FILTERS, last->filter + (1u << (VG_BLOB_FILTER_BITS_MAX - 5)));
    assert_string_equal(VERDICT_WITH(&parts, last->filter_bits, VG_BLOB_FILTER_BITS_MAX + 1),
                        "a filter lies outside");
}

static void grams_start_at_units_counted_in_words(void **state)
{
    uint16_t *stride = &command_line()->grams[VG_WIDE_FOUR].stride;

    (void)state;
    for (uint16_t units = 0; units <= 5; units++)
        assert_string_equal(VERDICT_WITH(&parts, *stride, units),
                            units == 1 || units == 2 || units == 4
                                ? ACCEPTED
                                : "grams at units that are not counted in words");
}

static void texts_are_looked_up_in_fields_of_text_only(void **state)
{
    struct vg_blob_field *sha256 = parts_field(&parts, VG_FIELD_SHA256);

    (void)state;
    assert_string_equal(VERDICT_WITH(&parts, image()->searches, image()->searches | VG_SEARCH_GRAMS),
                        "a field is not searched for what it has");
    sha256->searches |= VG_SEARCH_WHOLE;
    assert_string_equal(VERDICT_WITH(&parts, sha256->exact.bits, 1),
                        "tables of text on a field that holds none");
}

static void a_section_without_an_owner_is_refused(void **state)
{
    static const struct {
        enum vg_blob_section_id id;
        const char *check;
    } owned[] = {
        {VG_BLOB_LISTS, "a list of nobody"},      {VG_BLOB_BUCKETS, "buckets of no table"},
        {VG_BLOB_SLOTS, "slots of no table"},     {VG_BLOB_FILTERS, "a filter of no table"},
        {VG_BLOB_DIGESTS, "digests of no field"}, {VG_BLOB_DIGEST_STARTS, "starts of digests of no field"},
    };

    (void)state;
    for (unsigned i = 0; i < sizeof(owned) / sizeof(*owned); i++) {
        uint32_t count = parts.counts[owned[i].id];

        parts_resize(&parts, owned[i].id, count + 1);
        assert_string_equal(parts_verdict(&parts), owned[i].check);
        parts_resize(&parts, owned[i].id, count);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(fields_ascend_and_exist),
        TEST(there_are_no_more_fields_than_there_are_facts),
        TEST(a_field_s_first_rules_decide),
        TEST(lists_lie_without_gaps_and_ascend),
        TEST(a_predicate_is_listed_with_its_field),
        TEST(the_lists_of_every_decision_come_first),
        TEST(a_table_lies_where_the_one_before_ends),
        TEST(a_table_wants_so_many_probes_at_most),
        TEST(each_table_wants_no_more_probes_than_it_has_slots),
        TEST(nothing_is_looked_up_where_there_is_no_table),
        TEST(a_slot_leads_to_a_gram),
        TEST(filters_lie_without_gaps_beside_their_tables),
        TEST(grams_start_at_units_counted_in_words),
        TEST(texts_are_looked_up_in_fields_of_text_only),
        TEST(a_section_without_an_owner_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

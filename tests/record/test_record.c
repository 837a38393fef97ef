#include "../cmocka_all.h"

#include <vigil/record.h>

#include <string.h>

#define TEXT(literal) ((struct vg_span){u"" literal, sizeof(u"" literal) - 2})

static void every_field_is_found_by_its_name(void **state)
{
    (void)state;
    for (unsigned field = 0; field < VG_FIELD_COUNT; field++) {
        const char *name = vg_field_name((enum vg_field)field);

        assert_int_equal(vg_field_find(name, strlen(name)), field);
    }
}

static void names_are_spelled_exactly_and_whole(void **state)
{
    (void)state;
    assert_int_equal(vg_field_find("image", 5), VG_FIELD_COUNT);
    assert_int_equal(vg_field_find("Imag", 4), VG_FIELD_COUNT);
    assert_int_equal(vg_field_find("Images", 6), VG_FIELD_COUNT);
    assert_int_equal(vg_field_find("", 0), VG_FIELD_COUNT);
    assert_int_equal(vg_field_find("Image|endswith", 5), VG_FIELD_IMAGE);
}

static void only_what_needs_the_disk_or_the_file_is_gathered_late(void **state)
{
    (void)state;
    assert_int_equal(vg_field_stage(VG_FIELD_ORIGINAL_FILE_NAME), VG_STAGE_VERSION);
    assert_true(vg_field_is_gathered(VG_FIELD_SHA256));
    assert_true(vg_field_is_gathered(VG_FIELD_FILE_VERSION));
    assert_false(vg_field_is_gathered(VG_FIELD_IMAGE));
    assert_int_equal(vg_field_stage(VG_FIELD_SHA256), VG_STAGE_HASH);
    assert_int_equal(vg_field_kind(VG_FIELD_SHA256), VG_KIND_SHA256);
    assert_int_equal(vg_field_kind(VG_FIELD_PARENT_IMAGE), VG_KIND_PATH);
    assert_int_equal(vg_field_stage(VG_FIELD_DRIVE), VG_STAGE_DRIVE);
    assert_true(vg_field_is_gathered(VG_FIELD_DRIVE));
    for (unsigned field = 0; field < VG_FIELD_DRIVE; field++)
        assert_int_equal(vg_field_stage((enum vg_field)field), VG_STAGE_CHEAP);
}

static void a_fresh_record_is_pending(void **state)
{
    struct vg_record record = {0};

    (void)state;
    assert_int_equal(record.facts[VG_FIELD_IMAGE].state, VG_FACT_PENDING);
}

static void setting_replaces_and_adding_appends_up_to_the_limit(void **state)
{
    struct vg_record record = {0};
    struct vg_fact *fact = &record.facts[VG_FIELD_USER];

    (void)state;
    for (int i = 0; i < VG_FACT_VALUES_MAX; i++)
        assert_true(vg_record_add(&record, VG_FIELD_USER, TEXT("S-1-5-18")));
    assert_false(vg_record_add(&record, VG_FIELD_USER, TEXT("one too many")));
    assert_int_equal(fact->count, VG_FACT_VALUES_MAX);
    assert_int_equal(fact->state, VG_FACT_KNOWN);

    fact->flags = VG_FACT_CLAIMED;
    vg_record_set(&record, VG_FIELD_USER, TEXT("x"));
    assert_int_equal(fact->count, 1);
    assert_int_equal(fact->flags, 0);
    assert_int_equal(fact->values[0].size, 2);

    vg_record_set_state(&record, VG_FIELD_USER, VG_FACT_ABSENT);
    assert_int_equal(fact->state, VG_FACT_ABSENT);
    assert_int_equal(fact->count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_field_is_found_by_its_name),
        cmocka_unit_test(names_are_spelled_exactly_and_whole),
        cmocka_unit_test(only_what_needs_the_disk_or_the_file_is_gathered_late),
        cmocka_unit_test(a_fresh_record_is_pending),
        cmocka_unit_test(setting_replaces_and_adding_appends_up_to_the_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Version strings: pieces of a file, read only when an undecided rule asks. */
#include "scenario.h"

#include "../image/rich_pe.h"

#define DENY_RICH                                                                                            \
    "vigil: 1\nmode: enforce\ndefault: allow\nrules:\n"                                                      \
    "  - allow: notepad\n    when: { Image|endswith: '\\notepad.exe' }\n"                                    \
    "  - deny: renamed\n    when: { Image|endswith: '\\cmd.exe', OriginalFileName: rich.exe }\n"

static struct rich_pe pe;

static struct sim_file *add_rich(const char *path)
{
    rich_build(&pe, true);
    return sim_add_file(path, pe.bytes, pe.size);
}

static void a_renamed_program_is_known_by_its_original_name(void **state)
{
    const struct vg_event_start *event;

    (void)state;
    begin(DENY_RICH);
    add_rich(CMD);
    assert_int_equal(try_start(CMD, NULL), DENIED);
    event = next_start();
    assert_string_equal(rule_name(event), "renamed");
    assert_string_equal(fact(event, VG_FIELD_ORIGINAL_FILE_NAME), "Rich.EXE");
    end();
}

static void what_was_read_is_recorded_whole(void **state)
{
    const struct vg_event_start *event;

    (void)state;
    begin(DENY_RICH);
    add_rich(CMD);
    assert_int_equal(try_start(CMD, NULL), DENIED);
    event = next_start();
    assert_string_equal(fact(event, VG_FIELD_DESCRIPTION), "A program");
    assert_string_equal(fact(event, VG_FIELD_COMPANY), "Vigil's tests");
    assert_string_equal(fact(event, VG_FIELD_FILE_VERSION), "1.2.3.4");
    assert_string_equal(fact(event, VG_FIELD_PRODUCT), "(absent)");
    assert_string_equal(fact(event, VG_FIELD_SHA256), "(pending)");
    assert_int_equal(status().files_hashed, 0);
    end();
}

static void a_file_is_not_read_unless_an_undecided_rule_asks(void **state)
{
    struct sim_file *notepad, *other;

    (void)state;
    begin(DENY_RICH);
    notepad = add_rich(NOTEPAD);
    other = add_rich(WINWORD);
    assert_int_equal(try_start(NOTEPAD, NULL), STATUS_SUCCESS); /* decided before */
    assert_string_equal(fact(next_start(), VG_FIELD_ORIGINAL_FILE_NAME), "(pending)");
    assert_int_equal(try_start(WINWORD, NULL), STATUS_SUCCESS); /* the rule's other condition fails */
    assert_string_equal(fact(next_start(), VG_FIELD_ORIGINAL_FILE_NAME), "(pending)");
    assert_int_equal(sim_file_reads(notepad), 0);
    assert_int_equal(sim_file_reads(other), 0);
    end();
}

static void an_expression_on_a_string_waits_for_one_on_a_cheap_fact(void **state)
{
    struct sim_file *cmd;

    (void)state;
    begin("vigil: 1\nmode: enforce\ndefault: allow\nrules:\n"
          "  - deny: quietly\n    when: { Company|re|i: '^vigil.s\\s', CommandLine|re: '\\s/q\\b' }\n");
    cmd = add_rich(CMD);
    assert_int_equal(try_start(CMD, "cmd /qq"), STATUS_SUCCESS);
    assert_string_equal(fact(next_start(), VG_FIELD_COMPANY), "(pending)");
    assert_int_equal(sim_file_reads(cmd), 0);
    assert_int_equal(try_start(CMD, "cmd /q"), DENIED);
    assert_string_equal(fact(next_start(), VG_FIELD_COMPANY), "Vigil's tests");
    end();
}

static void several_strings_cost_one_look_and_no_hash(void **state)
{
    struct sim_file *cmd;

    (void)state;
    begin("vigil: 1\nmode: enforce\ndefault: allow\nrules:\n"
          "  - deny: a\n    when: { OriginalFileName: x, SHA256: "
          "'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad' }\n"
          "  - deny: b\n    when: { Company: y }\n"
          "  - deny: c\n    when: { Description|contains: program }\n");
    cmd = add_rich(CMD);
    assert_int_equal(try_start(CMD, NULL), DENIED);
    assert_string_equal(rule_name(next_start()), "c");
    assert_int_equal(sim_file_reads(cmd), 2 * 4096); /* its headers, and what they lead to */
    assert_int_equal(status().files_hashed, 0);
    end();
}

static void what_is_no_image_has_no_strings(void **state)
{
    const struct vg_event_start *event;

    (void)state;
    begin(DENY_RICH);
    sim_add_file(CMD, "abc", 3);
    assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
    event = next_start();
    assert_string_equal(fact(event, VG_FIELD_ORIGINAL_FILE_NAME), "(absent)");
    assert_int_equal(event->unknown_fields, 0);
    end();
}

static void a_file_that_cannot_be_read_has_unknown_strings(void **state)
{
    const struct vg_event_start *event;

    (void)state;
    begin(DENY_RICH);
    sim_set_file_flags(add_rich(CMD), SIM_FILE_READ_FAILS);
    assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
    event = next_start();
    assert_string_equal(fact(event, VG_FIELD_ORIGINAL_FILE_NAME), "(unknown)");
    assert_true(event->unknown_fields & 1ull << VG_FIELD_ORIGINAL_FILE_NAME);
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_renamed_program_is_known_by_its_original_name),
        cmocka_unit_test(what_was_read_is_recorded_whole),
        cmocka_unit_test(a_file_is_not_read_unless_an_undecided_rule_asks),
        cmocka_unit_test(an_expression_on_a_string_waits_for_one_on_a_cheap_fact),
        cmocka_unit_test(several_strings_cost_one_look_and_no_hash),
        cmocka_unit_test(what_is_no_image_has_no_strings),
        cmocka_unit_test(a_file_that_cannot_be_read_has_unknown_strings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

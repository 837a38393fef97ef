/* What single conditions mean: the predicates that they become. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../cmocka_all.h"
#include "support.h"

/* The tokens of a predicate in ASCII: literals as they are, wildcards as <*> and <?>. */
static void spell(const struct vg_predicate *predicate, char *text)
{
    *text = '\0';
    for (size_t i = 0; i < predicate->token_count; i++) {
        const struct vg_token *token = &predicate->tokens[i];
        if (token->kind != VG_TOKEN_LITERAL)
            strcat(text, token->kind == VG_TOKEN_ANY_RUN ? "<*>" : "<?>");
        size_t end = strlen(text);
        for (uint32_t k = 0; k < vg_unit_count(token->text); k++)
            text[end++] = (char)vg_units(token->text)[k];
        text[end] = '\0';
    }
}

/* One condition `KEY: VALUE` whose predicate must have this test and these tokens. */
static void assert_means(const char *item, enum vg_field field, enum vg_test test, const char *tokens)
{
    char body[512], text[512];
    snprintf(body, sizeof(body), "    when: { %s }\n", item);
    struct vg_model model = read_rule_body("deny", body);
    const struct vg_expr *condition = model.rules[0].condition;
    assert_int_equal(condition->kind, VG_EXPR_PREDICATE);
    assert_int_equal(condition->predicate->field, field);
    assert_int_equal(condition->predicate->test, test);
    spell(condition->predicate, text);
    assert_string_equal(text, tokens);
    vg_model_free(&model);
}

static void assert_command_line(const char *value, const char *tokens)
{
    char item[256];
    snprintf(item, sizeof(item), "CommandLine|cased: '%s'", value);
    assert_means(item, VG_FIELD_COMMAND_LINE, VG_TEST_PATTERN, tokens);
}

static void test_stars_and_question_marks_are_wildcards_and_a_backslash_escapes_them(void **state)
{
    (void)state;
    assert_command_line("a*b?c", "a<*>b<?>c");
    assert_command_line("\\*", "*");
    assert_command_line("\\?", "?");
    assert_command_line("\\\\*", "\\<*>");
    assert_command_line("\\\\\\*", "\\*");
    assert_command_line("\\\\\\\\*", "\\\\<*>");
}

static void test_a_backslash_before_anything_else_stands_for_itself(void **state)
{
    (void)state;
    assert_command_line("\\a", "\\a");
    assert_command_line("\\\\a", "\\a");
    assert_command_line("\\\\\\a", "\\\\a");
    assert_command_line("\\\\\\\\a", "\\\\a");
    assert_command_line("a\\", "a\\");
    assert_command_line("a\\\\", "a\\");
}

static void test_runs_of_wildcards_are_brought_into_one_order(void **state)
{
    (void)state;
    assert_command_line("a**b", "a<*>b");
    assert_command_line("a*?b", "a<?><*>b");
    assert_command_line("*?*?*", "<?><?><*>");
}

static void test_modifiers_put_wildcards_around_the_value(void **state)
{
    (void)state;
    assert_means("CommandLine|contains: a", VG_FIELD_COMMAND_LINE, VG_TEST_PATTERN, "<*>A<*>");
    assert_means("CommandLine|startswith: a", VG_FIELD_COMMAND_LINE, VG_TEST_PATTERN, "A<*>");
    assert_means("CommandLine|endswith: a", VG_FIELD_COMMAND_LINE, VG_TEST_PATTERN, "<*>A");
    assert_means("CommandLine|contains: 'a*'", VG_FIELD_COMMAND_LINE, VG_TEST_PATTERN, "<*>A<*>");
    assert_means("CommandLine|startswith: 'a\\*'", VG_FIELD_COMMAND_LINE, VG_TEST_PATTERN, "A*<*>");
    assert_means("CommandLine|startswith: 'a\\'", VG_FIELD_COMMAND_LINE, VG_TEST_PATTERN, "A\\<*>");
}

static void test_in_a_path_the_backslash_only_separates(void **state)
{
    (void)state;
    assert_means("Image|path: 'C:\\Temp\\*'", VG_FIELD_IMAGE, VG_TEST_PATTERN, "C:\\TEMP\\<*>");
    assert_means("Image|path: '*\\?.exe'", VG_FIELD_IMAGE, VG_TEST_PATTERN, "<*>\\<?>.EXE");
    assert_means("Image|path: '%WINDIR%\\x.exe'", VG_FIELD_IMAGE, VG_TEST_PATTERN, "C:\\WINDOWS\\X.EXE");
}

static void test_under_keeps_the_folder_without_its_last_backslash(void **state)
{
    (void)state;
    assert_means("Image|under: 'C:\\Tools\\'", VG_FIELD_IMAGE, VG_TEST_UNDER, "C:\\TOOLS");
    assert_means("Image|under: '%OSDRIVE%'", VG_FIELD_IMAGE, VG_TEST_UNDER, "C:");
}

static void test_nothing_and_the_empty_text_differ(void **state)
{
    (void)state;
    assert_means("CommandLine: null", VG_FIELD_COMMAND_LINE, VG_TEST_NULL, "");
    assert_means("CommandLine: ''", VG_FIELD_COMMAND_LINE, VG_TEST_PATTERN, "");
    assert_means("CommandLine: 'null'", VG_FIELD_COMMAND_LINE, VG_TEST_PATTERN, "NULL");
}

static void test_numbers_lose_their_leading_zeros(void **state)
{
    (void)state;
    assert_means("ProcessId: 0004", VG_FIELD_PROCESS_ID, VG_TEST_PATTERN, "4");
    assert_means("ProcessId: 0", VG_FIELD_PROCESS_ID, VG_TEST_PATTERN, "0");
}

static void test_less_and_greater_are_kept_as_at_most_and_at_least(void **state)
{
    (void)state;
    assert_means("ProcessId|gte: 004", VG_FIELD_PROCESS_ID, VG_TEST_AT_LEAST, "4");
    assert_means("ProcessId|lte: 0", VG_FIELD_PROCESS_ID, VG_TEST_AT_MOST, "0");
    assert_means("ProcessId|gt: 0", VG_FIELD_PROCESS_ID, VG_TEST_AT_LEAST, "1");
    assert_means("ProcessId|gt: 1099", VG_FIELD_PROCESS_ID, VG_TEST_AT_LEAST, "1100");
    assert_means("ProcessId|gt: 99", VG_FIELD_PROCESS_ID, VG_TEST_AT_LEAST, "100");
    assert_means("ProcessId|lt: 1", VG_FIELD_PROCESS_ID, VG_TEST_AT_MOST, "0");
    assert_means("ProcessId|lt: 1000", VG_FIELD_PROCESS_ID, VG_TEST_AT_MOST, "999");
    assert_means("ProcessId|lt: 120", VG_FIELD_PROCESS_ID, VG_TEST_AT_MOST, "119");
}

static void test_path_variables_resolve_as_the_options_say(void **state)
{
    (void)state;
    const char *text = "vigil: 1\nrules: [{ deny: x, when: { Image|under: ['%WINDIR%', '%ProgramFiles%', "
                       "'%SYSTEM32%'] } }]\n";
    struct vg_read_options options = {.variables = {.windir = "D:\\WinNT",
                                                    .osdrive = "D:",
                                                    .program_files = {"D:\\Programme", NULL},
                                                    .system32 = {"D:\\WinNT\\System32", NULL}}};
    struct messages messages;
    struct vg_reporter reporter;
    struct vg_model model;
    char spelled[64];
    messages_begin(&messages, &reporter);
    assert_true(vg_model_read_text("test.yaml", text, strlen(text), &options, &reporter, &model));
    const struct vg_expr *condition = model.rules[0].condition;
    assert_int_equal(condition->kind, VG_EXPR_OR);
    assert_int_equal(condition->child_count, 3);
    spell(condition->children[0]->predicate, spelled);
    assert_string_equal(spelled, "D:\\WINNT");
    spell(condition->children[1]->predicate, spelled);
    assert_string_equal(spelled, "D:\\PROGRAMME");
    spell(condition->children[2]->predicate, spelled);
    assert_string_equal(spelled, "D:\\WINNT\\SYSTEM32");
    vg_model_free(&model);
    messages_end(&messages);
}

static void test_removable_media_are_any_drive_of_that_kind(void **state)
{
    (void)state;
    char spelled[64];
    struct vg_model model = read_rule_body("deny", "    when: { Image|under: '%HOT%\\tools' }\n");
    const struct vg_expr *condition = model.rules[0].condition;
    assert_int_equal(condition->kind, VG_EXPR_AND);
    spell(condition->children[0]->predicate, spelled);
    assert_string_equal(spelled, "<?>:\\TOOLS\\<*>");
    assert_int_equal(condition->children[1]->predicate->field, VG_FIELD_DRIVE);
    spell(condition->children[1]->predicate, spelled);
    assert_string_equal(spelled, "REMOVABLE");
    vg_model_free(&model);
}

/* Of `when: a, except: b`, whether a and b are permissive. */
static void assert_permissive(const char *action, bool when, bool except)
{
    struct vg_model model = read_rule_body(action, "    when: { Image: a }\n    except: { Image: b }\n");
    const struct vg_expr *condition = model.rules[0].condition;
    assert_int_equal(condition->kind, VG_EXPR_AND);
    assert_int_equal(condition->children[0]->predicate->permissive, when);
    assert_int_equal(condition->children[1]->kind, VG_EXPR_NOT);
    assert_int_equal(condition->children[1]->children[0]->predicate->permissive, except);
    vg_model_free(&model);
}

static void test_what_leads_towards_running_the_program_is_permissive(void **state)
{
    (void)state;
    assert_permissive("allow", true, false);
    assert_permissive("deny", false, true);
    assert_permissive("ask", false, true);
    assert_permissive("audit", false, true);
}

static void test_a_selection_used_in_both_directions_is_permissive_in_one(void **state)
{
    (void)state;
    struct vg_model model = read_rule_body(
        "deny", "    detection: { a: { Image: a }, b: { Image: b }, condition: a or (b and not a) }\n");
    const struct vg_expr *condition = model.rules[0].condition;
    assert_int_equal(condition->kind, VG_EXPR_OR);
    assert_false(condition->children[0]->predicate->permissive);
    assert_true(condition->children[1]->children[1]->children[0]->predicate->permissive);
    vg_model_free(&model);
}

static void test_not_exists_is_the_negation_of_exists(void **state)
{
    (void)state;
    struct vg_model model = read_rule_body("deny", "    when: { Image|exists: false }\n");
    const struct vg_expr *condition = model.rules[0].condition;
    assert_int_equal(condition->kind, VG_EXPR_NOT);
    assert_int_equal(condition->children[0]->predicate->test, VG_TEST_EXISTS);
    assert_true(condition->children[0]->predicate->permissive);
    vg_model_free(&model);
}

static void test_places_lead_to_where_things_are_written(void **state)
{
    (void)state;
    struct vg_model model =
        read_good("vigil: 1\nrules:\n  - deny: x\n    when:\n      Image: ['a', 'é', 'b']\n");
    const struct vg_expr *condition = model.rules[0].condition;
    assert_string_equal(model.rules[0].place.file, "test.yaml");
    assert_int_equal(model.rules[0].place.line, 3);
    assert_int_equal(model.rules[0].place.column, 5);
    assert_int_equal(condition->children[2]->predicate->place.line, 5);
    assert_int_equal(condition->children[2]->predicate->place.column, 25);
    vg_model_free(&model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stars_and_question_marks_are_wildcards_and_a_backslash_escapes_them),
        cmocka_unit_test(test_a_backslash_before_anything_else_stands_for_itself),
        cmocka_unit_test(test_runs_of_wildcards_are_brought_into_one_order),
        cmocka_unit_test(test_modifiers_put_wildcards_around_the_value),
        cmocka_unit_test(test_in_a_path_the_backslash_only_separates),
        cmocka_unit_test(test_under_keeps_the_folder_without_its_last_backslash),
        cmocka_unit_test(test_nothing_and_the_empty_text_differ),
        cmocka_unit_test(test_numbers_lose_their_leading_zeros),
        cmocka_unit_test(test_less_and_greater_are_kept_as_at_most_and_at_least),
        cmocka_unit_test(test_path_variables_resolve_as_the_options_say),
        cmocka_unit_test(test_removable_media_are_any_drive_of_that_kind),
        cmocka_unit_test(test_what_leads_towards_running_the_program_is_permissive),
        cmocka_unit_test(test_a_selection_used_in_both_directions_is_permissive_in_one),
        cmocka_unit_test(test_not_exists_is_the_negation_of_exists),
        cmocka_unit_test(test_places_lead_to_where_things_are_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

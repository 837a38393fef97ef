/* Modifiers that change a value before it is compared: what a value becomes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../cmocka_all.h"
#include "encode.h"
#include "support.h"

#define LISTS "lists: { one: 'x*', two: [a, 'b?'], numbers: [4, 007] }\n"

/* The tokens of a predicate in UTF-8, behind what `text` holds: literals as they are, wildcards as <*> and
 * <?>. */
static void spell(const struct vg_predicate *predicate, char *text)
{
    char *end = text + strlen(text);
    for (size_t i = 0; i < predicate->token_count; i++) {
        const struct vg_token *token = &predicate->tokens[i];
        if (token->kind != VG_TOKEN_LITERAL)
            end = stpcpy(end, token->kind == VG_TOKEN_ANY_RUN ? "<*>" : "<?>");
        else
            end += vg_utf8_from_utf16(token->text, end, 1024);
        *end = '\0';
    }
}

/* One condition `KEY: VALUE` in a policy with LISTS; its alternatives, with | between them. */
static void spell_item(const char *item, char *text)
{
    char policy[1024];
    snprintf(policy, sizeof(policy), "vigil: 1\n" LISTS "rules:\n- deny: x\n  when: { %s }\n", item);
    struct vg_model model = read_good(policy);
    const struct vg_expr *condition = model.rules[0].condition;
    *text = '\0';
    if (condition->kind == VG_EXPR_PREDICATE)
        spell(condition->predicate, text);
    else
        assert_int_equal(condition->kind, VG_EXPR_OR);
    for (size_t i = 0; i < condition->child_count; i++) {
        strcat(text, i ? "|" : "");
        spell(condition->children[i]->predicate, text);
    }
    vg_model_free(&model);
}

static void assert_becomes(const char *item, const char *alternatives)
{
    char text[65536];
    spell_item(item, text);
    assert_string_equal(text, alternatives);
}

static void test_windash_takes_a_dash_that_begins_a_word_for_any_other(void **state)
{
    (void)state;
    assert_becomes("CommandLine|cased|windash: ' -a'", " -a| /a| –a| —a| ―a");
    assert_becomes("CommandLine|cased|windash: '/a'", "-a|/a|–a|—a|―a");
    assert_becomes("CommandLine|cased|windash: '\"–1'", "\"-1|\"/1|\"–1|\"—1|\"―1");
    assert_becomes("CommandLine|cased|windash|contains: '-_'",
                   "<*>-_<*>|<*>/_<*>|<*>–_<*>|<*>—_<*>|<*>―_<*>");
    assert_becomes("CommandLine|cased|contains|windash: '-a'",
                   "<*>-a<*>|<*>/a<*>|<*>–a<*>|<*>—a<*>|<*>―a<*>");
    assert_becomes("CommandLine|cased|windash: '*-é'", "<*>-é|<*>/é|<*>–é|<*>—é|<*>―é");
}

static void test_windash_leaves_every_other_dash_alone(void **state)
{
    (void)state;
    assert_becomes("CommandLine|cased|windash: 'start/min'", "start/min");
    assert_becomes("CommandLine|cased|windash: ' - '", " - ");
    assert_becomes("CommandLine|cased|windash: 'a-'", "a-");
    assert_becomes("CommandLine|cased|windash: '-*a'", "-<*>a");
    assert_becomes("CommandLine|cased|windash: '-a-b'", "-a-b|/a-b|–a-b|—a-b|―a-b");
    assert_becomes("CommandLine|cased|windash: '--a'", "--a|-/a|-–a|-—a|-―a");
    assert_becomes("CommandLine|cased|windash: ''", "");
}

static void test_windash_combines_all_dashes_of_a_value(void **state)
{
    (void)state;
    char text[65536];
    unsigned alternatives = 1;
    spell_item("CommandLine|cased|windash: '-a /b'", text);
    for (const char *at = text; (at = strchr(at, '|')); at++)
        alternatives++;
    assert_int_equal(alternatives, 25);
    assert_non_null(strstr(text, "-a -b|"));
    assert_non_null(strstr(text, "|―a ―b"));
}

static void test_windash_with_all_wants_one_form_of_each_value(void **state)
{
    (void)state;
    struct vg_model model =
        read_rule_body("deny", "    when: { CommandLine|contains|all|windash: [' -a', ' -b', c] }\n");
    const struct vg_expr *condition = model.rules[0].condition;
    assert_int_equal(condition->kind, VG_EXPR_AND);
    assert_int_equal(condition->child_count, 3);
    assert_int_equal(condition->children[0]->kind, VG_EXPR_OR);
    assert_int_equal(condition->children[0]->child_count, 5);
    assert_int_equal(condition->children[1]->child_count, 5);
    assert_int_equal(condition->children[2]->kind, VG_EXPR_PREDICATE);
    vg_model_free(&model);
}

static void test_base64_encodes_the_whole_value(void **state)
{
    (void)state;
    /* RFC 4648, section 10 */
    assert_becomes("CommandLine|cased|base64: f", "Zg==");
    assert_becomes("CommandLine|cased|base64: fo", "Zm8=");
    assert_becomes("CommandLine|cased|base64: foo", "Zm9v");
    assert_becomes("CommandLine|cased|base64: foob", "Zm9vYg==");
    assert_becomes("CommandLine|cased|base64: fooba", "Zm9vYmE=");
    assert_becomes("CommandLine|cased|base64: foobar", "Zm9vYmFy");
    assert_becomes("CommandLine|cased|base64: 'ü\\*€'", "w7wq4oKs");
    assert_becomes("CommandLine|cased|base64|contains: foo", "<*>Zm9v<*>");
}

static void test_base64offset_finds_the_value_at_each_of_three_offsets(void **state)
{
    (void)state;
    /* as Sigma's rules for the same text write them out */
    assert_becomes("CommandLine|cased|base64offset: '::FromBase64String'",
                   "OjpGcm9tQmFzZTY0U3RyaW5n|o6RnJvbUJhc2U2NFN0cmluZ|6OkZyb21CYXNlNjRTdHJpbm");
    assert_becomes("CommandLine|cased|wide|base64offset: '::FromBase64String'",
                   "OgA6AEYAcgBvAG0AQgBhAHMAZQA2ADQAUwB0AHIAaQBuAGcA|"
                   "oAOgBGAHIAbwBtAEIAYQBzAGUANgA0AFMAdAByAGkAbgBnA|"
                   "6ADoARgByAG8AbQBCAGEAcwBlADYANABTAHQAcgBpAG4AZw");
    assert_becomes("CommandLine|cased|base64offset|contains: ab", "<*>YW<*>|<*>Fi<*>|<*>hY<*>");
}

static void test_utf16_comes_in_both_orders_and_with_a_mark(void **state)
{
    (void)state;
    assert_becomes("CommandLine|cased|wide|base64: cmd", "YwBtAGQA");
    assert_becomes("CommandLine|cased|utf16le|base64: cmd", "YwBtAGQA");
    assert_becomes("CommandLine|cased|utf16be|base64: cmd", "AGMAbQBk");
    assert_becomes("CommandLine|cased|utf16|base64: cmd", "//5jAG0AZAA=");
    assert_becomes("CommandLine|cased|wide|base64: '€'", "rCA=");
}

static void test_placeholders_become_each_value_of_their_list(void **state)
{
    (void)state;
    assert_becomes("CommandLine|cased|expand: '%two%'", "a|b<?>");
    assert_becomes("CommandLine|cased|expand: '<%one%>'", "<x<*>>");
    assert_becomes("CommandLine|cased|expand|contains: '%two%-%two%'",
                   "<*>a-a<*>|<*>b<?>-a<*>|<*>a-b<?><*>|<*>b<?>-b<?><*>");
    assert_becomes("CommandLine|cased|expand: ['%two%', c]", "a|b<?>|c");
    assert_becomes("CommandLine|cased|expand|windash: '-%one%'", "-x<*>|/x<*>|–x<*>|—x<*>|―x<*>");
}

static void test_a_percent_sign_without_expand_or_behind_a_backslash_is_itself(void **state)
{
    (void)state;
    assert_becomes("CommandLine|cased: '%two%'", "%two%");
    struct messages messages;
    struct vg_reporter reporter;
    struct vg_model model;
    const char *escaped = "vigil: 1\n" LISTS "rules:\n- { deny: x, when: { Image|expand: '\\%two%' } }\n";
    messages_begin(&messages, &reporter);
    assert_true(vg_model_read_text("test.yaml", escaped, strlen(escaped), NULL, &reporter, &model));
    char text[64] = "";
    spell(model.rules[0].condition->predicate, text);
    assert_string_equal(text, "%TWO%");
    assert_non_null(strstr(messages.text, "begins no placeholder"));
    messages_end(&messages);
    vg_model_free(&model);
    assert_becomes("CommandLine|cased|expand: '50% of %'", "50% of %");
    assert_becomes("CommandLine|cased|expand: ''", "");
}

static void test_lists_hold_numbers_too(void **state)
{
    (void)state;
    assert_becomes("ProcessId|expand: '%numbers%'", "4|7");
    assert_becomes("ProcessId|expand: [1, '%numbers%']", "1|4|7");
}

static void test_values_of_a_list_are_checked_like_written_ones(void **state)
{
    (void)state;
    char *said = read_bad("vigil: 1\nlists: { drives: [fixed, floppy] }\nrules:\n"
                          "- { deny: x, when: { Drive|expand: '%drives%' } }\n");
    assert_non_null(strstr(said, "Drive is never"));
    free(said);
}

static void test_neq_is_the_negation_of_the_item(void **state)
{
    (void)state;
    struct vg_model model = read_rule_body("deny", "    when: { Image|endswith|neq: [a, b] }\n");
    const struct vg_expr *condition = model.rules[0].condition;
    assert_int_equal(condition->kind, VG_EXPR_NOT);
    assert_int_equal(condition->children[0]->kind, VG_EXPR_OR);
    assert_true(condition->children[0]->children[0]->predicate->permissive);
    vg_model_free(&model);
}

/* Whatever stands around a text, one of its three parts is in the Base64 of the whole. */
static void test_base64_of_anything_around_a_text_holds_one_of_its_parts(void **state)
{
    (void)state;
    uint8_t bytes[64];
    char whole[96], part[96];
    uint32_t seed = 1;
    for (unsigned round = 0; round < 20000; round++) {
        for (unsigned i = 0; i < sizeof(bytes); i++)
            bytes[i] = (uint8_t)((seed = seed * 1664525u + 1013904223u) >> 24);
        unsigned size = 2 + seed % 20, before = (seed >> 8) % 20, all = before + size + (seed >> 16) % 20;
        vg_base64(bytes, all, whole);
        whole[vg_base64_size(all)] = '\0';
        part[vg_base64_part(bytes + before, size, before % 3, part)] = '\0';
        assert_true(strlen(part) >= (size * 8 - 10) / 6 && *part);
        assert_memory_equal(whole + (before * 8 + 5) / 6, part, strlen(part));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_windash_takes_a_dash_that_begins_a_word_for_any_other),
        cmocka_unit_test(test_windash_leaves_every_other_dash_alone),
        cmocka_unit_test(test_windash_combines_all_dashes_of_a_value),
        cmocka_unit_test(test_windash_with_all_wants_one_form_of_each_value),
        cmocka_unit_test(test_base64_encodes_the_whole_value),
        cmocka_unit_test(test_base64offset_finds_the_value_at_each_of_three_offsets),
        cmocka_unit_test(test_utf16_comes_in_both_orders_and_with_a_mark),
        cmocka_unit_test(test_placeholders_become_each_value_of_their_list),
        cmocka_unit_test(test_a_percent_sign_without_expand_or_behind_a_backslash_is_itself),
        cmocka_unit_test(test_lists_hold_numbers_too),
        cmocka_unit_test(test_values_of_a_list_are_checked_like_written_ones),
        cmocka_unit_test(test_neq_is_the_negation_of_the_item),
        cmocka_unit_test(test_base64_of_anything_around_a_text_holds_one_of_its_parts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Policies that must be read (ok/) with what is printed of them, and policies that must be refused (bad/)
 * with what is said. To write the .expected files anew: VIGIL_UPDATE_GOLDEN=1 ctest -R policy_reader_golden,
 * then look at the difference. */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../cmocka_all.h"
#include "support.h"

static void expected_name(char *name, size_t size, const char *file)
{
    const char *slash = strrchr(file, '/');
    const char *part =
        slash && strncmp(file, "ok/", 3) != 0 && strncmp(file, "bad/", 4) != 0 ? slash + 1 : file;
    snprintf(name, size, "%s%.*s.expected", part == file ? "" : "ok/", (int)(strlen(part) - strlen(".yaml")),
             part);
}

/* Warnings as comments, then the print, so that the golden file is itself a policy. */
static char *golden_text(const struct messages *messages, const char *print)
{
    size_t lines = 1;
    for (const char *at = messages->text; *at; at++)
        lines += *at == '\n';
    char *text = malloc(messages->size + 2 * lines + strlen(print) + 1);
    assert_non_null(text);
    char *end = text;
    for (const char *at = messages->text; *at;) {
        size_t length = strcspn(at, "\n") + 1;
        end += sprintf(end, "# %.*s", (int)length, at);
        at += length;
    }
    strcpy(end, print);
    return text;
}

static void assert_reads_back(const struct vg_model *model, const char *print)
{
    struct messages messages;
    struct vg_reporter reporter;
    struct vg_model again;
    messages_begin(&messages, &reporter);
    if (!vg_model_read_text("printed.yaml", print, strlen(print), NULL, &reporter, &again))
        fail_msg("the print is refused:\n%s\n%s", messages.text, print);
    char *print_again = printed(&again);
    assert_string_equal(print, print_again);
    assert_models_equal(model, &again);
    free(print_again);
    vg_model_free(&again);
    messages_end(&messages);
}

static void check_good(const char *file)
{
    struct messages messages;
    struct vg_reporter reporter;
    struct vg_model model;
    char expected[256];
    messages_begin(&messages, &reporter);
    if (!vg_model_read_file(file, NULL, &reporter, &model))
        fail_msg("%s is refused:\n%s", file, messages.text);
    char *print = printed(&model);
    char *golden = golden_text(&messages, print);
    expected_name(expected, sizeof(expected), file);
    assert_golden(expected, golden);
    assert_reads_back(&model, print);
    free(golden);
    free(print);
    vg_model_free(&model);
    messages_end(&messages);
}

static void check_bad(const char *file)
{
    struct messages messages;
    struct vg_reporter reporter;
    struct vg_model model = {0};
    char expected[256];
    messages_begin(&messages, &reporter);
    if (vg_model_read_file(file, NULL, &reporter, &model))
        fail_msg("%s is taken, and should not be", file);
    assert_null(model.arena);
    assert_true(messages.errors > 0);
    expected_name(expected, sizeof(expected), file);
    assert_golden(expected, messages.text);
    messages_end(&messages);
}

static void for_each(const char *pattern, void (*check)(const char *file))
{
    glob_t files;
    assert_int_equal(glob(pattern, 0, NULL, &files), 0);
    for (size_t i = 0; i < files.gl_pathc; i++)
        check(files.gl_pathv[i]);
    globfree(&files);
}

static void test_good_policies_are_printed_as_the_golden_files_say_and_read_back(void **state)
{
    (void)state;
    for_each("ok/*.yaml", check_good);
}

static void test_the_example_of_the_documentation_is_read(void **state)
{
    (void)state;
    check_good("../../../examples/policy.yaml");
}

static void test_bad_policies_are_refused_as_the_golden_files_say(void **state)
{
    (void)state;
    for_each("bad/*.yaml", check_bad);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_policies_are_printed_as_the_golden_files_say_and_read_back),
        cmocka_unit_test(test_the_example_of_the_documentation_is_read),
        cmocka_unit_test(test_bad_policies_are_refused_as_the_golden_files_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

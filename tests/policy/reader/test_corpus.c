/* The public Sigma rules for process creation, where they are at hand: VIGIL_CORPUS, or ../shared/corpus
 * beside the source. Every rule is either loaded or refused with a reason that docs/policy.md names. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../../cmocka_all.h"
#include "support.h"

static const char *const reasons[] = {
    "the modifier ",  "unknown modifier ",          "the field ",
    "unknown field ", "a keyword without a field ", "the policy has no list "};
enum { REASONS = sizeof(reasons) / sizeof(reasons[0]) };

struct refusals {
    unsigned all;
    unsigned by_reason[REASONS];
};

static void count(void *context, enum vg_severity severity, struct vg_place place, const char *message,
                  const char *hint)
{
    static const char mark[] = " is left out: ";
    struct refusals *refusals = context;
    (void)hint;
    if (severity == VG_NOTE || strstr(message, "ever reached") || strstr(message, "such as no start has"))
        return;
    const char *reason = strstr(message, mark);
    if (severity == VG_ERROR || !reason || !place.line)
        fail_msg("%s:%u: %s", place.file, place.line, message);
    for (unsigned i = 0; i < REASONS; i++)
        if (strncmp(reason + strlen(mark), reasons[i], strlen(reasons[i])) == 0) {
            refusals->by_reason[i]++;
            refusals->all++;
            return;
        }
    fail_msg("not a documented reason: %s", message);
}

static unsigned rule_files(const char *folder)
{
    unsigned found = 0;
    DIR *directory = opendir(folder);
    assert_non_null(directory);
    for (struct dirent *entry; (entry = readdir(directory));)
        found += strstr(entry->d_name, ".yml") != NULL;
    closedir(directory);
    return found;
}

static void test_every_public_rule_is_loaded_or_refused_for_a_documented_reason(void **state)
{
    (void)state;
    struct stat there;
    char folder[512], text[1024];
    const char *corpus = getenv("VIGIL_CORPUS");
    snprintf(folder, sizeof(folder), "%s/sigma/rules-process_creation", corpus ? corpus : VG_CORPUS);
    if (stat(folder, &there) != 0) {
        print_message("there is no corpus at %s (set VIGIL_CORPUS): skipped\n", folder);
        skip();
    }
    snprintf(text, sizeof(text), "vigil: 1\nunsupported: skip\nrules: [{ deny: public, sigma: '%s' }]\n",
             folder);
    struct refusals refusals = {0};
    struct vg_reporter reporter = {.report = count, .context = &refusals};
    struct vg_model model;
    assert_true(vg_model_read_text("corpus.yaml", text, strlen(text), NULL, &reporter, &model));
    print_message("%u rules: %zu loaded, %u refused\n", rule_files(folder), model.rule_count, refusals.all);
    for (unsigned i = 0; i < REASONS; i++)
        print_message("  %4u  %s...\n", refusals.by_reason[i], reasons[i]);
    assert_int_equal(rule_files(folder), model.rule_count + refusals.all);
    assert_true(model.rule_count > 0);

    char *print = printed(&model);
    struct vg_model again = read_good(print);
    assert_models_equal(&model, &again);
    free(print);
    vg_model_free(&again);
    vg_model_free(&model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_public_rule_is_loaded_or_refused_for_a_documented_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

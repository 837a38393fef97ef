/* The examples of docs/policy.md: every block marked `yaml` is read as it stands there. A block that begins
 * with `- ` is a list of rules, one that begins with `title:` a Sigma rule, every other one a policy. Files
 * that they name lie in examples/. A block marked `yaml bad` must be refused. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../cmocka_all.h"
#include "support.h"

static bool read_policy(const char *name, const char *text, struct messages *messages)
{
    struct vg_reporter reporter;
    struct vg_model model;
    messages_begin(messages, &reporter);
    bool good = vg_model_read_text(name, text, strlen(text), NULL, &reporter, &model);
    if (good)
        vg_model_free(&model);
    return good;
}

static bool read_sigma(const char *text, struct messages *messages)
{
    char name[] = "/tmp/vigil-sigma-XXXXXX", policy[256];
    int descriptor = mkstemp(name);
    assert_true(descriptor >= 0);
    FILE *stream = fdopen(descriptor, "w");
    assert_non_null(stream);
    fputs(text, stream);
    assert_int_equal(fclose(stream), 0);
    snprintf(policy, sizeof(policy), "vigil: 1\nrules: [{ deny: x, sigma: '%s' }]\n", name);
    bool good = read_policy("sigma.yaml", policy, messages);
    unlink(name);
    return good;
}

static bool read_block(const char *text, struct messages *messages)
{
    static const char name[] = VG_SOURCE "/examples/docs.yaml";
    static const char head[] = "vigil: 1\nunknown: match\nrules:\n";
    if (strncmp(text, "title:", 6) == 0)
        return read_sigma(text, messages);
    if (strncmp(text, "- ", 2) != 0)
        return read_policy(name, text, messages);
    char *policy = malloc(sizeof(head) + strlen(text));
    assert_non_null(policy);
    strcpy(stpcpy(policy, head), text);
    bool good = read_policy(name, policy, messages);
    free(policy);
    return good;
}

static void test_every_example_of_the_documentation_is_what_it_says(void **state)
{
    (void)state;
    char *docs = read_whole(VG_SOURCE "/docs/policy.md", NULL);
    unsigned good = 0, bad = 0;
    assert_non_null(docs);
    for (char *at = docs; (at = strstr(at, "\n```yaml"));) {
        bool must_fail = strncmp(at, "\n```yaml bad", 12) == 0;
        char *begin = strchr(at + 1, '\n') + 1;
        char *end = strstr(begin, "\n```");
        struct messages messages;
        assert_non_null(end);
        end[1] = '\0';
        if (read_block(begin, &messages) == must_fail)
            fail_msg("%s:\n%s\n%s", must_fail ? "taken, and should not be" : "refused", begin, messages.text);
        if (!must_fail && messages.warnings)
            fail_msg("an example that is warned of:\n%s\n%s", begin, messages.text);
        messages_end(&messages);
        *(must_fail ? &bad : &good) += 1;
        at = end + 2;
    }
    print_message("%u examples are read, %u are refused\n", good, bad);
    assert_true(good >= 10);
    assert_true(bad > 0);
    free(docs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_example_of_the_documentation_is_what_it_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Lists of hashes: read fast, sorted, each once. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../../cmocka_all.h"
#include "support.h"

/* Writes a file beside which a policy may name it, and returns its name; the caller removes it. */
static char *write_list(const char *text)
{
    char *name = strdup("/tmp/vigil-hashes-XXXXXX");
    assert_non_null(name);
    int descriptor = mkstemp(name);
    assert_true(descriptor >= 0);
    FILE *stream = fdopen(descriptor, "w");
    assert_non_null(stream);
    fputs(text, stream);
    assert_int_equal(fclose(stream), 0);
    return name;
}

static struct vg_model read_list(const char *name)
{
    char body[256];
    snprintf(body, sizeof(body), "    when: { SHA256|file: '%s' }\n", name);
    return read_rule_body("deny", body);
}

static void remove_list(char *name)
{
    assert_int_equal(unlink(name), 0);
    free(name);
}

static void test_hashes_are_sorted_and_each_kept_once(void **state)
{
    (void)state;
    char text[5 * 65 + 1] = "";
    static const char *const firsts = "f2f1a";
    for (unsigned i = 0; i < 5; i++)
        snprintf(text + strlen(text), sizeof(text) - strlen(text), "%c%063d\n", firsts[i], 0);
    char *name = write_list(text);
    struct vg_model model = read_list(name);
    const struct vg_predicate *predicate = model.rules[0].condition->predicate;
    assert_int_equal(predicate->test, VG_TEST_DIGESTS);
    assert_int_equal(predicate->digest_count, 4);
    assert_int_equal(vg_predicate_digest(predicate, 0)[0], 0x10);
    assert_int_equal(vg_predicate_digest(predicate, 1)[0], 0x20);
    assert_int_equal(vg_predicate_digest(predicate, 2)[0], 0xa0);
    assert_int_equal(vg_predicate_digest(predicate, 3)[0], 0xf0);
    vg_model_free(&model);
    remove_list(name);
}

static void test_hashes_from_lists_and_files_of_one_or_become_one_list(void **state)
{
    (void)state;
    struct vg_model model = read_rule_body(
        "deny", "    when:\n"
                "      - SHA256: ['000000000000000000000000000000000000000000000000000000000000000b',\n"
                "                 '000000000000000000000000000000000000000000000000000000000000000A']\n"
                "      - SHA256|file: ok/lists/some.sha256\n"
                "      - SHA256: '000000000000000000000000000000000000000000000000000000000000000b'\n");
    const struct vg_expr *condition = model.rules[0].condition;
    assert_int_equal(condition->kind, VG_EXPR_PREDICATE);
    assert_int_equal(condition->predicate->digest_count, 4);
    assert_int_equal(vg_predicate_digest(condition->predicate, 0)[31], 0x0a);
    assert_int_equal(vg_predicate_digest(condition->predicate, 1)[31], 0x0b);
    vg_model_free(&model);
}

static void test_a_hundred_thousand_hashes_are_read_in_a_moment_and_in_order(void **state)
{
    (void)state;
    enum { COUNT = 100000 };
    char *text = malloc(COUNT * 65 + 1);
    assert_non_null(text);
    uint64_t seed = 88172645463325252u;
    for (size_t i = 0; i < COUNT; i++) {
        uint64_t words[4];
        for (unsigned k = 0; k < 4; k++) {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            words[k] = seed;
        }
        sprintf(text + i * 65, "%016llx%016llx%016llx%016llx\n", (unsigned long long)words[0],
                (unsigned long long)words[1], (unsigned long long)words[2], (unsigned long long)words[3]);
    }
    char *name = write_list(text);
    clock_t begin = clock();
    struct vg_model model = read_list(name);
    assert_true((double)(clock() - begin) / CLOCKS_PER_SEC < 2.0);
    const struct vg_predicate *predicate = model.rules[0].condition->predicate;
    assert_int_equal(predicate->digest_count, COUNT);
    for (size_t i = 1; i < COUNT; i++)
        assert_true(memcmp(vg_predicate_digest(predicate, i - 1), vg_predicate_digest(predicate, i), 32) < 0);
    vg_model_free(&model);
    remove_list(name);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hashes_are_sorted_and_each_kept_once),
        cmocka_unit_test(test_hashes_from_lists_and_files_of_one_or_become_one_list),
        cmocka_unit_test(test_a_hundred_thousand_hashes_are_read_in_a_moment_and_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

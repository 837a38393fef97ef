/* What the printer does that golden files do not show, and the arena that models live in. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../cmocka_all.h"
#include "arena.h"
#include "print.h"
#include "support.h"

static void test_long_lists_of_hashes_are_counted_when_asked(void **state)
{
    (void)state;
    struct vg_model model =
        read_rule_body("deny", "    when: { SHA256|file: [ok/lists/some.sha256, ok/lists/crlf.sha256] }\n");
    struct vg_print_options options = {.digests_most = 1};
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    vg_model_print(&model, &options, stream);
    fclose(stream);
    assert_non_null(strstr(text,
                           "      SHA256:\n"
                           "        - 0000000000000000000000000000000000000000000000000000000000000002\n"
                           "        # and 2 more\n"));
    free(text);
    vg_model_free(&model);
}

/* Conditions of random shape, written as a detection. */
static void write_condition(FILE *out, uint32_t *seed, unsigned depth)
{
    *seed = *seed * 1664525u + 1013904223u;
    uint32_t choice = *seed >> 24;
    if (depth == 0 || choice < 80) {
        fprintf(out, "%s%c", choice & 1 ? "not " : "", (char)('a' + choice % 6));
        return;
    }
    fputs(choice & 1 ? "not (" : "(", out);
    for (unsigned i = 0; i < choice % 3 + 2; i++) {
        if (i)
            fputs(choice & 2 ? " and " : " or ", out);
        write_condition(out, seed, depth - 1);
    }
    fputc(')', out);
}

static void test_a_thousand_random_conditions_read_back_as_they_were(void **state)
{
    (void)state;
    uint32_t seed = 7;
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    fputs("vigil: 1\nrules:\n", stream);
    for (unsigned i = 0; i < 1000; i++) {
        fprintf(stream,
                "  - %s: rule %u\n    detection:\n"
                "      a: { CommandLine|contains: [x%u, 'y\\*'] }\n"
                "      b: { CommandLine|contains: 'z' }\n"
                "      c: [{ Image|endswith: '\\a.exe', User: u }, { Image|endswith: '\\b.exe' }]\n"
                "      d: { CommandLine|contains|all: [p, q, r], ParentImage|under: '%%WINDIR%%' }\n"
                "      e: { SHA256: '%064u', ProcessId|exists: false }\n"
                "      f: { Image: [null, '', 'C:\\\\*x?'], Drive: cdrom }\n"
                "      condition: ",
                i % 2 ? "allow" : "deny", i, i, i + 1);
        write_condition(stream, &seed, 4);
        fputs(" or a or b or c or d or e or f\n", stream);
    }
    fclose(stream);
    struct vg_model model = read_good(text);
    char *first = printed(&model);
    struct vg_model again = read_good(first);
    char *second = printed(&again);
    assert_string_equal(first, second);
    assert_models_equal(&model, &again);
    vg_model_free(&model);
    vg_model_free(&again);
    free(first);
    free(second);
    free(text);
}

static void test_an_arena_gives_zeroed_aligned_memory_of_any_size(void **state)
{
    (void)state;
    struct vg_arena *arena = vg_arena_new();
    assert_non_null(arena);
    for (size_t size = 0; size < 100000; size = size * 2 + 1) {
        char *bytes = vg_arena_alloc(arena, size);
        assert_non_null(bytes);
        assert_int_equal((uintptr_t)bytes % 8, 0);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(bytes[i], 0);
        memset(bytes, 0xFF, size);
        assert_string_equal(vg_arena_text(arena, "ab", 2), "ab"); /* the next is aligned all the same */
    }
    assert_string_equal(vg_arena_text(arena, "abcdef", 3), "abc");
    assert_string_equal(vg_arena_format(arena, "%d-%s", 4, "x"), "4-x");
    assert_false(vg_arena_failed(arena));
    vg_arena_free(arena);
    vg_arena_free(NULL);
}

static void test_an_arena_remembers_that_an_allocation_failed(void **state)
{
    (void)state;
    struct vg_arena *arena = vg_arena_new();
    assert_null(vg_arena_array(arena, SIZE_MAX / 2, 4));
    assert_true(vg_arena_failed(arena));
    assert_non_null(vg_arena_alloc(arena, 8));
    assert_true(vg_arena_failed(arena));
    vg_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_long_lists_of_hashes_are_counted_when_asked),
        cmocka_unit_test(test_a_thousand_random_conditions_read_back_as_they_were),
        cmocka_unit_test(test_an_arena_gives_zeroed_aligned_memory_of_any_size),
        cmocka_unit_test(test_an_arena_remembers_that_an_allocation_failed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

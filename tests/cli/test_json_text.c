/* What is taken for JSON, and what is not. */
#include "../cmocka_all.h"

#include "json_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_json(struct vg_json *json, const char *text)
{
    return vg_json_read(json, text, strlen(text)) != NULL;
}

static void what_every_reader_understands_alike_is_read(void **state)
{
    static const char *const texts[] = {
        "{}",
        " [ ] ",
        "1",
        "\"a\"",
        "{\"a\":{\"a\":{\"a\":1}},\"b\":{\"a\":1}}",
        "{\"\":1,\" \":2}",
        "[9223372036854775807,-9223372036854775808,0,-0,1e300,-1.5E-3]",
        "[\"\\u0000\",\"a\\u0000b\",\"\\ud83d\\ude00\",\"\\/\\b\\f\\n\\r\\t\\\"\\\\\"]",
        "[\"\xF0\x9F\x98\x80\",\"\xEF\xBF\xBF\",\"\x7F\"]",
        "[true,false,null]",
    };
    struct vg_json json = {0};

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        if (!is_json(&json, texts[i]))
            fail_msg("refused (%s): %s", json.problem, texts[i]);
    }
    vg_json_free(&json);
}

static void what_readers_may_understand_differently_is_refused(void **state)
{
    static const char *const texts[] = {
        "",
        "{",
        "{}{}",
        "{} x",
        "[1,]",
        "{\"a\":1,}",
        "{a:1}",
        "{'a':1}",
        "[01]",
        "[+1]",
        "[.5]",
        "[1.]",
        "[0x10]",
        "[NaN]",
        "[Infinity]",
        "[tru]",
        "// a\n{}",
        "\xEF\xBB\xBF{}",
        /* numbers */
        "[9223372036854775808]",
        "[18446744073709551615]",
        "[18446744073709551616]",
        "[-9223372036854775809]",
        "[1e999]",
        "[-1e999]",
        /* keys */
        "{\"a\":1,\"a\":1}",
        "{\"a\":1,\"b\":2,\"\\u0061\":3}",
        "[{\"x\":[{\"a\":1,\"\":2,\"a\":3}]}]",
        "{\"\":1,\"\":2}",
        "{\"a\\u0000b\":1}",
        "{\"\\u0000\":1}",
        /* halves of characters, and bytes that are none */
        "[\"\\ud800\"]",
        "[\"\\udc00\"]",
        "[\"\\ud800\\ud800\"]",
        "[\"\\ud83dx\"]",
        "[\"\\udc00\\ud800\"]",
        "[\"\\u12\"]",
        "[\"\\x41\"]",
        "[\"\xED\xA0\x80\"]",
        "[\"\xC0\x80\"]",
        "[\"\xF4\x90\x80\x80\"]",
        "[\"\xE2\x82\"]",
        "[\"\xFF\"]",
        "{\"\xFF\":1}",
        /* control characters */
        "[\"a\nb\"]",
        "[\"\t\"]",
        "[\x01]",
        "[\"\x1F\"]",
    };
    static const char with_nul[] = "[\"a\0b\"]";
    static const char nul_behind[] = "{}\0";
    struct vg_json json = {0};

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        if (is_json(&json, texts[i]))
            fail_msg("read: %s", texts[i]);
        assert_non_null(json.problem);
    }
    assert_null(vg_json_read(&json, with_nul, sizeof(with_nul) - 1));
    assert_null(vg_json_read(&json, nul_behind, sizeof(nul_behind) - 1));
    vg_json_free(&json);
}

static char *nested(unsigned depth, char *text)
{
    for (unsigned i = 0; i < depth; i++) {
        text[i] = '[';
        text[2 * depth - 1 - i] = ']';
    }
    text[2 * depth] = '\0';
    return text;
}

static void nesting_has_a_limit(void **state)
{
    static char text[2 * 100000 + 1];
    struct vg_json json = {0};

    (void)state;
    assert_true(is_json(&json, nested(VG_JSON_DEPTH_MAX, text)));
    assert_false(is_json(&json, nested(VG_JSON_DEPTH_MAX + 1, text)));
    assert_string_equal(json.problem, "it is nested too deeply");
    assert_false(is_json(&json, nested(100000, text)));
    memset(text, '[', 200000);
    text[200000] = '\0';
    assert_false(is_json(&json, text));
    vg_json_free(&json);
}

/* {"k0":0,...}, with key `twice` a second time at the end unless it is `count`. */
static char *object_of(unsigned count, unsigned twice, char *text)
{
    char *at = text + sprintf(text, "{\"other\":0");

    for (unsigned i = 0; i < count; i++)
        at += sprintf(at, ",\"k%u\":0", i * 7919 % count);
    if (twice < count)
        at += sprintf(at, ",\"k%u\":0", twice);
    strcpy(at, "}");
    return text;
}

static void a_key_that_is_there_twice_is_found_among_any_number(void **state)
{
    static const unsigned counts[] = {1, 2, 30, 253, 254, 255, 256, 257, 1000, 20000};
    char *text = malloc(20003 * 12);
    struct vg_json json = {0};

    (void)state;
    assert_non_null(text);
    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        assert_true(is_json(&json, object_of(counts[i], counts[i], text)));
        assert_false(is_json(&json, object_of(counts[i], 0, text)));
        assert_string_equal(json.problem, "an object has a key twice");
        assert_false(is_json(&json, object_of(counts[i], counts[i] / 2, text)));
        assert_false(is_json(&json, object_of(counts[i], counts[i] - 1, text)));
    }
    free(text);
    vg_json_free(&json);
}

static void a_failure_says_where(void **state)
{
    struct vg_json json = {0};

    (void)state;
    assert_false(is_json(&json, "{\"a\": x}"));
    assert_int_equal(json.position, 6);
    vg_json_free(&json);
}

/* Long and short ones in turn: values and text stay good until the next one. */
static void one_text_after_the_other_uses_the_memory_again(void **state)
{
    size_t long_size = 3u << 20;
    char *text = malloc(long_size + 1);
    struct vg_json json = {0};

    (void)state;
    assert_non_null(text);
    for (unsigned round = 0; round < 3; round++) {
        yyjson_val *root;

        memset(text, 'a', long_size);
        text[0] = text[long_size - 1] = '"';
        text[long_size] = '\0';
        root = vg_json_read(&json, text, long_size);
        assert_int_equal(yyjson_get_len(root), long_size - 2);
        root = vg_json_read(&json, "{\"a\":\"b\"}", 9);
        memset(text, 'x', long_size);
        assert_true(yyjson_equals_str(yyjson_obj_get(root, "a"), "b"));
    }
    free(text);
    vg_json_free(&json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_every_reader_understands_alike_is_read),
        cmocka_unit_test(what_readers_may_understand_differently_is_refused),
        cmocka_unit_test(nesting_has_a_limit),
        cmocka_unit_test(a_key_that_is_there_twice_is_found_among_any_number),
        cmocka_unit_test(a_failure_says_where),
        cmocka_unit_test(one_text_after_the_other_uses_the_memory_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

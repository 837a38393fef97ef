/* The filter never rules out what the parser would call a creation. */
#include "../cmocka_all.h"

#include "json_text.h"
#include "log_filter.h"
#include "record_json.h"

#include <stdio.h>
#include <string.h>

static bool may_create(const char *text)
{
    return vg_log_may_create(text, strlen(text));
}

static void every_creation_is_let_through(void **state)
{
    static const char *const texts[] = {
        "{\"EventID\":1,\"Image\":\"a\"}",
        "{\"EventID\" : \t\"1\"}",
        "{\"EventID\":\"01\"}",
        "{\"EventID\":{\"#text\":\"1\"}}",
        "{\"Event\":{\"System\":{\"EventID\":4688}}}",
        "{\"winlog\":{\"event_id\":4688}}",
        "{\"EventType\":\"ProcessCreate\"}",
        "{\"EventType\":\"Process\\u0043reate\"}",
        "{\"\\u0045ventID\":1}",
        "{\"event\\u005fid\":1}",
        "{\"EventID\":\"\\u0031\"}",
        "{\"Image\":\"a\",\"CommandLine\":\"b\"}",
        "{\"EventID\":3,\"Event\":{\"System\":{\"EventID\":1}}}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        if (!may_create(texts[i]))
            fail_msg("ruled out: %s", texts[i]);
    }
}

static void other_events_are_ruled_out(void **state)
{
    static const char *const texts[] = {
        "{\"EventID\":11,\"Image\":\"a\"}",
        "{\"EventID\":\"10\"}",
        "{\"EventID\":46880}",
        "{\"winlog\":{\"event_id\":3}}",
        "{\"EventType\":\"SetValue\",\"EventID\":13}",
        "{\"EventID\":3,\"Message\":\"\\\"EventID\\\":1 \\u00e9 \\u003c \\u0026 ParentCommandLine\"}",
        "{\"ParentCommandLine\":\"x\"}",
        "",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        if (may_create(texts[i]))
            fail_msg("let through: %s", texts[i]);
    }
}

static uint64_t next(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 33;
}

/* Pieces of objects put together by chance: some are creations, written in every way that JSON allows. */
static size_t make_object(uint64_t *state, char *out, size_t size)
{
    static const char *const keys[] = {
        "EventID", "event_id", "EventType",     "CommandLine",       "Image",          "System",
        "winlog",  "Event",    "EventData",     "\\u0045ventID",     "event\\u005Fid", "Channel",
        "#text",   "pad ding", "EventI\\u0044", "Comman\\u0064Line", "Ima\\u0067e"};
    static const char *const values[] = {"1",
                                         "\"1\"",
                                         "4688",
                                         "\"4688\"",
                                         "3",
                                         "11",
                                         "\"ProcessCreate\"",
                                         "\"Process\\u0043reate\"",
                                         "\"\\u0031\"",
                                         "\"a\\\\u0041\"",
                                         "null",
                                         "\"\"",
                                         "\"\\\"EventID\\\":1\"",
                                         "\"C:\\\\Windows\\\\x.exe\"",
                                         "\" 1\"",
                                         "\"+1\"",
                                         "true"};
    size_t used = 0;
    unsigned depth = 0;

#define PUT(...) used += (size_t)snprintf(out + used, size - used, __VA_ARGS__)
    PUT("{");
    for (unsigned i = (unsigned)(next(state) % 6); i != 0; i--) {
        const char *space = next(state) % 4 == 0 ? " " : "";

        PUT("\"%u-%s\":0,", i, "x");
        PUT("\"%s\"%s:%s", keys[next(state) % (sizeof(keys) / sizeof(keys[0]))], space, space);
        if (next(state) % 3 == 0 && depth < 4) {
            PUT("{");
            depth++;
        } else {
            PUT("%s,", values[next(state) % (sizeof(values) / sizeof(values[0]))]);
        }
    }
    PUT("\"end\":%*s0", (int)(next(state) % 20), "");
    while (depth-- != 0)
        PUT("}");
    PUT("}");
#undef PUT
    return used;
}

static void what_chance_makes_is_never_ruled_out_wrongly(void **state)
{
    struct vg_json json = {0};
    uint64_t seed = 42;
    unsigned creations = 0;
    unsigned ruled_out = 0;

    (void)state;
    for (unsigned i = 0; i < 200000; i++) {
        char text[1024];
        size_t size = make_object(&seed, text, sizeof(text));
        yyjson_val *root = vg_json_read(&json, text, size);
        bool creation;

        if (root == NULL)
            continue; /* a key twice */
        creation = vg_log_event_of(root).kind != VG_LOG_OTHER;
        creations += creation;
        ruled_out += !vg_log_may_create(text, size);
        if (creation && !vg_log_may_create(text, size))
            fail_msg("ruled out: %s", text);
    }
    vg_json_free(&json);
    assert_true(creations > 1000);
    assert_true(ruled_out > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_creation_is_let_through),
        cmocka_unit_test(other_events_are_ruled_out),
        cmocka_unit_test(what_chance_makes_is_never_ruled_out_wrongly),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

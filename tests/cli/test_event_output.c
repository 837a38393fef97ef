#include "../cmocka_all.h"

#include "event_builder.h"
#include "event_json.h"
#include "event_text.h"
#include "json_text.h"

#include <stdlib.h>
#include <string.h>

static struct vg_event decode(const struct event_builder *builder)
{
    struct vg_event event;
    const char *problem = "";

    if (!vg_event_decode(builder->bytes, builder->size, &event, &problem))
        fail_msg("%s", problem);
    return event;
}

static char *printed(const struct vg_event *event, const struct vg_event_style *style)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);

    assert_non_null(stream);
    if (style != NULL)
        assert_true(vg_event_print(stream, event, style));
    else
        assert_true(vg_event_write_json(stream, event));
    fclose(stream);
    return text;
}

/* Compares with the content of golden/NAME. */
static void check_golden(const char *name, const struct vg_event *event, const struct vg_event_style *style)
{
    char expected[8192] = {0};
    char path[256];
    char *text = printed(event, style);
    FILE *file;

    snprintf(path, sizeof(path), "golden/%s", name);
    if (getenv("VG_WRITE_GOLDEN") !=
        NULL) { /* for whoever changes the output on purpose, and reads the difference */
        file = fopen(path, "wb");
        assert_non_null(file);
        fputs(text, file);
        fclose(file);
    }
    file = fopen(path, "rb");
    if (file == NULL)
        fail_msg("%s is missing; it should hold: %s", path, text);
    expected[fread(expected, 1, sizeof(expected) - 1, file)] = '\0';
    fclose(file);
    assert_string_equal(text, expected);
    free(text);
}

static void a_start_has_sysmons_names_and_ours(void **state)
{
    struct event_builder builder;
    struct vg_event event;

    (void)state;
    event_full_start(&builder);
    event = decode(&builder);
    check_golden("start.json", &event, NULL);
}

static void an_exit_says_how_it_ended_and_when(void **state)
{
    static const struct vg_event_exit fixed = {
        .header = {.sequence = 18, .time = 133536836981234567},
        .process_guid = {{0x89, 0xAE, 0x3E, 0xA2}},
        .process_id = 4312,
        .exit_status = (int32_t)0xC0000005,
        .create_time = 133536836967880000,
        .run_time = 12345678,
        .start_sequence = 17,
    };
    struct event_builder builder;
    struct vg_event event;

    (void)state;
    event_begin(&builder, VG_EVENT_EXIT, &fixed, sizeof(fixed));
    EVENT_TEXT(&builder, VG_FIELD_IMAGE, "C:\\x.exe");
    event_finish(&builder);
    event = decode(&builder);
    check_golden("exit.json", &event, NULL);
    check_golden("exit.txt", &event, &(struct vg_event_style){.columns = 0});
}

static void an_image_load_names_the_image(void **state)
{
    static const struct vg_event_image fixed = {
        .header = {.sequence = 19, .time = 133536836981234567},
        .process_id = 4312,
        .base = 0x7FF812340000,
        .image_size = 0x1F0000,
        .signature_level = 12,
        .signature_type = 1,
    };
    static const uint16_t name[] = u"\\Device\\HarddiskVolume3\\Windows\\System32\\ntdll.dll";
    struct event_builder builder;
    struct vg_event event;

    (void)state;
    event_begin(&builder, VG_EVENT_IMAGE, &fixed, sizeof(fixed));
    EVENT_AS(&builder, struct vg_event_image)->name_offset = event_append(&builder, name, sizeof(name) - 2);
    EVENT_AS(&builder, struct vg_event_image)->name_size = sizeof(name) - 2;
    event_finish(&builder);
    event = decode(&builder);
    check_golden("image.json", &event, NULL);
    check_golden("image.txt", &event, &(struct vg_event_style){.columns = 0});
}

static void a_loss_says_how_many_and_which(void **state)
{
    static const struct vg_event_lost fixed = {
        .header = {.time = 133536836981234567}, .first_sequence = 100, .last_sequence = 141};
    struct event_builder builder;
    struct vg_event event;

    (void)state;
    event_begin(&builder, VG_EVENT_LOST, &fixed, sizeof(fixed));
    event_finish(&builder);
    event = decode(&builder);
    check_golden("lost.json", &event, NULL);
    check_golden("lost.txt", &event, &(struct vg_event_style){.columns = 0});
}

static void a_change_of_state_names_the_policy(void **state)
{
    static const struct vg_event_state fixed = {
        .header = {.sequence = 1, .time = 133536836981234567},
        .policy_identity = {0xAB, 0xCD, 0xEF, 0x01},
        .policy_generation = 3,
        .enforcement = VG_ENFORCING_DENIES,
        .options = VG_OPTION_WATCH_IMAGES,
        .rule_count = 12,
    };
    struct event_builder builder;
    struct vg_event event;

    (void)state;
    event_begin(&builder, VG_EVENT_STATE, &fixed, sizeof(fixed));
    event_finish(&builder);
    event = decode(&builder);
    check_golden("state.json", &event, NULL);
    check_golden("state.txt", &event, &(struct vg_event_style){.columns = 0});
}

static void a_line_for_people_names_verdict_image_rule_and_command(void **state)
{
    struct event_builder builder;
    struct vg_event event;

    (void)state;
    event_full_start(&builder);
    event = decode(&builder);
    check_golden("start.txt", &event, &(struct vg_event_style){.columns = 0});
    check_golden("start-colour.txt", &event, &(struct vg_event_style){.colour = true, .columns = 0});
}

static void what_was_not_enforced_says_so(void **state)
{
    struct event_builder builder;
    struct vg_event event;
    char *text;

    (void)state;
    event_full_start(&builder);
    EVENT_AS(&builder, struct vg_event_start)->enforced = 0;
    EVENT_AS(&builder, struct vg_event_start)->guard = VG_GUARD_MONITOR;
    event = decode(&builder);
    text = printed(&event, &(struct vg_event_style){.columns = 0});
    assert_non_null(strstr(text, " (deny) "));
    assert_non_null(strstr(text, "; not enforced: monitor; 2 audited]"));
    free(text);
}

/* Counts the columns of a line of ASCII, and of ellipses and Cyrillic, which take one column each. */
static size_t columns(const char *line)
{
    size_t count = 0;

    for (; *line != '\0' && *line != '\n'; line++)
        count += ((uint8_t)*line & 0xC0) != 0x80;
    return count;
}

static void a_line_is_never_longer_than_the_terminal(void **state)
{
    struct event_builder builder;
    struct vg_event event;

    (void)state;
    event_full_start(&builder);
    event = decode(&builder);
    for (unsigned width = 1; width < 200; width++) {
        char *text = printed(&event, &(struct vg_event_style){.columns = width});

        assert_true(columns(text) <= width);
        assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
        free(text);
    }
}

/* An event whose command line is these units. */
static struct vg_event with_command_line(struct event_builder *builder, const uint16_t *units, uint32_t count)
{
    struct vg_event_start fixed = {.rule = VG_RULE_NONE, .reason = VG_REASON_DEFAULT};

    event_begin(builder, VG_EVENT_START, &fixed, sizeof(fixed));
    event_fact(builder, VG_FIELD_COMMAND_LINE, VG_FACT_KNOWN, units, count * 2);
    event_finish(builder);
    return decode(builder);
}

static void a_command_line_cannot_drive_the_terminal(void **state)
{
    static const uint16_t hostile[] = u"\x1B[2J\x07\r\n\x9B"
                                      u"31m \u202Eexe.cod \u200B\u2028 \x7F";
    struct event_builder builder;
    struct vg_event event = with_command_line(&builder, hostile, sizeof(hostile) / 2 - 1);
    char *text = printed(&event, &(struct vg_event_style){.columns = 0});

    (void)state;
    for (const char *at = text; *at != '\0'; at++)
        assert_true((uint8_t)*at >= 0x20 || (*at == '\n' && at[1] == '\0'));
    assert_non_null(strstr(
        text, "<U+001B>[2J<U+0007><U+000D><U+000A><U+009B>31m <U+202E>exe.cod <U+200B><U+2028> <U+007F>"));
    free(text);
}

static void check_json_survives(const uint16_t *units, uint32_t count)
{
    struct event_builder builder;
    struct vg_event event = with_command_line(&builder, units, count);
    char *text = printed(&event, NULL);
    char utf8[16 + 3 * 512];
    size_t size = vg_utf8_from_utf16((struct vg_span){units, count * 2}, utf8, sizeof(utf8));
    struct vg_json json = {0};
    yyjson_val *object = vg_json_read(&json, text, strlen(text));
    yyjson_val *value;

    if (object == NULL)
        fail_msg("%s in %s", json.problem, text);
    value = yyjson_obj_get(object, "CommandLine");
    assert_int_equal(yyjson_get_len(value), size);
    assert_memory_equal(yyjson_get_str(value), utf8, size);
    assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
    vg_json_free(&json);
    free(text);
}

static void every_utf16_unit_makes_valid_json(void **state)
{
    uint16_t units[256];

    (void)state;
    for (uint32_t first = 0; first < 0x10000; first += 256) {
        for (uint32_t i = 0; i < 256; i++)
            units[i] = (uint16_t)(first + i);
        check_json_survives(units, 256);
        units[0] = units[255];
        check_json_survives(units, 1);
    }
}

static void random_utf16_makes_valid_json(void **state)
{
    uint32_t seed = 4711;

    (void)state;
    for (unsigned round = 0; round < 20000; round++) {
        uint16_t units[64];
        uint32_t count = round % 64 + 1;

        for (uint32_t i = 0; i < count; i++) {
            seed = seed * 1664525 + 1013904223;
            /* Half of them surrogates, paired and not. */
            units[i] = (uint16_t)((seed >> 8) % 2 != 0 ? 0xD800 + (seed >> 16) % 0x800 : seed >> 16);
        }
        check_json_survives(units, count);
    }
}

/* The event as JSON that was read again; vg_json_free in the end. */
static yyjson_val *object_of(const struct vg_event *event, struct vg_json *json)
{
    char *text = printed(event, NULL);
    yyjson_val *object;

    *json = (struct vg_json){0};
    object = vg_json_read(json, text, strlen(text));
    assert_true(yyjson_is_obj(object));
    free(text);
    return object;
}

static void lone_surrogates_become_replacement_characters(void **state)
{
    static const uint16_t lone[] = {u'a', 0xD83D, u'b', 0xDE00};
    struct event_builder builder;
    struct vg_event event = with_command_line(&builder, lone, 4);
    struct vg_json json;
    yyjson_val *object = object_of(&event, &json);

    (void)state;
    assert_string_equal(yyjson_get_str(yyjson_obj_get(object, "CommandLine")), "a\xEF\xBF\xBD"
                                                                               "b\xEF\xBF\xBD");
    vg_json_free(&json);
}

static void a_rule_name_that_is_not_utf8_is_repaired(void **state)
{
    static const char name[] = "bad\x80\xFFname";
    struct vg_event_start fixed = {.rule = 1};
    struct event_builder builder;
    struct vg_event event;
    struct vg_json json;
    yyjson_val *object;

    (void)state;
    event_begin(&builder, VG_EVENT_START, &fixed, sizeof(fixed));
    EVENT_AS(&builder, struct vg_event_start)->rule_name_offset =
        event_append(&builder, name, sizeof(name) - 1);
    EVENT_AS(&builder, struct vg_event_start)->rule_name_size = sizeof(name) - 1;
    event_finish(&builder);
    event = decode(&builder);
    object = object_of(&event, &json);
    assert_string_equal(yyjson_get_str(yyjson_obj_get(object, "RuleName")),
                        "bad\xEF\xBF\xBD\xEF\xBF\xBDname");
    vg_json_free(&json);
}

static void unknown_facts_are_left_out_and_named(void **state)
{
    struct event_builder builder;
    struct vg_event event;
    struct vg_json json;
    yyjson_val *object;

    (void)state;
    event_full_start(&builder);
    event = decode(&builder);
    object = object_of(&event, &json);
    assert_null(yyjson_obj_get(object, "Drive"));
    assert_true(yyjson_is_null(yyjson_obj_get(object, "ParentCommandLine")));
    assert_string_equal(yyjson_get_str(yyjson_arr_get(yyjson_obj_get(object, "UnknownFacts"), 0)), "Drive");
    assert_int_equal(yyjson_arr_size(yyjson_obj_get(object, "UnknownFacts")), 1);
    vg_json_free(&json);
}

static void an_exit_of_an_unknown_process_says_so(void **state)
{
    static const struct vg_event_exit fixed = {.process_id = 4};
    struct event_builder builder;
    struct vg_event event;
    struct vg_json json;
    yyjson_val *object;

    (void)state;
    event_begin(&builder, VG_EVENT_EXIT, &fixed, sizeof(fixed));
    event_fact(&builder, VG_FIELD_IMAGE, VG_FACT_UNKNOWN, NULL, 0);
    event_finish(&builder);
    event = decode(&builder);
    object = object_of(&event, &json);
    assert_null(yyjson_obj_get(object, "Image"));
    assert_string_equal(yyjson_get_str(yyjson_arr_get(yyjson_obj_get(object, "UnknownFacts"), 0)), "Image");
    assert_true(yyjson_is_null(yyjson_obj_get(object, "StartSequence")));
    vg_json_free(&json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_start_has_sysmons_names_and_ours),
        cmocka_unit_test(an_exit_says_how_it_ended_and_when),
        cmocka_unit_test(an_image_load_names_the_image),
        cmocka_unit_test(a_loss_says_how_many_and_which),
        cmocka_unit_test(a_change_of_state_names_the_policy),
        cmocka_unit_test(a_line_for_people_names_verdict_image_rule_and_command),
        cmocka_unit_test(what_was_not_enforced_says_so),
        cmocka_unit_test(a_line_is_never_longer_than_the_terminal),
        cmocka_unit_test(a_command_line_cannot_drive_the_terminal),
        cmocka_unit_test(every_utf16_unit_makes_valid_json),
        cmocka_unit_test(random_utf16_makes_valid_json),
        cmocka_unit_test(lone_surrogates_become_replacement_characters),
        cmocka_unit_test(a_rule_name_that_is_not_utf8_is_repaired),
        cmocka_unit_test(unknown_facts_are_left_out_and_named),
        cmocka_unit_test(an_exit_of_an_unknown_process_says_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

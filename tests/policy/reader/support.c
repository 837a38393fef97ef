#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../cmocka_all.h"
#include "print.h"

static void append(struct messages *messages, const char *text)
{
    size_t size = strlen(text);
    if (messages->size + size >= messages->capacity) {
        messages->capacity = 2 * (messages->capacity + size + 64);
        messages->text = realloc(messages->text, messages->capacity);
        assert_non_null(messages->text);
    }
    memcpy(messages->text + messages->size, text, size + 1);
    messages->size += size;
}

static void report(void *context, enum vg_severity severity, struct vg_place place, const char *message,
                   const char *hint)
{
    static const char *const names[] = {"note", "warning", "error"};
    struct messages *messages = context;
    char line[64] = "";
    if (place.line)
        snprintf(line, sizeof(line), ":%u:%u", place.line, place.column);
    append(messages, place.file);
    append(messages, line);
    append(messages, ": ");
    append(messages, names[severity]);
    append(messages, ": ");
    append(messages, message);
    append(messages, "\n");
    if (hint) {
        append(messages, "  ");
        append(messages, hint);
        append(messages, "\n");
    }
    messages->errors += severity == VG_ERROR;
    messages->warnings += severity == VG_WARNING;
    messages->notes += severity == VG_NOTE;
}

void messages_begin(struct messages *messages, struct vg_reporter *reporter)
{
    memset(messages, 0, sizeof(*messages));
    append(messages, "");
    reporter->report = report;
    reporter->context = messages;
}

void messages_end(struct messages *messages)
{
    free(messages->text);
    memset(messages, 0, sizeof(*messages));
}

char *read_whole(const char *file, size_t *size)
{
    FILE *stream = fopen(file, "rb");
    if (!stream)
        return NULL;
    fseek(stream, 0, SEEK_END);
    long length = ftell(stream);
    rewind(stream);
    char *text = malloc((size_t)length + 1);
    assert_non_null(text);
    assert_int_equal(fread(text, 1, (size_t)length, stream), length);
    text[length] = '\0';
    fclose(stream);
    if (size)
        *size = (size_t)length;
    return text;
}

void assert_golden(const char *file, const char *text)
{
    if (getenv("VIGIL_UPDATE_GOLDEN")) {
        FILE *stream = fopen(file, "wb");
        assert_non_null(stream);
        assert_int_equal(fwrite(text, 1, strlen(text), stream), strlen(text));
        assert_int_equal(fclose(stream), 0);
        return;
    }
    char *golden = read_whole(file, NULL);
    if (!golden)
        fail_msg("%s is missing; run with VIGIL_UPDATE_GOLDEN=1 to write it", file);
    if (strcmp(golden, text) != 0)
        print_error("--- %s is not what was printed. Printed:\n%s---\n", file, text);
    assert_string_equal(golden, text);
    free(golden);
}

char *printed(const struct vg_model *model)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    assert_non_null(stream);
    vg_model_print(model, NULL, stream);
    assert_int_equal(fclose(stream), 0);
    return text;
}

static void assert_predicates_equal(const struct vg_predicate *a, const struct vg_predicate *b)
{
    assert_int_equal(a->field, b->field);
    assert_int_equal(a->test, b->test);
    assert_int_equal(a->cased, b->cased);
    assert_int_equal(a->permissive, b->permissive);
    assert_int_equal(a->other, b->other);
    assert_int_equal(a->compare, b->compare);
    assert_int_equal(a->token_count, b->token_count);
    for (size_t i = 0; i < a->token_count; i++) {
        assert_int_equal(a->tokens[i].kind, b->tokens[i].kind);
        assert_true(vg_text_equal(a->tokens[i].text, b->tokens[i].text));
    }
    assert_int_equal(a->digest_count, b->digest_count);
    if (a->digest_count)
        assert_memory_equal(a->digests, b->digests, a->digest_count * vg_field_digest_size(a->field));
}

static void assert_exprs_equal(const struct vg_expr *a, const struct vg_expr *b)
{
    assert_int_equal(a->kind, b->kind);
    assert_int_equal(a->child_count, b->child_count);
    if (a->kind == VG_EXPR_PREDICATE)
        assert_predicates_equal(a->predicate, b->predicate);
    for (size_t i = 0; i < a->child_count; i++)
        assert_exprs_equal(a->children[i], b->children[i]);
}

static void assert_texts_equal(const char *a, const char *b)
{
    assert_int_equal(a == NULL, b == NULL);
    if (a)
        assert_string_equal(a, b);
}

void assert_models_equal(const struct vg_model *a, const struct vg_model *b)
{
    assert_int_equal(a->mode, b->mode);
    assert_int_equal(a->default_verdict, b->default_verdict);
    assert_int_equal(a->ask_otherwise, b->ask_otherwise);
    assert_int_equal(a->unknown_matches, b->unknown_matches);
    assert_int_equal(a->watch_images, b->watch_images);
    assert_int_equal(a->record_hashes, b->record_hashes);
    assert_int_equal(a->deny_status, b->deny_status);
    assert_int_equal(a->rule_count, b->rule_count);
    for (size_t i = 0; i < a->rule_count; i++) {
        assert_int_equal(a->rules[i].action, b->rules[i].action);
        assert_texts_equal(a->rules[i].name, b->rules[i].name);
        assert_texts_equal(a->rules[i].sigma_id, b->rules[i].sigma_id);
        assert_texts_equal(a->rules[i].sigma_level, b->rules[i].sigma_level);
        assert_exprs_equal(a->rules[i].condition, b->rules[i].condition);
    }
}

struct vg_model read_good(const char *text)
{
    struct messages messages;
    struct vg_reporter reporter;
    struct vg_model model;
    messages_begin(&messages, &reporter);
    if (!vg_model_read_text("test.yaml", text, strlen(text), NULL, &reporter, &model))
        fail_msg("refused:\n%s", messages.text);
    messages_end(&messages);
    return model;
}

char *read_bad(const char *text)
{
    struct messages messages;
    struct vg_reporter reporter;
    struct vg_model model = {0};
    messages_begin(&messages, &reporter);
    assert_false(vg_model_read_text("test.yaml", text, strlen(text), NULL, &reporter, &model));
    assert_true(messages.errors > 0);
    assert_null(model.arena);
    return messages.text;
}

static void wrap(char *text, size_t size, const char *action, const char *body)
{
    int length = snprintf(text, size, "vigil: 1\nrules:\n  - %s: a rule\n%s", action, body);
    assert_in_range(length, 1, size - 1);
}

struct vg_model read_rule_body(const char *action, const char *body)
{
    char text[4096];
    wrap(text, sizeof(text), action, body);
    struct vg_model model = read_good(text);
    assert_int_equal(model.rule_count, 1);
    return model;
}

char *read_bad_rule_body(const char *body)
{
    char text[4096];
    wrap(text, sizeof(text), "deny", body);
    return read_bad(text);
}

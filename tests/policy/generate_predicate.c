#include "generate_regex.h"
#include "generator.h"

#include <stdlib.h>
#include <string.h>

static const enum vg_field text_fields[] = {
    VG_FIELD_IMAGE,
    VG_FIELD_IMAGE,
    VG_FIELD_IMAGE,
    VG_FIELD_COMMAND_LINE,
    VG_FIELD_COMMAND_LINE,
    VG_FIELD_PARENT_IMAGE,
    VG_FIELD_USER,
    VG_FIELD_INTEGRITY_LEVEL,
    VG_FIELD_CREATOR_PROCESS_ID,
    VG_FIELD_COMPANY,
    VG_FIELD_ORIGINAL_FILE_NAME,
};

static const enum vg_field number_fields[] = {VG_FIELD_CREATOR_PROCESS_ID, VG_FIELD_TERMINAL_SESSION_ID};

enum vg_field any_text_field(struct generator *generator)
{
    return text_fields[generator_below(generator, sizeof(text_fields) / sizeof(*text_fields))];
}

static void make_token(struct generator *generator, struct vg_predicate *predicate, struct vg_token *tokens,
                       enum vg_token_kind kind, const uint16_t *units, uint32_t count)
{
    struct vg_token *token = &tokens[predicate->token_count];
    uint16_t *text;

    if (kind == VG_TOKEN_LITERAL && count == 0)
        return;
    token->kind = kind;
    if (kind == VG_TOKEN_LITERAL) {
        text = allocate(generator, count * sizeof(*text));
        for (uint32_t i = 0; i < count; i++)
            text[i] = predicate->cased ? units[i] : vg_upcase(units[i]);
        token->text = (struct vg_span){text, count * (uint32_t)sizeof(*text)};
    }
    predicate->token_count++;
}

/* A part of a text of the stock, with some of it behind wildcards. */
static void make_pattern(struct generator *generator, struct vg_predicate *predicate)
{
    struct vg_span source = generator->stock[generator_below(generator, STOCK)];
    struct vg_token *tokens = allocate(generator, 2 * (TEXT_MAX + 2) * sizeof(*tokens));
    const uint16_t *units = vg_units(source);
    uint32_t end = vg_unit_count(source);
    uint32_t at = 0;
    uint32_t start;
    bool open_start = chance(generator, 45);
    bool open_end = chance(generator, 45);

    predicate->tokens = tokens;
    if (open_start && end) {
        at = generator_below(generator, end + 1);
        make_token(generator, predicate, tokens, VG_TOKEN_ANY_RUN, NULL, 0);
    }
    if (open_end)
        end = at + (end > at ? generator_below(generator, end - at + 1) : 0);
    for (start = at; at < end; at++) {
        if (!chance(generator, 6))
            continue;
        make_token(generator, predicate, tokens, VG_TOKEN_LITERAL, units + start, at - start);
        if (chance(generator, 50)) {
            make_token(generator, predicate, tokens, VG_TOKEN_ANY_ONE, NULL, 0);
            start = at + 1;
        } else {
            make_token(generator, predicate, tokens, VG_TOKEN_ANY_RUN, NULL, 0);
            start = at + generator_below(generator, end - at + 1);
            at = start < end ? start : end - 1;
            start = start < end ? start : end;
        }
    }
    make_token(generator, predicate, tokens, VG_TOKEN_LITERAL, units + start, end > start ? end - start : 0);
    if (open_end)
        make_token(generator, predicate, tokens, VG_TOKEN_ANY_RUN, NULL, 0);
}

static void make_folder(struct generator *generator, struct vg_predicate *predicate)
{
    struct vg_span source = generator->stock[generator_below(generator, STOCK)];
    struct vg_token *tokens = allocate(generator, sizeof(*tokens));
    uint32_t end = generator_below(generator, vg_unit_count(source) + 1);

    predicate->tokens = tokens;
    while (end < vg_unit_count(source) && vg_units(source)[end] != u'\\')
        end++;
    while (end > 0 && vg_units(source)[end - 1] == u'\\')
        end--;
    make_token(generator, predicate, tokens, VG_TOKEN_LITERAL, vg_units(source), end);
}

static void make_limit(struct generator *generator, struct vg_predicate *predicate)
{
    struct vg_token *tokens = allocate(generator, sizeof(*tokens));
    struct vg_span number = make_number(generator, false);

    predicate->tokens = tokens;
    make_token(generator, predicate, tokens, VG_TOKEN_LITERAL, vg_units(number), vg_unit_count(number));
}

/* An expression that is found in a text of the stock, as far as it goes. */
static void make_regex(struct generator *generator, struct vg_predicate *predicate)
{
    struct vg_token *token = allocate(generator, sizeof(*token));
    struct vg_regex *regex = allocate(generator, sizeof(*regex));
    uint16_t pattern[REGEX_PATTERN_MAX];
    uint32_t count = generate_regex(generator, generator->stock[generator_below(generator, STOCK)], pattern);
    struct vg_regex_error error;
    void *table;

    predicate->regex_flags = generator_below(generator, 8);
    token->kind = VG_TOKEN_LITERAL;
    token->text = keep(generator, pattern, count);
    predicate->tokens = token;
    predicate->token_count = count > 0;
    if (!vg_regex_compile(token->text, predicate->regex_flags, regex, &error))
        abort();
    table = allocate(generator, regex->size);
    memcpy(table, regex->table, regex->size);
    free(regex->table);
    regex->table = table;
    predicate->regex = regex;
}

static const enum vg_field digest_fields[] = {
    VG_FIELD_SHA256, VG_FIELD_SHA256, VG_FIELD_MD5, VG_FIELD_SHA1, VG_FIELD_IMPHASH, VG_FIELD_AUTHENTIHASH,
};

/* Digests differ in their first bytes or not at all, so that this orders those of any length. */
static int compare_digests(const void *left, const void *right)
{
    return memcmp(left, right, 16);
}

static void make_digests(struct generator *generator, struct vg_predicate *predicate)
{
    size_t size = vg_field_digest_size(predicate->field);
    uint8_t *digests = allocate(generator, DIGESTS * size);
    uint32_t first = generator_below(generator, DIGESTS);

    predicate->digest_count = generator_below(generator, 4);
    for (uint32_t i = 0; i < predicate->digest_count; i++)
        memcpy(digests + i * size, generator->digests[(first + i) % DIGESTS], size);
    qsort(digests, predicate->digest_count, size, compare_digests);
    predicate->digests = digests;
}

static struct vg_predicate *new_predicate(struct generator *generator, enum vg_field field, bool permissive)
{
    struct vg_predicate *predicate = allocate(generator, sizeof(*predicate));

    predicate->field = field;
    predicate->permissive = permissive;
    return predicate;
}

/* `*text*`, `text*`, `*text` or `text`, by where it is open. */
static void make_open(struct generator *generator, struct vg_predicate *predicate, struct vg_span text,
                      bool open_start, bool open_end)
{
    struct vg_token *tokens = allocate(generator, 3 * sizeof(*tokens));

    predicate->test = VG_TEST_PATTERN;
    predicate->tokens = tokens;
    if (open_start)
        make_token(generator, predicate, tokens, VG_TOKEN_ANY_RUN, NULL, 0);
    make_token(generator, predicate, tokens, VG_TOKEN_LITERAL, vg_units(text), vg_unit_count(text));
    if (open_end)
        make_token(generator, predicate, tokens, VG_TOKEN_ANY_RUN, NULL, 0);
}

static struct vg_span part_of(struct generator *generator, struct vg_span text, uint32_t most)
{
    uint32_t units = vg_unit_count(text);
    uint32_t start = units ? generator_below(generator, units) : 0;
    uint32_t left = units - start < most ? units - start : most;

    return (struct vg_span){vg_units(text) + start,
                            left ? (1 + generator_below(generator, left)) * (uint32_t)sizeof(uint16_t) : 0};
}

/* Nearly always two units or more, which are a pair. */
const struct vg_predicate *make_search(struct generator *generator, enum vg_field field, bool permissive)
{
    struct vg_predicate *predicate = new_predicate(generator, field, permissive);
    struct vg_span text = {NULL, 0};

    for (unsigned i = 0; i < 4 && vg_unit_count(text) < 2; i++)
        text = part_of(generator, generator->stock[generator_below(generator, STOCK)], 10);
    make_open(generator, predicate, text, true, true);
    return predicate;
}

const struct vg_predicate *make_name(struct generator *generator, enum vg_field field, bool permissive)
{
    struct vg_predicate *predicate = new_predicate(generator, field, permissive);
    struct vg_span text = generator->stock[generator_below(generator, STOCK)];
    uint32_t units = vg_unit_count(text);
    uint32_t start = units;

    while (start > 0 && vg_units(text)[start - 1] != u'\\')
        start--;
    start -= start > 0;
    make_open(generator, predicate,
              (struct vg_span){vg_units(text) + start, (units - start) * (uint32_t)sizeof(uint16_t)}, true,
              false);
    return predicate;
}

/* Most of a value that is looked at in pieces; what is searched anywhere may not be as long as that. */
static void make_long_pattern(struct generator *generator, struct vg_predicate *predicate)
{
    struct vg_span text = generator->longs[generator_below(generator, LONGS)];
    uint32_t cut = generator_below(generator, 2 * TEXT_MAX) * (uint32_t)sizeof(uint16_t);
    uint32_t kind = generator_below(generator, 4);
    struct vg_span start = {text.bytes, text.size - cut};
    struct vg_span end = {vg_units(text) + cut / sizeof(uint16_t), text.size - cut};

    if (kind == 0)
        make_open(generator, predicate, text, false, false);
    else if (kind == 1)
        make_open(generator, predicate, start, false, true);
    else if (kind == 2)
        make_open(generator, predicate, end, true, false);
    else
        make_open(generator, predicate, part_of(generator, text, 800), true, true);
}

const struct vg_predicate *make_test_of_text(struct generator *generator, enum vg_field field,
                                             bool permissive)
{
    struct vg_predicate *predicate = new_predicate(generator, field, permissive);
    uint32_t kind = generator_below(generator, 100);

    predicate->test = kind < 5    ? VG_TEST_EXISTS
                      : kind < 10 ? VG_TEST_NULL
                      : kind < 30 ? VG_TEST_UNDER
                      : kind < 42 ? (generator->long_values ? VG_TEST_PATTERN : VG_TEST_REGEX)
                                  : VG_TEST_PATTERN;
    predicate->cased = chance(generator, 15) && predicate->test != VG_TEST_REGEX;
    if (predicate->test == VG_TEST_REGEX)
        make_regex(generator, predicate);
    else if (predicate->test == VG_TEST_PATTERN && generator->long_values && kind < 50)
        make_long_pattern(generator, predicate);
    else if (predicate->test == VG_TEST_PATTERN)
        make_pattern(generator, predicate);
    else if (predicate->test == VG_TEST_UNDER)
        make_folder(generator, predicate);
    return predicate;
}

static const struct vg_predicate *make_test_of_digests(struct generator *generator, bool permissive)
{
    enum vg_field field =
        digest_fields[generator_below(generator, sizeof(digest_fields) / sizeof(*digest_fields))];
    struct vg_predicate *predicate = new_predicate(generator, field, permissive);
    uint32_t kind = generator_below(generator, 100);

    predicate->test = kind < 10 ? VG_TEST_EXISTS : kind < 20 ? VG_TEST_NULL : VG_TEST_DIGESTS;
    if (predicate->test == VG_TEST_DIGESTS)
        make_digests(generator, predicate);
    return predicate;
}

static const struct vg_predicate *make_comparison(struct generator *generator, bool permissive)
{
    struct vg_predicate *predicate = new_predicate(generator, any_text_field(generator), permissive);

    predicate->other = any_text_field(generator);
    predicate->test = VG_TEST_FIELDREF;
    predicate->compare = (enum vg_compare)generator_below(generator, 3);
    predicate->cased = chance(generator, 15);
    return predicate;
}

static const struct vg_predicate *make_limited(struct generator *generator, bool permissive)
{
    struct vg_predicate *predicate =
        new_predicate(generator, number_fields[generator_below(generator, 2)], permissive);

    predicate->test = chance(generator, 50) ? VG_TEST_AT_LEAST : VG_TEST_AT_MOST;
    make_limit(generator, predicate);
    return predicate;
}

const struct vg_predicate *make_predicate(struct generator *generator)
{
    bool permissive = chance(generator, 40);
    const struct vg_predicate *predicate;

    if (generator->shared_count && chance(generator, 20))
        return generator->shared[generator_below(generator, generator->shared_count)];
    if (chance(generator, 18))
        predicate = make_test_of_digests(generator, permissive);
    else if (chance(generator, 15))
        predicate = make_comparison(generator, permissive);
    else if (chance(generator, 12))
        predicate = make_limited(generator, permissive);
    else
        predicate = make_test_of_text(generator, any_text_field(generator), permissive);
    if (generator->shared_count < SHARED_MAX)
        generator->shared[generator->shared_count++] = predicate;
    return predicate;
}

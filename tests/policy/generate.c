#include "generate.h"
#include "generate_regex.h"

#include <stdlib.h>
#include <string.h>

#define STOCK      24u
#define TEXT_MAX   48u
#define DIGESTS    8u
#define NUMBERS    10u
#define BLOCKS_MAX 16384u
#define RULES_MAX  40u
#define DEPTH_MAX  5u
#define SHARED_MAX 32u

struct generator {
    uint64_t state;
    struct vg_model model;
    struct vg_span numbers[NUMBERS]; /* some with leading zeros, one empty */
    struct vg_span stock[STOCK];     /* each a block of exactly its size, so that reading past it is seen */
    uint8_t digests[DIGESTS][32];
    const struct vg_predicate *shared[SHARED_MAX]; /* predicates that may be used again */
    uint32_t shared_count;
    void *blocks[BLOCKS_MAX];
    uint32_t block_count;
};

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

static uint64_t next(struct generator *generator)
{
    uint64_t value = generator->state += 0x9E3779B97F4A7C15u; /* splitmix64 */

    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9u;
    value = (value ^ value >> 27) * 0x94D049BB133111EBu;
    return value ^ value >> 31;
}

uint32_t generator_below(struct generator *generator, uint32_t limit)
{
    return (uint32_t)(next(generator) % limit);
}

static bool chance(struct generator *generator, uint32_t percent)
{
    return generator_below(generator, 100) < percent;
}

static void *allocate(struct generator *generator, size_t size)
{
    void *block = calloc(1, size ? size : 1);

    if (!block || generator->block_count == BLOCKS_MAX)
        abort();
    generator->blocks[generator->block_count++] = block;
    return block;
}

static struct vg_span keep(struct generator *generator, const uint16_t *units, uint32_t count)
{
    struct vg_span span = {allocate(generator, count * sizeof(*units)), count * (uint32_t)sizeof(*units)};

    if (count)
        memcpy((void *)(uintptr_t)span.bytes, units, span.size);
    return span;
}

static uint32_t append(uint16_t *units, uint32_t count, const uint16_t *piece)
{
    for (; *piece && count < TEXT_MAX; piece++)
        units[count++] = *piece;
    return count;
}

/* Folders and names with the pieces where mistakes hide: letters that Unicode folds and Windows does not,
 * surrogates, streams, doubled and final backslashes, long runs of one letter. */
static struct vg_span make_text(struct generator *generator)
{
    static const uint16_t *const roots[] = {u"C:", u"c:", u"D:",          u"\\\\srv\\share",
                                            u"",   u"\\", u"\\Device\\X", u":"};
    static const uint16_t *const pieces[] = {
        u"\\Windows", u"\\WINDOWS", u"\\System32", u"\\Users",   u"\\a", u"\\b",
        u"\\aa",      u"\\cmd.exe", u"\\a.exe",    u"\\",        u":s",  u":S.exe",
        u"\\\u0430",  u"\\\u0410",  u"\\\u0131i",  u"\\\u017Fs", u" -e", u" /c aab",
        u"aaaa",      u"aab",       u"\U0001F600", u"b",         u"\"",  u"\\x\\y",
    };
    uint16_t units[TEXT_MAX];
    uint32_t count = 0;

    if (chance(generator, 4))
        return keep(generator, units, 0);
    if (chance(generator, 80))
        count = append(units, count, roots[generator_below(generator, sizeof(roots) / sizeof(*roots))]);
    for (uint32_t i = generator_below(generator, 5); i > 0; i--)
        count = append(units, count, pieces[generator_below(generator, sizeof(pieces) / sizeof(*pieces))]);
    return keep(generator, units, count);
}

static void make_token(struct generator *generator, struct vg_predicate *predicate, struct vg_token *tokens,
                       enum vg_token_kind kind, const uint16_t *units, uint32_t count)
{
    struct vg_token *token = &tokens[predicate->token_count];
    uint16_t text[TEXT_MAX];

    if (kind == VG_TOKEN_LITERAL && count == 0)
        return;
    token->kind = kind;
    if (kind == VG_TOKEN_LITERAL) {
        for (uint32_t i = 0; i < count; i++)
            text[i] = predicate->cased ? units[i] : vg_upcase(units[i]);
        token->text = keep(generator, text, count);
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

/* Numbers of few digits, so that they meet. */
static struct vg_span make_number(struct generator *generator, bool may_be_odd)
{
    uint16_t units[4];
    uint32_t count = generator_below(generator, 4) + !may_be_odd;

    count = count > 4 ? 4 : count;
    for (uint32_t i = 0; i < count; i++)
        units[i] = (uint16_t)(u'0' + generator_below(generator, 3));
    if (!may_be_odd && count > 1 && units[0] == u'0')
        units[0] = u'1';
    return keep(generator, units, count);
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

static const struct vg_predicate *make_predicate(struct generator *generator)
{
    struct vg_predicate *predicate;
    uint32_t kind = generator_below(generator, 100);

    if (generator->shared_count && chance(generator, 20))
        return generator->shared[generator_below(generator, generator->shared_count)];
    predicate = allocate(generator, sizeof(*predicate));
    predicate->permissive = chance(generator, 40);
    if (chance(generator, 18)) {
        predicate->field =
            digest_fields[generator_below(generator, sizeof(digest_fields) / sizeof(*digest_fields))];
        predicate->test = kind < 10 ? VG_TEST_EXISTS : kind < 20 ? VG_TEST_NULL : VG_TEST_DIGESTS;
        if (predicate->test == VG_TEST_DIGESTS)
            make_digests(generator, predicate);
    } else if (chance(generator, 15)) {
        predicate->field =
            text_fields[generator_below(generator, sizeof(text_fields) / sizeof(*text_fields))];
        predicate->other =
            text_fields[generator_below(generator, sizeof(text_fields) / sizeof(*text_fields))];
        predicate->test = VG_TEST_FIELDREF;
        predicate->compare = (enum vg_compare)generator_below(generator, 3);
        predicate->cased = chance(generator, 15);
    } else if (chance(generator, 12)) {
        predicate->field = number_fields[generator_below(generator, 2)];
        predicate->test = chance(generator, 50) ? VG_TEST_AT_LEAST : VG_TEST_AT_MOST;
        make_limit(generator, predicate);
    } else {
        predicate->field =
            text_fields[generator_below(generator, sizeof(text_fields) / sizeof(*text_fields))];
        predicate->test = kind < 5    ? VG_TEST_EXISTS
                          : kind < 10 ? VG_TEST_NULL
                          : kind < 30 ? VG_TEST_UNDER
                          : kind < 42 ? VG_TEST_REGEX
                                      : VG_TEST_PATTERN;
        predicate->cased = chance(generator, 15) && predicate->test != VG_TEST_REGEX;
        if (predicate->test == VG_TEST_REGEX)
            make_regex(generator, predicate);
        else if (predicate->test == VG_TEST_PATTERN)
            make_pattern(generator, predicate);
        else if (predicate->test == VG_TEST_UNDER)
            make_folder(generator, predicate);
    }
    if (generator->shared_count < SHARED_MAX)
        generator->shared[generator->shared_count++] = predicate;
    return predicate;
}

static struct vg_expr *make_expr(struct generator *generator, unsigned depth)
{
    struct vg_expr *expr = allocate(generator, sizeof(*expr));
    struct vg_expr **children;
    uint32_t kind = generator_below(generator, 100);

    if (depth == DEPTH_MAX || kind < 40) {
        expr->kind = VG_EXPR_PREDICATE;
        expr->predicate = make_predicate(generator);
        return expr;
    }
    if (kind < 43) {
        expr->kind = kind < 42 ? VG_EXPR_FALSE : VG_EXPR_TRUE;
        return expr;
    }
    expr->kind = kind < 58 ? VG_EXPR_NOT : kind < 80 ? VG_EXPR_AND : VG_EXPR_OR;
    expr->child_count = expr->kind == VG_EXPR_NOT        ? 1
                        : generator_below(generator, 12) ? 1 + generator_below(generator, 4)
                                                         : 0;
    children = allocate(generator, expr->child_count * sizeof(struct vg_expr *));
    for (size_t i = 0; i < expr->child_count; i++)
        children[i] = make_expr(generator, depth + 1);
    expr->children = children;
    return expr;
}

static void make_model(struct generator *generator)
{
    struct vg_model *model = &generator->model;
    struct vg_rule *rules;

    model->mode = chance(generator, 50) ? VG_MODE_ENFORCE : VG_MODE_MONITOR;
    model->default_verdict = (enum vg_verdict)generator_below(generator, 3);
    model->ask_otherwise = (enum vg_verdict)generator_below(generator, 2);
    model->unknown_matches = chance(generator, 40);
    model->watch_images = chance(generator, 50);
    model->record_hashes = chance(generator, 50);
    model->deny_status = 0xC0000361;
    model->rule_count = generator_below(generator, chance(generator, 20) ? RULES_MAX : 8);
    rules = allocate(generator, model->rule_count * sizeof(*rules));
    for (size_t i = 0; i < model->rule_count; i++) {
        char *name = allocate(generator, 8);

        memcpy(name, "rule \xC3\x84", 7);
        name[4] = (char)('a' + generator_below(generator, 20));
        rules[i].action =
            chance(generator, 25) ? VG_ACTION_AUDIT : (enum vg_action)generator_below(generator, 3);
        rules[i].name = name;
        rules[i].condition = make_expr(generator, chance(generator, 40) ? DEPTH_MAX - 1 : 0);
    }
    model->rules = rules;
}

struct generator *generator_new(uint64_t seed)
{
    struct generator *generator = calloc(1, sizeof(*generator));

    if (!generator)
        abort();
    generator->state = seed;
    for (uint32_t i = 0; i < STOCK; i++)
        generator->stock[i] = make_text(generator);
    for (uint32_t i = 0; i < NUMBERS; i++)
        generator->numbers[i] = make_number(generator, true);
    for (uint32_t i = 0; i < DIGESTS; i++) {
        for (unsigned byte = 0; byte < 32; byte++)
            generator->digests[i][byte] = (uint8_t)(i % 2 ? 0xAB : next(generator));
        generator->digests[i][15] = (uint8_t)i; /* the last byte of the shortest, and of the longest */
        generator->digests[i][31] = (uint8_t)i;
    }
    make_model(generator);
    return generator;
}

void generator_free(struct generator *generator)
{
    for (uint32_t i = 0; i < generator->block_count; i++)
        free(generator->blocks[i]);
    free(generator);
}

const struct vg_model *generator_model(const struct generator *generator)
{
    return &generator->model;
}

static void make_fact(struct generator *generator, struct vg_record *record, enum vg_field field)
{
    struct vg_fact *fact = &record->facts[field];
    uint32_t kind = generator_below(generator, 100);

    if (kind < 76) {
        fact->state = VG_FACT_KNOWN;
        fact->count =
            (uint8_t)(chance(generator, 80) ? 1 : 1 + generator_below(generator, VG_FACT_VALUES_MAX));
        for (unsigned i = 0; i < fact->count; i++) {
            if (vg_field_digest_size(field) != 0)
                fact->values[i] = (struct vg_span){generator->digests[generator_below(generator, DIGESTS)],
                                                   vg_field_digest_size(field)};
            else if (vg_field_kind(field) == VG_KIND_NUMBER && chance(generator, 80))
                fact->values[i] = generator->numbers[generator_below(generator, NUMBERS)];
            else
                fact->values[i] = generator->stock[generator_below(generator, STOCK)];
        }
    } else {
        fact->state = (uint8_t)(kind < 84 ? VG_FACT_ABSENT : kind < 93 ? VG_FACT_UNKNOWN : VG_FACT_PENDING);
    }
    /* What a file says of itself is never the creator's word, and the matcher may rest on that. */
    if (chance(generator, 15) && vg_field_stage(field) != VG_STAGE_VERSION)
        fact->flags = VG_FACT_CLAIMED;
}

void generator_record(struct generator *generator, struct vg_record *record, struct vg_record *gathered)
{
    memset(gathered, 0, sizeof(*gathered));
    for (unsigned field = 0; field < VG_FIELD_COUNT; field++)
        make_fact(generator, gathered, (enum vg_field)field);
    *record = *gathered;
    for (unsigned field = 0; field < VG_FIELD_COUNT; field++) {
        if (vg_field_is_gathered((enum vg_field)field) && chance(generator, 85))
            memset(&record->facts[field], 0, sizeof(record->facts[field]));
    }
}

#include "generated.h"

#include "measure.h"

#include <string.h>

#define TEXT_MAX 256

static uint64_t next(uint64_t *state)
{
    uint64_t value = *state += 0x9E3779B97F4A7C15u;

    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9u;
    value = (value ^ value >> 27) * 0x94D049BB133111EBu;
    return value ^ value >> 31;
}

static void make_digest(uint64_t *state, uint8_t digest[32])
{
    for (unsigned word = 0; word < 4; word++) {
        uint64_t bits = next(state);

        memcpy(digest + word * sizeof(bits), &bits, sizeof(bits));
    }
}

static struct vg_span widen(struct vg_arena *arena, const char *text, bool fold)
{
    size_t count = strlen(text);
    uint16_t *units = bench_take(arena, count, sizeof(*units));

    for (size_t at = 0; at < count; at++)
        units[at] = fold ? vg_upcase((uint8_t)text[at]) : (uint8_t)text[at];
    return (struct vg_span){units, (uint32_t)(count * sizeof(*units))};
}

/* The image of a real record, where it can be written between single quotes. */
static bool real_image(const struct vg_record *record, char text[TEXT_MAX])
{
    const struct vg_fact *image = &record->facts[VG_FIELD_IMAGE];

    if (image->state != VG_FACT_KNOWN || vg_unit_count(image->values[0]) >= TEXT_MAX)
        return false;
    for (uint32_t at = 0; at < vg_unit_count(image->values[0]); at++) {
        uint16_t unit = vg_units(image->values[0])[at];

        if (unit < 0x20 || unit > 0x7E || strchr("'*?%", unit) != NULL)
            return false;
        text[at] = (char)unit;
    }
    text[vg_unit_count(image->values[0])] = '\0';
    return true;
}

static enum bench_rule_kind kind_of(size_t index)
{
    static const enum bench_rule_kind kinds[] = {BENCH_PATH, BENCH_FOLDER, BENCH_HASH,
                                                 BENCH_PATH, BENCH_NAME,   BENCH_HASH};

    return kinds[index % 6];
}

static void spell(enum bench_rule_kind kind, size_t index, const struct bench_records *real,
                  char text[TEXT_MAX])
{
    unsigned number = (unsigned)index;

    switch (kind) {
    case BENCH_PATH:
        if (index % 60 != 0 || index / 60 >= real->count || !real_image(&real->at[index / 60], text))
            snprintf(text, TEXT_MAX, "C:\\Program Files\\Vendor %u\\Product\\bin\\tool-%u.exe", number % 5000,
                     number);
        break;
    case BENCH_FOLDER:
        snprintf(text, TEXT_MAX, "C:\\Users\\user%u\\AppData\\Local\\app-%u", number % 700, number);
        break;
    case BENCH_NAME:
        snprintf(text, TEXT_MAX, "\\program-%u-%u.exe", number, number % 7);
        break;
    case BENCH_HASH:
        break;
    }
}

static void make_rule(struct vg_arena *arena, size_t index, const struct bench_records *real, uint64_t *state,
                      struct bench_rule *rule)
{
    char text[TEXT_MAX];
    uint8_t *digest;

    rule->verdict = index % 2 ? VG_ALLOW : VG_DENY;
    if (rule->kind == BENCH_HASH) {
        rule->digest = digest = bench_take(arena, 32, 1);
        make_digest(state, digest);
        return;
    }
    spell(rule->kind, index, real, text);
    rule->text = vg_arena_text(arena, text, strlen(text));
    rule->folded = widen(arena, text, true);
    if (rule->text == NULL)
        bench_fail("out of memory");
}

/* The predicate that the reader makes of the rule as bench_rules_write writes it. */
static void make_predicate(struct vg_arena *arena, const struct bench_rule *rule,
                           struct vg_predicate *predicate)
{
    struct vg_token *tokens = bench_take(arena, 2, sizeof(*tokens));

    predicate->permissive = rule->verdict == VG_ALLOW;
    if (rule->kind == BENCH_HASH) {
        predicate->field = VG_FIELD_SHA256;
        predicate->test = VG_TEST_DIGESTS;
        predicate->digests = rule->digest;
        predicate->digest_count = 1;
        return;
    }
    predicate->field = VG_FIELD_IMAGE;
    predicate->test = rule->kind == BENCH_FOLDER ? VG_TEST_UNDER : VG_TEST_PATTERN;
    predicate->tokens = tokens;
    if (rule->kind == BENCH_NAME)
        tokens[predicate->token_count++].kind = VG_TOKEN_ANY_RUN;
    tokens[predicate->token_count++] = (struct vg_token){VG_TOKEN_LITERAL, rule->folded};
}

void bench_rules_make(struct vg_arena *arena, size_t count, bool hashes_alone,
                      const struct bench_records *real, struct bench_rules *rules)
{
    struct vg_rule *model_rules = bench_take(arena, count, sizeof(*model_rules));
    struct vg_expr *conditions = bench_take(arena, count, sizeof(*conditions));
    struct vg_predicate *predicates = bench_take(arena, count, sizeof(*predicates));
    uint64_t state = 0;

    memset(rules, 0, sizeof(*rules));
    rules->at = bench_take(arena, count, sizeof(*rules->at));
    rules->count = count;
    for (size_t i = 0; i < count; i++) {
        rules->at[i].kind = hashes_alone ? BENCH_HASH : kind_of(i);
        make_rule(arena, i, real, &state, &rules->at[i]);
        make_predicate(arena, &rules->at[i], &predicates[i]);
        conditions[i] = (struct vg_expr){.kind = VG_EXPR_PREDICATE, .predicate = &predicates[i]};
        model_rules[i] = (struct vg_rule){
            .action = rules->at[i].verdict == VG_ALLOW ? VG_ACTION_ALLOW : VG_ACTION_DENY,
            .name = "generated",
            .condition = &conditions[i],
        };
    }
    rules->model.deny_status = 0xC0000361;
    rules->model.rules = model_rules;
    rules->model.rule_count = count;
}

static void meet(struct vg_arena *arena, const struct bench_rule *rule, struct vg_record *record)
{
    static const char *const formats[] = {
        [BENCH_PATH] = "%s", [BENCH_FOLDER] = "%s\\bin\\x.exe", [BENCH_NAME] = "C:\\Windows\\SysWOW64%s"};
    char text[TEXT_MAX];

    if (rule->kind == BENCH_HASH) {
        vg_record_set(record, VG_FIELD_SHA256, (struct vg_span){rule->digest, 32});
        return;
    }
    snprintf(text, sizeof(text), formats[rule->kind], rule->text);
    vg_record_set(record, VG_FIELD_IMAGE, widen(arena, text, false));
}

static void look_alike(struct vg_arena *arena, uint64_t *state, struct vg_record *record)
{
    char text[TEXT_MAX] = "C:\\Windows\\System32\\other.exe";
    char numbered[TEXT_MAX + 32];
    uint8_t *digest = bench_take(arena, 32, 1);
    char *dot;

    (void)real_image(record, text);
    dot = strrchr(text, '.');
    if (dot == NULL)
        dot = text + strlen(text);
    snprintf(numbered, sizeof(numbered), "%.*s-%llu%s", (int)(dot - text), text,
             (unsigned long long)(next(state) % 1000000000u), dot);
    vg_record_set(record, VG_FIELD_IMAGE, widen(arena, numbered, false));
    make_digest(state, digest);
    vg_record_set(record, VG_FIELD_SHA256, (struct vg_span){digest, 32});
}

void bench_rules_records(struct vg_arena *arena, const struct bench_rules *rules,
                         const struct bench_records *real, struct bench_records *records)
{
    uint64_t state = 1;

    for (size_t i = 0; i < records->count; i++) {
        records->at[i] = real->at[i % real->count];
        if (next(&state) % 2)
            meet(arena, &rules->at[next(&state) % rules->count], &records->at[i]);
        else if (next(&state) % 2)
            look_alike(arena, &state, &records->at[i]);
    }
}

static void write_digest(const uint8_t digest[32], FILE *out)
{
    for (unsigned i = 0; i < 32; i++)
        fprintf(out, "%02x", digest[i]);
}

void bench_rules_write(const struct bench_rules *rules, FILE *out)
{
    static const char *const keys[] = {[BENCH_PATH] = "Image|path",
                                       [BENCH_FOLDER] = "Image|under",
                                       [BENCH_NAME] = "Image|endswith",
                                       [BENCH_HASH] = "SHA256"};

    fputs("vigil: 1\ndefault: allow\nrules:\n", out);
    for (size_t i = 0; i < rules->count; i++) {
        const struct bench_rule *rule = &rules->at[i];

        fprintf(out, "  - %s: generated\n    when: { %s: '", rule->verdict == VG_ALLOW ? "allow" : "deny",
                keys[rule->kind]);
        if (rule->kind == BENCH_HASH)
            write_digest(rule->digest, out);
        else
            fputs(rule->text, out);
        fputs("' }\n", out);
    }
}

void bench_hashes_write(size_t count, FILE *out)
{
    uint64_t state = 2;

    for (size_t i = 0; i < count; i++) {
        uint8_t digest[32];

        make_digest(&state, digest);
        write_digest(digest, out);
        fputc('\n', out);
    }
}

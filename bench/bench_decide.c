/* How long one decision takes as rules become many: a third whole paths, a third folders and names, a third
 * hashes. Prints nanoseconds, bytes, and what compiling and validating took. Not a test. */
#define _POSIX_C_SOURCE 200809L

#include "../src/policy/model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define RECORDS 4096u
#define ROUNDS  5u

struct bench {
    struct vg_rule *rules;
    struct vg_expr *exprs;
    struct vg_predicate *predicates;
    struct vg_token *tokens;
    uint8_t (*digests)[32];
    uint16_t *text;
    size_t text_used;
    uint64_t state;
};

static uint64_t next(uint64_t *state)
{
    uint64_t value = *state += 0x9E3779B97F4A7C15u;

    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9u;
    value = (value ^ value >> 27) * 0x94D049BB133111EBu;
    return value ^ value >> 31;
}

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static void *take(size_t count, size_t size)
{
    void *memory = calloc(count ? count : 1, size);

    if (!memory) {
        fputs("out of memory\n", stderr);
        exit(1);
    }
    return memory;
}

/* `format` with two numbers, as folded UTF-16. */
static struct vg_span make_text(uint16_t *out, const char *format, unsigned a, unsigned b)
{
    char text[128];
    uint32_t count = 0;

    snprintf(text, sizeof(text), format, a, b);
    for (; text[count]; count++)
        out[count] = vg_upcase((uint8_t)text[count]);
    return (struct vg_span){out, count * 2};
}

static struct vg_token literal(struct bench *bench, const char *format, unsigned a, unsigned b)
{
    struct vg_token token = {.kind = VG_TOKEN_LITERAL};

    token.text = make_text(bench->text + bench->text_used, format, a, b);
    bench->text_used += token.text.size / 2;
    return token;
}

static void make_rule(struct bench *bench, size_t index, unsigned number)
{
    struct vg_predicate *predicate = &bench->predicates[index];
    struct vg_token *tokens = &bench->tokens[index * 2];

    predicate->field = VG_FIELD_IMAGE;
    predicate->test = VG_TEST_PATTERN;
    predicate->tokens = tokens;
    switch (index % 6) {
    case 0:
    case 3:
        tokens[predicate->token_count++] =
            literal(bench, "C:\\Program Files\\Vendor %u\\Product\\bin\\tool-%u.exe", number % 5000, number);
        break;
    case 1:
        predicate->test = VG_TEST_UNDER;
        tokens[predicate->token_count++] =
            literal(bench, "C:\\Users\\user%u\\AppData\\Local\\app-%u", number % 700, number);
        break;
    case 4:
        tokens[predicate->token_count++].kind = VG_TOKEN_ANY_RUN;
        tokens[predicate->token_count++] = literal(bench, "\\program-%u-%u.exe", number, number % 7);
        break;
    default:
        predicate->field = VG_FIELD_SHA256;
        predicate->test = VG_TEST_DIGESTS;
        for (unsigned word = 0; word < 4; word++) {
            uint64_t bits = next(&bench->state);

            memcpy(bench->digests[index] + word * 8, &bits, sizeof(bits));
        }
        predicate->digests = bench->digests[index];
        predicate->digest_count = 1;
        break;
    }
    predicate->permissive = index % 2;
    bench->exprs[index] = (struct vg_expr){.kind = VG_EXPR_PREDICATE, .predicate = predicate};
    bench->rules[index] = (struct vg_rule){
        .action = predicate->permissive ? VG_ACTION_ALLOW : VG_ACTION_DENY,
        .name = "generated",
        .condition = &bench->exprs[index],
    };
}

static void make_bench(struct bench *bench, struct vg_model *model, size_t rules)
{
    memset(bench, 0, sizeof(*bench));
    bench->rules = take(rules, sizeof(*bench->rules));
    bench->exprs = take(rules, sizeof(*bench->exprs));
    bench->predicates = take(rules, sizeof(*bench->predicates));
    bench->tokens = take(rules, 2 * sizeof(*bench->tokens));
    bench->digests = take(rules, sizeof(*bench->digests));
    bench->text = take(rules, 80 * sizeof(*bench->text));
    for (size_t i = 0; i < rules; i++)
        make_rule(bench, i, (unsigned)i);
    memset(model, 0, sizeof(*model));
    model->deny_status = 0xC0000361;
    model->rules = bench->rules;
    model->rule_count = rules;
}

/* Half of the starts meet a rule, spread over all of them; the other half look alike and meet none. */
static void make_record(struct bench *bench, size_t rules, struct vg_record *record, uint16_t *text)
{
    static const char *const formats[] = {
        "C:\\Program Files\\Vendor %u\\Product\\bin\\tool-%u.exe",
        "C:\\Users\\user%u\\AppData\\Local\\app-%u\\bin\\x.exe",
        "C:\\Windows\\SysWOW64\\%.0u\\program-%u-0.exe",
        "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\other-%u-%u.exe",
    };
    size_t index = next(&bench->state) % rules;
    bool known = next(&bench->state) % 2;
    unsigned number = (unsigned)index + (known ? 0 : 2000000000u);
    unsigned kind = (unsigned)(next(&bench->state) % 4);
    unsigned first = kind == 0 ? number % 5000 : number % 700;

    memset(record, 0, sizeof(*record));
    vg_record_set(record, VG_FIELD_IMAGE, make_text(text, formats[kind], first, number));
    vg_record_set(record, VG_FIELD_SHA256,
                  (struct vg_span){bench->digests[index / 6 * 6 + 2 < rules ? index / 6 * 6 + 2 : 0], 32});
}

static int compare(const void *left, const void *right)
{
    double a = *(const double *)left;
    double b = *(const double *)right;

    return a < b ? -1 : a > b;
}

static void report(void *context, enum vg_severity severity, struct vg_place place, const char *message,
                   const char *hint)
{
    (void)context;
    (void)severity;
    (void)place;
    fprintf(stderr, "%s %s\n", message, hint ? hint : "");
}

static double overhead(void)
{
    double times[1001];

    for (unsigned i = 0; i < 1001; i++) {
        double start = now();

        times[i] = now() - start;
    }
    qsort(times, 1001, sizeof(*times), compare);
    return times[500];
}

/* Every decision is timed by itself; what reading the clock takes is subtracted. */
static void time_decisions(const struct vg_policy *policy, const struct vg_record *records, double *times)
{
    void *scratch = take(1, vg_policy_scratch_size(policy));
    double clock = overhead();
    unsigned by_rule = 0;

    vg_policy_scratch_init(policy, scratch);
    for (unsigned round = 0; round < ROUNDS; round++) {
        for (unsigned i = 0; i < RECORDS; i++) {
            struct vg_decision decision;
            double start = now();

            vg_policy_begin(scratch);
            (void)vg_policy_decide(&records[i], scratch, &decision);
            times[round * RECORDS + i] = now() - start - clock;
            by_rule += decision.rule != VG_RULE_NONE;
        }
    }
    qsort(times, (size_t)ROUNDS * RECORDS, sizeof(*times), compare);
    printf(" %9.0f %9.0f %6.1f%%", times[ROUNDS * RECORDS / 2], times[ROUNDS * RECORDS / 100 * 99],
           100.0 * by_rule / (ROUNDS * RECORDS));
    free(scratch);
}

static void measure(size_t rules)
{
    struct vg_reporter reporter = {report, NULL};
    struct vg_record *records = take(RECORDS, sizeof(*records));
    uint16_t *texts = take(RECORDS, 128 * sizeof(*texts));
    double *times = take((size_t)ROUNDS * RECORDS, sizeof(*times));
    struct bench bench;
    struct vg_model model;
    struct vg_policy policy;
    void *blob;
    size_t size;
    double start;
    double compiled;
    double validated;

    make_bench(&bench, &model, rules);
    for (unsigned i = 0; i < RECORDS; i++)
        make_record(&bench, rules, &records[i], texts + i * 128u);
    start = now();
    if (!vg_model_compile(&model, &reporter, &blob, &size))
        exit(1);
    compiled = now() - start;
    start = now();
    if (!vg_policy_open(&policy, blob, size, NULL))
        exit(1);
    validated = now() - start;
    printf("%9zu %11zu %7.1f %10.1f %10.1f", rules, size, (double)size / (double)rules, compiled / 1e6,
           validated / 1e6);
    time_decisions(&policy, records, times);
    printf("\n");
    free(blob);
    free(bench.rules);
    free(bench.exprs);
    free(bench.predicates);
    free(bench.tokens);
    free(bench.digests);
    free(bench.text);
    free(records);
    free(texts);
    free(times);
}

int main(void)
{
    printf("%9s %11s %7s %10s %10s %9s %9s %7s\n", "rules", "bytes", "a rule", "compile ms", "check ms",
           "median ns", "p99 ns", "by rule");
    measure(10);
    measure(1000);
    measure(100000);
    measure(1000000);
    return 0;
}

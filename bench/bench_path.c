/* What the driver adds to a start: from the moment the kernel calls it until it has answered and recorded,
 * with a thousand processes in its table, by the driver's own code on a machine of the sim. The starts are
 * real ones, from logs: their images, command lines, version resources, users and parents. It is not Windows'
 * time: what the kernel's routines take is the sim's, and told apart (inside.h).
 *     bench_path [--quick | --count | --count-hash] FOLDER LOG...
 * --count plays every start twice by the rules, --count-hash by those on hashes, too, and neither measures
 * anything. They are for valgrind, which counts the instructions of the second time:
 *     valgrind --tool=callgrind --toggle-collect=count_start bench_path --count FOLDER LOG... */
#define _GNU_SOURCE

#include "inside.h"
#include "machine.h"
#include "measure.h"
#include "records.h"

#include "../tests/image/rich_pe.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#define LIVE     1000u
#define STARTS   2048u
#define TRIES    100u
#define NO_RULES "vigil: 1\nmode: enforce\ndefault: allow\nrules: []\n"
#define A_STRING                                                                                             \
    "vigil: 1\nmode: enforce\ndefault: allow\nrules: [{ deny: a string, when: { OriginalFileName: "          \
    "never.exe } }]\n"
#define A_HASH "{ deny: a hash, when: { SHA256: '%064u' } }, "
#define RULES                                                                                                \
    "vigil: 1\nmode: enforce\ndefault: allow\nunsupported: skip\nrules: [%s{ deny: sigma, sigma: '%s' }]\n"

struct start {
    struct sim_process_options options;
    struct sim_token token;
    size_t parent; /* an index of `parents` */
};

/* What is started, and by whom. */
struct play {
    struct vg_arena *arena;
    struct start *starts;
    size_t start_count;
    struct start *parents;
    PEPROCESS *live; /* the parents come first */
    size_t parent_count;
};

/* One value of each start. */
struct values {
    double *of;
    struct bench_rounds rounds;
};

struct measured {
    struct values inside, whole, start, calls, allocations;
    double disturbed;
};

/* ---- the starts of the logs ---- */

/* The first value, "" if there is none. */
static const char *text_of(struct play *play, const struct vg_record *record, enum vg_field field)
{
    const struct vg_fact *fact = &record->facts[field];
    char *text;
    size_t size;

    if (fact->state != VG_FACT_KNOWN || fact->count == 0)
        return "";
    text = bench_take(play->arena, fact->values[0].size * 2 + 1, 1);
    size = vg_utf8_from_utf16(fact->values[0], text, fact->values[0].size * 2);
    text[size] = '\0';
    return text;
}

static ULONG integrity_of(const char *level)
{
    return strcmp(level, "System") == 0 ? SECURITY_MANDATORY_SYSTEM_RID
           : strcmp(level, "High") == 0 ? SECURITY_MANDATORY_HIGH_RID
           : strcmp(level, "Low") == 0  ? SECURITY_MANDATORY_LOW_RID
                                        : SECURITY_MANDATORY_MEDIUM_RID;
}

static struct start start_of(const char *image, const char *command_line, const char *user, const char *level)
{
    struct start start = {.options = {.image = image, .command_line = command_line}};

    start.token.session = 1;
    start.token.integrity = integrity_of(level);
    if (strstr(user, "SYSTEM") != NULL)
        start.token.user = "S-1-5-18";
    return start;
}

static void add_image(struct play *play, const struct vg_record *record, const char *image)
{
    const struct rich_strings strings = {.original_file_name =
                                             text_of(play, record, VG_FIELD_ORIGINAL_FILE_NAME),
                                         .description = text_of(play, record, VG_FIELD_DESCRIPTION),
                                         .product = text_of(play, record, VG_FIELD_PRODUCT),
                                         .company = text_of(play, record, VG_FIELD_COMPANY),
                                         .file_version = text_of(play, record, VG_FIELD_FILE_VERSION)};
    struct rich_pe pe;

    if (sim_find_file(image) != NULL)
        return;
    rich_build_with(&pe, true, &strings);
    bench_machine_must(sim_add_file(image, pe.bytes, pe.size) != NULL, "making a file");
}

static size_t add_parent(struct play *play, const struct vg_record *record)
{
    const char *image = text_of(play, record, VG_FIELD_PARENT_IMAGE);
    const char *command_line = text_of(play, record, VG_FIELD_PARENT_COMMAND_LINE);

    if (strncmp(image, "C:\\", 3) != 0)
        image = "C:\\Windows\\explorer.exe";
    for (size_t i = 0; i < play->parent_count; i++) {
        if (strcmp(play->parents[i].options.image, image) == 0 &&
            strcmp(play->parents[i].options.command_line, command_line) == 0)
            return i;
    }
    play->parents[play->parent_count] =
        start_of(image, command_line, text_of(play, record, VG_FIELD_PARENT_USER), "");
    return play->parent_count++;
}

static void read_logs(struct play *play, const char *const *logs, size_t log_count)
{
    struct bench_records records;

    bench_records_read(play->arena, logs, log_count, &records);
    play->starts = bench_take(play->arena, records.count, sizeof(*play->starts));
    play->parents = bench_take(play->arena, records.count, sizeof(*play->parents));
    play->live = bench_take(play->arena, LIVE, sizeof(PEPROCESS));
    for (size_t i = 0; i < records.count && play->parent_count < LIVE; i++) {
        const struct vg_record *record = &records.at[i];
        const char *image = text_of(play, record, VG_FIELD_IMAGE);
        struct start *start = &play->starts[play->start_count];

        if (strncmp(image, "C:\\", 3) != 0) /* the machine has no other disk */
            continue;
        add_image(play, record, image);
        *start =
            start_of(image, text_of(play, record, VG_FIELD_COMMAND_LINE),
                     text_of(play, record, VG_FIELD_USER), text_of(play, record, VG_FIELD_INTEGRITY_LEVEL));
        start->parent = add_parent(play, record);
        play->start_count++;
    }
    if (play->start_count == 0)
        bench_fail("no start of the logs is of a program on C:");
}

/* ---- playing them ---- */

static bool start_process(const struct play *play, const struct start *start, PEPROCESS *process)
{
    struct sim_process_options options = start->options;

    options.token = &start->token;
    options.creator = start->parent < play->parent_count ? play->live[start->parent] : NULL;
    return NT_SUCCESS(sim_start_process(&options, process));
}

/* Fills the machine, and the driver's table if there is one. */
static void start_parents(struct play *play)
{
    for (size_t i = 0; i < LIVE; i++) {
        struct start start = play->parents[i % play->parent_count];

        start.parent = SIZE_MAX;
        bench_machine_must(start_process(play, &start, &play->live[i]), "starting a parent");
    }
}

static void end_parents(struct play *play)
{
    for (size_t i = 0; i < LIVE; i++)
        sim_exit_process(play->live[i], STATUS_SUCCESS);
}

/* Returns how long the kernel's part and the driver's took together. */
static double play_start(const struct play *play, const struct start *start)
{
    double begun = bench_now();
    PEPROCESS process;
    bool runs = start_process(play, start, &process);
    double took = bench_now() - begun;

    if (runs)
        sim_exit_process(process, STATUS_SUCCESS);
    return took;
}

/* How often the system took the processor away from this thread. */
static long switches(void)
{
    struct rusage usage;

    (void)getrusage(RUSAGE_THREAD, &usage);
    return usage.ru_nivcsw;
}

/* A start in which the processor went to somebody else says how busy the machine is: it is played again. */
static double play_undisturbed(const struct play *play, const struct start *start, struct measured *measured)
{
    for (unsigned tries = 1;; tries++) {
        long before = switches();
        double took = play_start(play, start);

        if (switches() == before || tries == TRIES)
            return took;
        measured->disturbed++;
    }
}

static void play_round(const struct play *play, size_t count, struct measured *measured)
{
    const struct bench_inside *last = bench_inside_last();

    for (size_t i = 0; i < count; i++) {
        measured->start.of[i] = play_undisturbed(play, &play->starts[i % play->start_count], measured);
        measured->inside.of[i] = last->inside;
        measured->whole.of[i] = last->whole;
        measured->calls.of[i] = last->calls;
        measured->allocations.of[i] = last->allocations;
    }
}

static void prepare(const struct play *play, size_t count, struct values *values)
{
    values->of = bench_take(play->arena, count, sizeof(double));
    values->rounds.count = 0;
}

static void tell(const char *metric, const char *what, struct values *values)
{
    bench_result(bench_rounds_median(&values->rounds), "path.%s.%s.median", metric, what);
    bench_result(bench_rounds_p99(&values->rounds), "path.%s.%s.p99", metric, what);
}

static void measure(const struct play *play, const char *metric, size_t count, bool driver)
{
    struct measured measured = {.disturbed = 0};
    struct values *all[] = {&measured.start, &measured.inside, &measured.whole, &measured.calls,
                            &measured.allocations};
    static const char *const names[] = {"start", "inside", "whole", "calls", "allocations"};
    const size_t kinds = driver ? 5 : 1;

    for (size_t i = 0; i < 5; i++)
        prepare(play, count, all[i]);
    play_round(play, play->start_count, &measured); /* so that every file has been seen */
    measured.disturbed = 0;
    for (unsigned round = 0; round < BENCH_ROUNDS; round++) {
        play_round(play, count, &measured);
        for (size_t i = 0; i < kinds; i++)
            bench_rounds_add(&all[i]->rounds, all[i]->of, count);
    }
    for (size_t i = 0; i < kinds; i++)
        tell(metric, names[i], all[i]);
    bench_result(measured.disturbed / (double)(count * BENCH_ROUNDS) * 100, "path.%s.disturbed", metric);
}

static bool asks_for_hash(const struct vg_expr *condition)
{
    if (condition->kind == VG_EXPR_PREDICATE)
        return vg_field_digest_size(condition->predicate->field) != 0;
    for (size_t i = 0; i < condition->child_count; i++) {
        if (asks_for_hash(condition->children[i]))
            return true;
    }
    return false;
}

static bool asks_for_no_hash(const struct vg_rule *rule)
{
    return !asks_for_hash(rule->condition);
}

static void use_rules(struct sim_handle *device, const char *metric, const char *first,
                      bool (*keep)(const struct vg_rule *), const char *folder)
{
    char text[4096];
    int size = snprintf(text, sizeof(text), RULES, first, folder);

    if (size < 0 || (size_t)size >= sizeof(text))
        bench_fail("the folder's name is too long");
    bench_result((double)bench_machine_policy(device, text, keep), "path.%s.rules", metric);
}

/* One policy after the other, on a machine that is full. */
static void measure_all(struct play *play, const char *folder, size_t count)
{
    struct sim_handle *device;
    char hash[128];

    start_parents(play);
    measure(play, "none", count, false);
    end_parents(play);
    bench_inside_load(VG_DRIVER_MODULE);
    device = bench_machine_open();
    start_parents(play);
    (void)bench_machine_policy(device, NO_RULES, NULL);
    measure(play, "empty", count, true);
    (void)bench_machine_policy(device, A_STRING, NULL);
    measure(play, "string", count, true);
    use_rules(device, "sigma", "", asks_for_no_hash, folder);
    measure(play, "sigma", count, true);
    (void)snprintf(hash, sizeof(hash), A_HASH, 1u);
    use_rules(device, "hash", hash, NULL, folder);
    measure(play, "hash", count, true);
    end_parents(play);
    bench_machine_unload(device);
    bench_inside_unload();
}

/* What valgrind is told to count; not inlined, so that it finds it. */
__attribute__((noipa)) static bool count_start(const struct play *play, const struct start *start,
                                               PEPROCESS *process)
{
    return start_process(play, start, process);
}

static void play_once(struct play *play, const char *folder, bool hash)
{
    struct sim_handle *device;
    char first[128] = "";

    bench_machine_must(NT_SUCCESS(sim_load_driver(VG_DRIVER_MODULE)), "loading the driver");
    device = bench_machine_open();
    start_parents(play);
    if (hash)
        (void)snprintf(first, sizeof(first), A_HASH, 1u);
    use_rules(device, "sigma", first, hash ? NULL : asks_for_no_hash, folder);
    for (size_t i = 0; i < play->start_count; i++)
        play_start(play, &play->starts[i]);
    for (size_t i = 0; i < play->start_count; i++) {
        PEPROCESS process;

        if (count_start(play, &play->starts[i], &process))
            sim_exit_process(process, STATUS_SUCCESS);
    }
    end_parents(play);
    bench_machine_unload(device);
}

int main(int argc, char **argv)
{
    bool quick = argc > 1 && strcmp(argv[1], "--quick") == 0;
    bool count_hash = argc > 1 && strcmp(argv[1], "--count-hash") == 0;
    bool only_count = count_hash || (argc > 1 && strcmp(argv[1], "--count") == 0);
    int first = quick || only_count ? 2 : 1;
    struct play play = {.arena = vg_arena_new()};

    if (play.arena == NULL || first + 1 >= argc) {
        fputs("usage: bench_path [--quick | --count | --count-hash] FOLDER LOG...\n", stderr);
        return 2;
    }
    bench_machine_start();
    read_logs(&play, (const char *const *)argv + first + 1, (size_t)(argc - first - 1));
    if (only_count)
        play_once(&play, argv[first], count_hash);
    else
        measure_all(&play, argv[first], quick ? play.start_count : STARTS);
    bench_machine_end();
    vg_arena_free(play.arena);
    return 0;
}

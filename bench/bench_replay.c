/* How fast replay goes through logs that are in the page cache, beside the reading of their JSON alone on one
 * core: creations of processes, and events that are none. Not a test. bench_replay LOG FOLDER: JSON lines to
 * take events from (repeated until there is enough), and where to put what is made of them. */
#define _POSIX_C_SOURCE 200809L

#include "../src/cli/json_text.h"
#include "../src/cli/replay.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ROUNDS    5
#define FILE_SIZE ((size_t)200 << 20)

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static int compare(const void *a, const void *b)
{
    double difference = *(const double *)a - *(const double *)b;

    return difference < 0 ? -1 : difference > 0;
}

static double median(double times[ROUNDS])
{
    qsort(times, ROUNDS, sizeof(times[0]), compare);
    return times[ROUNDS / 2];
}

static void stop(const char *what)
{
    perror(what);
    exit(1);
}

/* The lines of `log` that are creations, or those that are none, again and again. */
static size_t make_log(const char *log, const char *name, bool creations, size_t *lines)
{
    FILE *out = fopen(name, "wb");
    struct vg_json json = {0};
    size_t written = 0;

    *lines = 0;
    while (out != NULL && written < FILE_SIZE) {
        FILE *in = fopen(log, "rb");
        char *line = NULL;
        size_t capacity = 0;
        size_t before = written;
        ssize_t size;

        while (in != NULL && (size = getline(&line, &capacity, in)) > 0) {
            yyjson_val *root = vg_json_read(&json, line, (size_t)size);
            bool wanted = root != NULL && (vg_log_event_of(root).kind != VG_LOG_OTHER) == creations;

            if (!wanted || fwrite(line, 1, (size_t)size, out) != (size_t)size)
                continue;
            written += (size_t)size;
            ++*lines;
        }
        free(line);
        if (in == NULL || written == before)
            stop(log);
        fclose(in);
    }
    vg_json_free(&json);
    if (out == NULL || fclose(out) != 0)
        stop(name);
    return written;
}

static double parse_alone(const char *name)
{
    FILE *in = fopen(name, "rb");
    struct vg_json json = {0};
    char *line = NULL;
    size_t capacity = 0;
    double spent = 0;
    ssize_t size;

    while (in != NULL && (size = getline(&line, &capacity, in)) > 0) {
        double start = now();

        vg_json_read(&json, line, (size_t)size);
        spent += now() - start;
    }
    vg_json_free(&json);
    free(line);
    if (in != NULL)
        fclose(in);
    return spent;
}

static double replay_once(struct vg_replay *replay, const char *name)
{
    struct vg_log_job job = {
        .files = &name, .file_count = 1, .context = replay, .creation = vg_replay_creation};
    struct vg_log_result result;
    double start = now();

    vg_log_run(&job, &result);
    if (result.failed || result.unread_files != 0)
        stop(name);
    return now() - start;
}

static void measure(struct vg_replay *replay, const char *log, const char *folder, bool creations)
{
    double replayed[ROUNDS];
    double parsed[ROUNDS];
    char name[4096];
    size_t lines;
    size_t size;
    double replay_time;
    double parse_time;

    snprintf(name, sizeof(name), "%s/%s.jsonl", folder, creations ? "creations" : "others");
    size = make_log(log, name, creations, &lines);
    for (unsigned i = 0; i < ROUNDS; i++)
        replayed[i] = replay_once(replay, name);
    for (unsigned i = 0; i < ROUNDS; i++)
        parsed[i] = parse_alone(name);
    remove(name);
    replay_time = median(replayed);
    parse_time = median(parsed);
    printf("%-10s %8zu lines of %5zu bytes: replay %9.0f/s, %5.2f GB/s (%u workers); its JSON alone %9.0f/s "
           "(one core)\n",
           creations ? "creations" : "others", lines, size / lines, (double)lines / replay_time,
           (double)size / replay_time / 1e9, vg_log_workers(), (double)lines / parse_time);
}

static void ignore(void *context, enum vg_severity severity, struct vg_place place, const char *message,
                   const char *hint)
{
    (void)context;
    (void)place;
    (void)hint;
    if (severity == VG_ERROR)
        fprintf(stderr, "%s\n", message);
}

int main(int argc, char **argv)
{
    static const char text[] = "vigil: 1\ndefault: deny\nrules:\n"
                               "  - deny: Office starts a shell\n"
                               "    when:\n"
                               "      ParentImage|endswith: ['\\winword.exe', '\\excel.exe']\n"
                               "      Image|endswith: ['\\cmd.exe', '\\powershell.exe']\n"
                               "  - audit: encoded\n"
                               "    when: { CommandLine|contains: ' -enc' }\n"
                               "  - allow: Windows\n"
                               "    when: { Image|under: ['%WINDIR%', '%PROGRAMFILES%'] }\n";
    const struct vg_reporter reporter = {.report = ignore};
    const struct vg_read_options options = {.variables = vg_default_path_variables};
    static struct vg_replay replay = {.only = VG_ONLY_ALL};
    struct vg_model model;
    void *blob;
    size_t size;

    if (argc != 3) {
        fputs("usage: bench_replay LOG FOLDER\n", stderr);
        return 2;
    }
    if (!vg_model_read_text("bench", text, sizeof(text) - 1, &options, &reporter, &model) ||
        !vg_model_compile(&model, &reporter, &blob, &size) ||
        !vg_policy_open(&replay.policy, blob, size, NULL))
        return 1;
    replay.model = &model;
    if (!vg_replay_prepare(&replay))
        return 1;
    measure(&replay, argv[1], argv[2], true);
    measure(&replay, argv[1], argv[2], false);
    vg_replay_free(&replay);
    free(blob);
    vg_model_free(&model);
    return 0;
}

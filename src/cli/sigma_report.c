#include "sigma_report.h"

#include "message.h"

#include "../policy/arena.h"
#include "../policy/files.h"
#include "../policy/model.h"

#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 32u

/* What the reader says about one file; the first complaint is the one that counts. */
struct listener {
    struct vg_sigma_report *report;
    const char *file;
    bool refused;
};

/* The reader's "the Sigma rule 'X' is left out: WHY": X differs, WHY is what rules have in common. */
static const char *reason_of(const char *message)
{
    static const char mark[] = " is left out: ";
    const char *found = strstr(message, mark);

    return found != NULL ? found + sizeof(mark) - 1 : message;
}

static void hear(void *context, enum vg_severity severity, struct vg_place place, const char *message,
                 const char *hint)
{
    struct listener *listener = context;
    struct vg_sigma_report *report = listener->report;
    bool left_out = severity == VG_WARNING && reason_of(message) != message;
    struct vg_sigma_refusal *refusal;

    (void)hint;
    if (listener->refused || (severity != VG_ERROR && !left_out))
        return;
    listener->refused = true;
    if (report->refusal_count == report->refusal_capacity) {
        size_t capacity = report->refusal_capacity != 0 ? 2 * report->refusal_capacity : 64;
        struct vg_sigma_refusal *larger = realloc(report->refusals, capacity * sizeof(*larger));

        if (larger == NULL) {
            report->failed = true;
            return;
        }
        report->refusals = larger;
        report->refusal_capacity = capacity;
    }
    refusal = &report->refusals[report->refusal_count++];
    *refusal = (struct vg_sigma_refusal){
        .file = listener->file,
        .line = place.line,
        .reason = vg_arena_text(report->arena, reason_of(message), strlen(reason_of(message))),
        .broken = severity == VG_ERROR,
    };
}

/* A policy whose only rule is that file, its name in single quotes. */
static char *policy_around(const char *file)
{
    static const char before[] = "vigil: 1\nmode: monitor\ndefault: allow\nunsupported: skip\nrules:\n"
                                 "  - audit: one rule\n    sigma: '";
    char *policy = malloc(sizeof(before) + 2 * strlen(file) + sizeof("'\n"));
    char *at = policy;

    if (policy == NULL)
        return NULL;
    memcpy(at, before, sizeof(before) - 1);
    at += sizeof(before) - 1;
    for (; *file != '\0'; file++) {
        if (*file == '\'')
            *at++ = '\'';
        *at++ = *file;
    }
    memcpy(at, "'\n", 3);
    return policy;
}

static void read_file(struct vg_sigma_report *report, const char *file)
{
    struct listener listener = {.report = report, .file = file};
    const struct vg_reporter reporter = {.report = hear, .context = &listener};
    const struct vg_read_options options = {.variables = vg_default_path_variables};
    char *policy = policy_around(file);
    struct vg_model model;

    report->files++;
    if (policy == NULL) {
        report->failed = true;
        return;
    }
    if (vg_model_read_text("sigma-report", policy, strlen(policy), &options, &reporter, &model)) {
        report->loaded += model.rule_count;
        vg_model_free(&model);
    }
    free(policy);
}

static bool is_rule_file(const char *name)
{
    size_t size = strlen(name);

    return (size > 4 && strcmp(name + size - 4, ".yml") == 0) ||
           (size > 5 && strcmp(name + size - 5, ".yaml") == 0);
}

static void read_folder(struct vg_sigma_report *report, const char *folder, unsigned depth)
{
    const char *why = NULL;
    char **names;
    size_t count;

    if (depth > DEPTH_MAX || !vg_file_list(report->arena, folder, &names, &count, &why)) {
        vg_say_error("cannot read the folder %s: %s", folder,
                     why != NULL ? why : "folders are nested too deep");
        report->failed = true;
        return;
    }
    for (size_t i = 0; i < count && !report->failed; i++) {
        const char *path = vg_arena_format(report->arena, "%s/%s", folder, names[i]);

        if (path == NULL)
            report->failed = true;
        else if (vg_file_kind(path) == VG_FILE_FOLDER)
            read_folder(report, path, depth + 1);
        else if (is_rule_file(names[i]))
            read_file(report, path);
    }
}

static int by_reason(const void *left, const void *right)
{
    const struct vg_sigma_reason *a = left;
    const struct vg_sigma_reason *b = right;

    return strcmp(a->reason, b->reason);
}

static int by_count(const void *left, const void *right)
{
    const struct vg_sigma_reason *a = left;
    const struct vg_sigma_reason *b = right;

    if (a->count != b->count)
        return a->count > b->count ? -1 : 1;
    return by_reason(left, right);
}

static void count_reasons(struct vg_sigma_report *report)
{
    struct vg_sigma_reason *reasons = calloc(report->refusal_count + 1, sizeof(*reasons));
    size_t kept = 0;

    if (reasons == NULL || vg_arena_failed(report->arena)) {
        free(reasons);
        report->failed = true;
        return;
    }
    for (size_t i = 0; i < report->refusal_count; i++)
        reasons[i] = (struct vg_sigma_reason){.reason = report->refusals[i].reason, .count = 1};
    qsort(reasons, report->refusal_count, sizeof(*reasons), by_reason);
    for (size_t i = 0; i < report->refusal_count; i++) {
        if (kept != 0 && strcmp(reasons[kept - 1].reason, reasons[i].reason) == 0)
            reasons[kept - 1].count++;
        else
            reasons[kept++] = reasons[i];
    }
    qsort(reasons, kept, sizeof(*reasons), by_count);
    report->reasons = reasons;
    report->reason_count = kept;
}

bool vg_sigma_report_make(const char *path, struct vg_sigma_report *report)
{
    enum vg_file_kind kind = vg_file_kind(path);

    *report = (struct vg_sigma_report){.arena = vg_arena_new()};
    if (report->arena == NULL) {
        vg_say_error("out of memory");
        return false;
    }
    if (kind == VG_FILE_MISSING) {
        vg_say_error("there is no file or folder %s", path);
        return false;
    }
    if (kind == VG_FILE_FOLDER || kind == VG_FILE_LINKED_FOLDER)
        read_folder(report, path, 0);
    else
        read_file(report, path);
    if (!report->failed)
        count_reasons(report);
    if (report->failed)
        vg_say_error("the rules below %s could not all be read", path);
    return !report->failed;
}

void vg_sigma_report_free(struct vg_sigma_report *report)
{
    free(report->refusals);
    free(report->reasons);
    vg_arena_free(report->arena);
}

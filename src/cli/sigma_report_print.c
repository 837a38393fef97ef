#include "sigma_report.h"

#include "problem_list.h"
#include "visible.h"

#include <stdio.h>
#include <string.h>

static void print_utf8(const char *text)
{
    vg_print_visible(stdout, text, strlen(text));
}

static size_t broken_count(const struct vg_sigma_report *report)
{
    size_t broken = 0;

    for (size_t i = 0; i < report->refusal_count; i++)
        broken += report->refusals[i].broken;
    return broken;
}

void vg_sigma_report_print(const struct vg_sigma_report *report, const char *path, bool each)
{
    size_t broken = broken_count(report);

    print_utf8(path);
    printf(": %zu rule file%s: %zu load, %zu need what is not there yet, %zu broken\n", report->files,
           report->files == 1 ? "" : "s", report->loaded, report->refusal_count - broken, broken);
    for (size_t i = 0; i < report->reason_count; i++) {
        printf("%6zu  ", report->reasons[i].count);
        print_utf8(report->reasons[i].reason);
        putchar('\n');
    }
    for (size_t i = 0; each && i < report->refusal_count; i++) {
        print_utf8(report->refusals[i].file);
        printf(":%u: ", report->refusals[i].line);
        print_utf8(report->refusals[i].reason);
        putchar('\n');
    }
}

bool vg_sigma_report_print_json(const struct vg_sigma_report *report, const char *path)
{
    json_t *reasons = json_array();
    json_t *refusals = json_array();
    json_t *object;
    bool done;

    for (size_t i = 0; i < report->reason_count; i++)
        json_array_append_new(reasons,
                              json_pack("{s:o, s:I}", "Reason", vg_json_text(report->reasons[i].reason),
                                        "Count", (json_int_t)report->reasons[i].count));
    for (size_t i = 0; i < report->refusal_count; i++) {
        const struct vg_sigma_refusal *refusal = &report->refusals[i];

        json_array_append_new(refusals, json_pack("{s:o, s:i, s:o, s:b}", "File", vg_json_text(refusal->file),
                                                  "Line", (int)refusal->line, "Reason",
                                                  vg_json_text(refusal->reason), "Broken", refusal->broken));
    }
    object = json_pack("{s:o, s:I, s:I, s:o, s:o}", "Folder", vg_json_text(path), "Files",
                       (json_int_t)report->files, "Loaded", (json_int_t)report->loaded, "Reasons", reasons,
                       "Refused", refusals);
    done = object != NULL && json_dumpf(object, stdout, JSON_COMPACT) == 0;
    putchar('\n');
    json_decref(object);
    return done;
}

#include "sigma_report.h"

#include "json_write.h"
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

static yyjson_mut_val *reasons_json(struct vg_json_writer *writer, const struct vg_sigma_report *report)
{
    yyjson_mut_val *array = vg_json_array(writer);

    for (size_t i = 0; i < report->reason_count; i++) {
        yyjson_mut_val *object = vg_json_object(writer);

        vg_json_put_text(writer, object, "Reason", report->reasons[i].reason);
        vg_json_put_number(writer, object, "Count", report->reasons[i].count);
        vg_json_add(writer, array, object);
    }
    return array;
}

static yyjson_mut_val *refusals_json(struct vg_json_writer *writer, const struct vg_sigma_report *report)
{
    yyjson_mut_val *array = vg_json_array(writer);

    for (size_t i = 0; i < report->refusal_count; i++) {
        const struct vg_sigma_refusal *refusal = &report->refusals[i];
        yyjson_mut_val *object = vg_json_object(writer);

        vg_json_put_text(writer, object, "File", refusal->file);
        vg_json_put_number(writer, object, "Line", refusal->line);
        vg_json_put_text(writer, object, "Reason", refusal->reason);
        vg_json_put_boolean(writer, object, "Broken", refusal->broken);
        vg_json_add(writer, array, object);
    }
    return array;
}

bool vg_sigma_report_print_json(const struct vg_sigma_report *report, const char *path)
{
    struct vg_json_writer writer;
    yyjson_mut_val *object;

    vg_json_begin(&writer);
    object = vg_json_object(&writer);
    vg_json_put_text(&writer, object, "Folder", path);
    vg_json_put_number(&writer, object, "Files", report->files);
    vg_json_put_number(&writer, object, "Loaded", report->loaded);
    vg_json_put(&writer, object, "Reasons", reasons_json(&writer, report));
    vg_json_put(&writer, object, "Refused", refusals_json(&writer, report));
    return vg_json_write(&writer, object, stdout);
}

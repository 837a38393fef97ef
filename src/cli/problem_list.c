#include "problem_list.h"

static void report(void *context, enum vg_severity severity, struct vg_place place, const char *message,
                   const char *hint)
{
    static const char *const words[] = {[VG_NOTE] = "note", [VG_WARNING] = "warning", [VG_ERROR] = "error"};
    struct vg_problem_list *list = context;
    struct vg_json_writer *writer = list->writer;
    yyjson_mut_val *object = vg_json_object(writer);

    list->errors += severity == VG_ERROR;
    list->warnings += severity == VG_WARNING;
    vg_json_put_text(writer, object, "Severity", words[severity]);
    vg_json_put_text(writer, object, "File", place.file);
    vg_json_put_number(writer, object, "Line", place.line);
    vg_json_put_number(writer, object, "Column", place.column);
    vg_json_put_text(writer, object, "Message", message);
    vg_json_put_text(writer, object, "Hint", hint);
    vg_json_add(writer, list->array, object);
}

struct vg_reporter vg_problem_reporter(struct vg_problem_list *list)
{
    return (struct vg_reporter){.report = report, .context = list};
}

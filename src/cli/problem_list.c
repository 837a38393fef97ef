#include "problem_list.h"

json_t *vg_json_text(const char *text)
{
    json_t *value = text != NULL ? json_string(text) : NULL;

    return value != NULL ? value : json_null();
}

static void report(void *context, enum vg_severity severity, struct vg_place place, const char *message,
                   const char *hint)
{
    static const char *const words[] = {[VG_NOTE] = "note", [VG_WARNING] = "warning", [VG_ERROR] = "error"};
    struct vg_problem_list *list = context;

    list->errors += severity == VG_ERROR;
    list->warnings += severity == VG_WARNING;
    json_array_append_new(list->array, json_pack("{s:s, s:o, s:i, s:i, s:o, s:o}", "Severity",
                                                 words[severity], "File", vg_json_text(place.file), "Line",
                                                 (int)place.line, "Column", (int)place.column, "Message",
                                                 vg_json_text(message), "Hint", vg_json_text(hint)));
}

struct vg_reporter vg_problem_reporter(struct vg_problem_list *list)
{
    return (struct vg_reporter){.report = report, .context = list};
}

#include "model.h"

#include <string.h>

#include "arena.h"

const struct vg_path_variables vg_default_path_variables = {
    .windir = "C:\\Windows",
    .osdrive = "C:",
    .program_files = {"C:\\Program Files", "C:\\Program Files (x86)"},
    .system32 = {"C:\\Windows\\System32", "C:\\Windows\\SysWOW64"},
};

void vg_model_free(struct vg_model *model)
{
    vg_arena_free(model->arena);
    memset(model, 0, sizeof(*model));
}

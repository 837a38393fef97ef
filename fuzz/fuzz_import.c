/* Any bytes as a policy of another system (the first byte says whose): it is refused, or what is written is a
 * policy that vigil reads. */
#include "../src/cli/import.h"

#include "../src/policy/arena.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void ignore(void *context, enum vg_severity severity, struct vg_place place, const char *message,
                   const char *hint)
{
    (void)place;
    (void)hint;
    (void)message;
    *(unsigned *)context += severity == VG_ERROR;
}

static void read_again(const struct vg_buffer *text)
{
    unsigned errors = 0;
    const struct vg_reporter reporter = {.report = ignore, .context = &errors};
    const struct vg_read_options options = {.variables = vg_default_path_variables};
    struct vg_model model;

    if (!vg_model_read_text("translation", (const char *)text->bytes, text->size, &options, &reporter,
                            &model))
        abort();
    vg_model_free(&model);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    unsigned errors = 0;
    const struct vg_reporter reporter = {.report = ignore, .context = &errors};
    struct vg_import import = {.arena = vg_arena_new(), .reporter = &reporter, .file = "x.xml"};
    struct vg_buffer text = {0};
    const struct vg_xml *root;

    if (import.arena == NULL)
        abort();
    root = size != 0 ? vg_xml_read(import.arena, import.file, bytes + 1, size - 1, &reporter) : NULL;
    if (root != NULL &&
        (bytes[0] == 'a' ? vg_import_applocker(&import, root) : vg_import_wdac(&import, root))) {
        if (vg_import_write(&import, &text))
            read_again(&text);
    } else if (size != 0 && errors == 0) {
        abort(); /* refused without a word */
    }
    vg_buffer_free(&text);
    vg_buffer_free(&import.rules);
    vg_buffer_free(&import.notes);
    vg_arena_free(import.arena);
    return 0;
}

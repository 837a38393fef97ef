/* Any bytes as a policy: refused with a message, or read; and what is printed of it reads back to the same
 * print. Slashes are taken out, so that the fuzzer's policies name no files but those of its own folder. */
#include "../src/policy/print.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* So that no input takes long because of what it may. */
#define REGEX_STEPS 50000u

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void count(void *context, enum vg_severity severity, struct vg_place place, const char *message,
                  const char *hint)
{
    (void)place;
    (void)hint;
    if (severity == VG_ERROR && *message)
        ++*(unsigned *)context;
}

/* The print of what the text says, or NULL where it is refused. */
static char *print_of(const char *text, size_t size)
{
    unsigned errors = 0;
    struct vg_reporter reporter = {.report = count, .context = &errors};
    struct vg_read_options options = {.variables = vg_default_path_variables, .regex_steps = REGEX_STEPS};
    struct vg_model model;
    char *print = NULL;
    size_t length;
    bool good = vg_model_read_text("fuzz.yaml", text, size, &options, &reporter, &model);
    if (good != (errors == 0))
        abort();
    if (!good)
        return NULL;
    FILE *stream = open_memstream(&print, &length);
    if (stream) {
        vg_model_print(&model, NULL, stream);
        fclose(stream);
    }
    vg_model_free(&model);
    return print;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char *text = malloc(size + 1);
    if (!text)
        return 0;
    for (size_t i = 0; i < size; i++)
        text[i] = bytes[i] == '/' ? '_' : (char)bytes[i];
    char *first = print_of(text, size);
    char *second = first ? print_of(first, strlen(first)) : NULL;
    if (first && (!second || strcmp(first, second) != 0))
        abort();
    free(first);
    free(second);
    free(text);
    return 0;
}

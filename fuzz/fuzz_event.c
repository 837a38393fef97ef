/* Any bytes as what a read of the device returned: each event is refused, or printed in both forms within its
 * bounds, and its JSON reads back. */
#include "../src/cli/event_json.h"
#include "../src/cli/event_text.h"
#include "../src/cli/json_text.h"

#include <stdlib.h>
#include <string.h>

#define FORGET_EVERY 1000u

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void print(const struct vg_event *event, bool colour)
{
    const struct vg_event_style style = {.colour = colour, .columns = colour ? 80 : 0};
    char *text = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);

    if (!stream)
        return;
    if (!vg_event_print(stream, event, &style) || fclose(stream) != 0)
        abort();
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)text[i];
        bool last = i == length - 1;
        if ((byte < 0x20 && !(byte == '\n' && last) && !(byte == 0x1B && colour)) || byte == 0x7F)
            abort(); /* somebody's command line would drive the terminal */
    }
    free(text);
}

static void write_json(const struct vg_event *event)
{
    char *text = NULL;
    size_t length = 0;
    static struct vg_json json; /* its memory is large, and used again as in the tool */
    static unsigned written;
    FILE *stream = open_memstream(&text, &length);

    if (!stream)
        return;
    if (!vg_event_write_json(stream, event) || fclose(stream) != 0)
        abort();
    if (!yyjson_is_obj(vg_json_read(&json, text, length)) || memchr(text, '\n', length) != text + length - 1)
        abort();
    if (++written % FORGET_EVERY == 0)
        vg_json_free(&json);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1); /* aligned, and of exactly that size */
    struct vg_event event;
    const char *problem = NULL;

    if (!copy)
        return 0;
    memcpy(copy, bytes, size);
    for (size_t at = 0; at < size; at += event.header.size) {
        if (!vg_event_decode(copy + at, size - at, &event, &problem)) {
            if (!problem)
                abort();
            break;
        }
        if (event.header.size == 0 || event.header.size > size - at)
            abort();
        print(&event, false);
        print(&event, true);
        write_json(&event);
    }
    free(copy);
    return 0;
}

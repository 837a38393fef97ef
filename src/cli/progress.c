#include "progress.h"

#include "message.h"
#include "platform.h"
#include "thread.h"
#include "visible.h"

#include <stdio.h>
#include <string.h>

#define BAR          24
#define INTERVAL     150 /* milliseconds */
#define NAME_COLUMNS 40
#define WIDTH        80 /* columns of a terminal that does not say how many it has */

struct vg_progress vg_progress_begin(void)
{
    return (struct vg_progress){.shown = vg_platform_is_terminal(stderr)};
}

/* The end of the name that fits so many columns. */
static const char *end_of_name(const char *name, unsigned room)
{
    size_t length = strlen(name);
    unsigned columns = 0;

    for (size_t at = 0; at < length;) {
        struct vg_visible one = vg_visible(name + at, length - at);

        columns += one.columns;
        at += one.length;
    }
    while (columns > room) {
        struct vg_visible one = vg_visible(name, strlen(name));

        columns -= one.columns;
        name += one.length;
    }
    return name;
}

/* One line, never two: what wraps stays on the terminal. */
void vg_progress_show(struct vg_progress *progress, double done, const char *file, uint64_t events)
{
    int64_t time = progress->shown ? (int64_t)vg_milliseconds() : 0;
    int filled = (int)(done * BAR);
    unsigned columns;
    unsigned used;
    int printed;

    if (!progress->shown || (time >= progress->last && time - progress->last < INTERVAL))
        return;
    progress->last = time;
    columns = vg_platform_columns(stderr);
    columns = columns != 0 ? columns : WIDTH;
    filled = filled < 0 ? 0 : filled > BAR ? BAR : filled;
    fputs("\r\033[K", stderr);
    printed = fprintf(stderr, "[%.*s%.*s] %3d%%  %llu events  ", filled, "########################",
                      BAR - filled, "........................", (int)(done * 100 > 100 ? 100 : done * 100),
                      (unsigned long long)events);
    used = printed > 0 ? (unsigned)printed : 0;
    if (columns > used + 1) {
        unsigned room = columns - used - 1 < NAME_COLUMNS ? columns - used - 1 : NAME_COLUMNS;
        const char *name = end_of_name(file, room);

        vg_print_visible(stderr, name, strlen(name));
    }
    fflush(stderr);
}

void vg_progress_clear(struct vg_progress *progress)
{
    if (progress->shown && progress->last != 0)
        fputs("\r\033[K", stderr);
    progress->last = 0;
}

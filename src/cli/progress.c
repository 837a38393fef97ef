#include "progress.h"

#include "message.h"
#include "platform.h"
#include "thread.h"
#include "visible.h"

#include <stdio.h>
#include <string.h>

#define BAR        24
#define INTERVAL   150 /* milliseconds */
#define NAME_BYTES 40

struct vg_progress vg_progress_begin(void)
{
    return (struct vg_progress){.shown = vg_platform_is_terminal(stderr)};
}

void vg_progress_show(struct vg_progress *progress, double done, const char *file, uint64_t events)
{
    int64_t time = progress->shown ? (int64_t)vg_milliseconds() : 0;
    int filled = (int)(done * BAR);
    size_t length = strlen(file);

    if (!progress->shown || (time >= progress->last && time - progress->last < INTERVAL))
        return;
    progress->last = time;
    filled = filled < 0 ? 0 : filled > BAR ? BAR : filled;
    fprintf(stderr, "\r\033[K[%.*s%.*s] %3d%%  %llu events  ", filled, "########################",
            BAR - filled, "........................", (int)(done * 100 > 100 ? 100 : done * 100),
            (unsigned long long)events);
    vg_print_visible(stderr, length > NAME_BYTES ? file + length - NAME_BYTES : file,
                     length > NAME_BYTES ? NAME_BYTES : length);
    fflush(stderr);
}

void vg_progress_clear(struct vg_progress *progress)
{
    if (progress->shown && progress->last != 0)
        fputs("\r\033[K", stderr);
    progress->last = 0;
}

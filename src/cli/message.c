#include "message.h"

#include "platform.h"
#include "visible.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void vg_say_error(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    fputs("vigil: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
}

void vg_advise(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    fputs("  ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
}

void vg_say_errno(const char *what, const char *file)
{
    vg_say_error("%s %s: %s", what, file, strerror(errno));
}

bool vg_colour_wanted(FILE *stream)
{
    const char *no_colour = getenv("NO_COLOR");

    return (no_colour == NULL || no_colour[0] == '\0') && vg_platform_is_terminal(stream);
}

const char *vg_colour(bool wanted, enum vg_colour colour)
{
    static const char *const sequences[] = {
        [VG_COLOUR_NONE] = "",         [VG_COLOUR_BOLD] = "\033[1m",   [VG_COLOUR_DIM] = "\033[2m",
        [VG_COLOUR_RED] = "\033[31m",  [VG_COLOUR_GREEN] = "\033[32m", [VG_COLOUR_YELLOW] = "\033[33m",
        [VG_COLOUR_CYAN] = "\033[36m",
    };

    return wanted ? sequences[colour] : "";
}

const char *vg_colour_end(bool wanted)
{
    return wanted ? "\033[0m" : "";
}

static const char *severity_word(enum vg_severity severity)
{
    return severity == VG_ERROR ? "error" : severity == VG_WARNING ? "warning" : "note";
}

static void report(void *context, enum vg_severity severity, struct vg_place place, const char *message,
                   const char *hint)
{
    struct vg_console_reporter *console = context;
    bool colour = vg_colour_wanted(console->stream);
    enum vg_colour shade = severity == VG_ERROR ? VG_COLOUR_RED : VG_COLOUR_YELLOW;

    console->errors += severity == VG_ERROR;
    console->warnings += severity == VG_WARNING;
    if (console->quiet_warnings && severity != VG_ERROR)
        return;
    if (place.file != NULL)
        vg_print_visible(console->stream, place.file, strlen(place.file));
    if (place.file != NULL && place.line != 0)
        fprintf(console->stream, ":%u", place.line);
    if (place.file != NULL && place.line != 0 && place.column != 0)
        fprintf(console->stream, ":%u", place.column);
    fprintf(console->stream, "%s%s%s%s: ", place.file != NULL ? ": " : "", vg_colour(colour, shade),
            severity_word(severity), vg_colour_end(colour));
    vg_print_visible(console->stream, message, strlen(message));
    if (hint != NULL) {
        fputs("\n  ", console->stream);
        vg_print_visible(console->stream, hint, strlen(hint));
    }
    fputc('\n', console->stream);
}

struct vg_reporter vg_console_reporter(struct vg_console_reporter *console)
{
    return (struct vg_reporter){.report = report, .context = console};
}

/* What the tool says to people: complaints on stderr, colour where it is wanted, and text from elsewhere made
 * harmless. */
#ifndef VG_CLI_MESSAGE_H
#define VG_CLI_MESSAGE_H

#include <vigil/error.h>

#include <stdbool.h>
#include <stdio.h>

#if defined(__GNUC__)
#define VG_PRINTF_LIKE(at, first) __attribute__((__format__(__printf__, at, first)))
#else
#define VG_PRINTF_LIKE(at, first)
#endif

/* "vigil: ..." and a newline, on stderr. */
void vg_say_error(const char *format, ...) VG_PRINTF_LIKE(1, 2);

/* The names these had; the policy reader has a vg_complain of its own. */
#define vg_complain       vg_say_error
#define vg_complain_errno vg_say_errno

/* An indented line below a complaint that says what to do, on stderr. */
void vg_advise(const char *format, ...) VG_PRINTF_LIKE(1, 2);

/* "vigil: WHAT FILE: strerror(errno)". */
void vg_say_errno(const char *what, const char *file);

enum vg_colour {
    VG_COLOUR_NONE,
    VG_COLOUR_BOLD,
    VG_COLOUR_DIM,
    VG_COLOUR_RED,
    VG_COLOUR_GREEN,
    VG_COLOUR_YELLOW,
    VG_COLOUR_CYAN,
};

/* Whether to colour what goes to `stream`: it is a terminal and NO_COLOR (https://no-color.org) is not set.
 */
bool vg_colour_wanted(FILE *stream);

/* The sequences that start a colour and end all; empty unless `wanted`. */
const char *vg_colour(bool wanted, enum vg_colour colour);
const char *vg_colour_end(bool wanted);

/* A reporter that prints "file:line:column: error: message" and the hint below it, and counts. */
struct vg_console_reporter {
    FILE *stream;
    bool quiet_warnings;
    unsigned errors;
    unsigned warnings;
};

struct vg_reporter vg_console_reporter(struct vg_console_reporter *console);

#endif

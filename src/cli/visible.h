/* Text from elsewhere (a policy, an event, a file's name) for a terminal: nothing in it may drive the
 * terminal or lie about what is there. Control characters, line separators, direction controls and invisible
 * fillers become <U+001B>, bytes that are not UTF-8 become <0x80>. */
#ifndef VG_CLI_VISIBLE_H
#define VG_CLI_VISIBLE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* One character of UTF-8 in its visible form. */
struct vg_visible {
    char text[12];    /* what to print, NUL-terminated */
    unsigned columns; /* how many columns of a terminal that takes */
    size_t length;    /* how many bytes of the input it stands for, at least 1 */
};

/* The visible form of the character at `text`; `size` > 0. */
struct vg_visible vg_visible(const char *text, size_t size);

void vg_print_visible(FILE *stream, const char *text, size_t size);

#endif

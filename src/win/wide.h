/* UTF-8, which the tool speaks, and UTF-16, which Windows does. Results are malloc'ed and the caller's to
 * free; without memory these functions end the program with a message, because no command could go on. */
#ifndef VG_WIN_WIDE_H
#define VG_WIN_WIDE_H

#include <stddef.h>
#include <wchar.h>

/* Unpaired surrogates and ill-formed bytes become U+FFFD. */
wchar_t *vg_wide(const char *utf8);
char *vg_utf8(const wchar_t *wide);

/* The parts one after the other; ends with NULL. */
wchar_t *vg_wide_join(const wchar_t *first, ...);

/* malloc and calloc that end the program when there is no memory. */
void *vg_allocate(size_t size);

#endif

/* What the tool needs of the system beyond C17, in UTF-8: platform_posix.c and platform_windows.c. */
#ifndef VG_CLI_PLATFORM_H
#define VG_CLI_PLATFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* fopen for a UTF-8 path. NULL with errno set. "r" and "w" modes are binary on every platform. */
FILE *vg_platform_open(const char *path, const char *mode);

/* Creates a new file beside `path` that no other program has open, and puts its name (malloc'ed, the
 * caller's) into
 * `*temporary`. NULL with errno set. */
FILE *vg_platform_open_beside(const char *path, char **temporary);

/* Creates a file for a while, in the folder that the system has for such files and for nobody else to read,
 * and puts its name (malloc'ed, the caller's) into `*name`. NULL with errno set. */
FILE *vg_platform_open_temporary(char **name);

/* fseek and ftell of files of any size. False, and -1, on failure. */
bool vg_platform_seek(FILE *file, int64_t offset, int from);
int64_t vg_platform_tell(FILE *file);

/* Forces what was written to `file` to the disk. */
bool vg_platform_sync(FILE *file);

/* Gives `from` the name `to` in one step, replacing what had it. False with errno set. */
bool vg_platform_replace(const char *from, const char *to);

bool vg_platform_remove(const char *path);

/* Whether the stream is a terminal that understands colour sequences, and how many columns it has (0:
 * unknown). */
bool vg_platform_is_terminal(FILE *stream);
unsigned vg_platform_columns(FILE *stream);

#endif

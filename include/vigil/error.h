/* Errors of the hosted parts (reader, compiler, tool): what, where, and what would be right. Not for the
 * driver, which speaks NTSTATUS. */
#ifndef VIGIL_ERROR_H
#define VIGIL_ERROR_H

#include <stddef.h>

/* A place in a text file. Lines and columns count from 1; 0 means: the whole file, or the whole line. */
struct vg_place {
    const char *file;
    unsigned line;
    unsigned column;
};

enum vg_severity {
    VG_NOTE,
    VG_WARNING,
    VG_ERROR,
};

/* Receives each complaint as it is found, already in words: `message` says what is wrong, `hint` (may be
 * NULL) what would be right. Strings live only during the call. */
struct vg_reporter {
    void (*report)(void *context, enum vg_severity severity, struct vg_place place, const char *message,
                   const char *hint);
    void *context;
};

#endif

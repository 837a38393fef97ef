/* The files a policy is made of: read whole, named relative to each other, listed in order. Names are UTF-8
 * on every platform; on Windows both / and \ separate. */
#ifndef VG_POLICY_FILES_H
#define VG_POLICY_FILES_H

#include <stdbool.h>
#include <stddef.h>

struct vg_arena;

/* Reads the whole file into malloc'ed memory with a NUL behind it. NULL on failure: `*why` is then a few
 * words in plain English (static or from the arena). */
char *vg_file_read(struct vg_arena *arena, const char *name, size_t most, size_t *size, const char **why);

/* `name` as seen from the folder that holds `file`; an absolute name stays as it is. In the arena, NULL
 * without memory. */
char *vg_file_beside(struct vg_arena *arena, const char *file, const char *name);

/* A text that is the same for every name of one file (its real path); `name` itself where there is none. In
 * the arena. */
const char *vg_file_identity(struct vg_arena *arena, const char *name);

enum vg_file_kind {
    VG_FILE_MISSING,
    VG_FILE_REGULAR,
    VG_FILE_FOLDER,
    VG_FILE_LINKED_FOLDER, /* a symbolic link (or junction) to a folder */
    VG_FILE_OTHER,
};

enum vg_file_kind vg_file_kind(const char *name);

/* The names in a folder, without those that begin with a dot, sorted by bytes. In the arena. False on
 * failure, with
 * `*why`. */
bool vg_file_list(struct vg_arena *arena, const char *folder, char ***names, size_t *count, const char **why);

#endif

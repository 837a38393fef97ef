/* The files that a command's operands mean. */
#ifndef VG_CLI_LOG_FILES_H
#define VG_CLI_LOG_FILES_H

#include <stdbool.h>
#include <stddef.h>

struct vg_arena;

struct vg_log_files {
    struct vg_arena *arena; /* everything lives here */
    const char **names;     /* malloc'ed */
    size_t count;
    size_t passed_over; /* files in folders whose names are not those of logs */
};

/* Operands as they are; folders become the logs in and below them, sorted. Linked folders below are not
 * followed. A file that is not there is in the list: opening it says so. False after saying what failed; free
 * in any case. */
bool vg_log_files_find(const char *const *operands, size_t count, struct vg_log_files *files);
void vg_log_files_free(struct vg_log_files *files);

#endif

/* A file's whole content in memory. */
#ifndef VG_CLI_WHOLE_FILE_H
#define VG_CLI_WHOLE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Reads `path`, of which more than `limit` bytes are refused. `*bytes` is malloc'ed, the caller's. Returns
 * false, outputs untouched, after saying on stderr what failed. */
bool vg_read_whole_file(const char *path, size_t limit, uint8_t **bytes, size_t *size);

#endif

/* Files that are written whole or not at all. */
#ifndef VG_CLI_ATOMIC_FILE_H
#define VG_CLI_ATOMIC_FILE_H

#include <stdbool.h>
#include <stddef.h>

/* Makes `bytes` the content of `path`: in a new file beside it, forced to the disk, then renamed. Whatever
 * happens, `path` holds the old content or the new. False after saying on stderr what failed. */
bool vg_write_file(const char *path, const void *bytes, size_t size);

#endif

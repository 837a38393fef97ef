#include "atomic_file.h"

#include "message.h"
#include "platform.h"

#include <errno.h>
#include <stdlib.h>

bool vg_write_file(const char *path, const void *bytes, size_t size)
{
    char *temporary = NULL;
    FILE *file = vg_platform_open_beside(path, &temporary);
    bool done;
    int error;

    if (file == NULL) {
        vg_say_errno("cannot write a file beside", path);
        return false;
    }
    errno = 0;
    done = fwrite(bytes, 1, size, file) == size && vg_platform_sync(file);
    error = errno;
    if (fclose(file) != 0 && done) {
        done = false;
        error = errno;
    }
    if (done && !vg_platform_replace(temporary, path)) {
        done = false;
        error = errno;
    }
    if (!done) {
        vg_platform_remove(temporary);
        errno = error;
        vg_say_errno("cannot write", path);
    }
    free(temporary);
    return done;
}

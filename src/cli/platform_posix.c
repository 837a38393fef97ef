#include "platform.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

FILE *vg_platform_open(const char *path, const char *mode)
{
    FILE *file = fopen(path, mode);
    struct stat status;

    /* Opening a folder for reading succeeds and only reading it fails, with a puzzling message. */
    if (file != NULL && fstat(fileno(file), &status) == 0 && S_ISDIR(status.st_mode)) {
        fclose(file);
        errno = EISDIR;
        return NULL;
    }
    return file;
}

FILE *vg_platform_open_beside(const char *path, char **temporary)
{
    size_t size = strlen(path) + sizeof(".XXXXXX");
    char *name = malloc(size);
    mode_t mask;
    FILE *file;
    int fd;

    if (name == NULL)
        return NULL;
    snprintf(name, size, "%s.XXXXXX", path);
    fd = mkstemp(name);
    if (fd < 0) {
        free(name);
        return NULL;
    }
    /* mkstemp leaves the file to its owner alone; a new file has the rights the user's umask says. */
    mask = umask(0);
    umask(mask);
    file = fchmod(fd, 0666 & ~mask) == 0 ? fdopen(fd, "wb") : NULL;
    if (file == NULL) {
        int error = errno;

        close(fd);
        unlink(name);
        free(name);
        errno = error;
        return NULL;
    }
    *temporary = name;
    return file;
}

FILE *vg_platform_open_temporary(char **name)
{
    const char *folder = getenv("TMPDIR");
    size_t size;
    FILE *file;
    int fd;

    if (folder == NULL || folder[0] == '\0')
        folder = "/tmp";
    size = strlen(folder) + sizeof("/vigil.XXXXXX");
    *name = malloc(size);
    if (*name == NULL)
        return NULL;
    snprintf(*name, size, "%s/vigil.XXXXXX", folder);
    fd = mkstemp(*name);
    file = fd >= 0 ? fdopen(fd, "wb") : NULL;
    if (file == NULL) {
        int error = errno;

        if (fd >= 0) {
            close(fd);
            unlink(*name);
        }
        free(*name);
        *name = NULL;
        errno = error;
    }
    return file;
}

bool vg_platform_seek(FILE *file, int64_t offset, int from)
{
    return fseeko(file, offset, from) == 0;
}

int64_t vg_platform_tell(FILE *file)
{
    return ftello(file);
}

bool vg_platform_sync(FILE *file)
{
    return fflush(file) == 0 && fsync(fileno(file)) == 0;
}

bool vg_platform_replace(const char *from, const char *to)
{
    return rename(from, to) == 0;
}

bool vg_platform_remove(const char *path)
{
    return unlink(path) == 0;
}

bool vg_platform_is_terminal(FILE *stream)
{
    const char *terminal = getenv("TERM");

    return isatty(fileno(stream)) == 1 && terminal != NULL && strcmp(terminal, "dumb") != 0;
}

unsigned vg_platform_columns(FILE *stream)
{
    struct winsize size = {0};

    return ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

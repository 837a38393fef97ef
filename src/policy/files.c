#include "files.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "arena.h"

static const char *because(struct vg_arena *arena, int error)
{
    const char *why = vg_arena_format(arena, "%s", strerror(error));
    return why ? why : "there is no memory";
}

/* Reads `file` to its end or to one byte more than `most`. */
static char *read_all(FILE *file, size_t most, size_t *size, int *error)
{
    size_t capacity = 64u * 1024u;
    size_t used = 0;
    char *bytes = malloc(capacity);
    while (bytes) {
        used += fread(bytes + used, 1, capacity - 1 - used, file);
        if (used < capacity - 1 || used > most)
            break;
        capacity *= 2;
        char *more = realloc(bytes, capacity);
        if (!more)
            free(bytes);
        bytes = more;
    }
    if (!bytes) {
        *error = ENOMEM;
    } else if (ferror(file)) {
        *error = errno ? errno : EIO;
        free(bytes);
        bytes = NULL;
    } else {
        bytes[used] = '\0';
        *size = used;
    }
    return bytes;
}

char *vg_file_read(struct vg_arena *arena, const char *name, size_t most, size_t *size, const char **why)
{
    int error = 0;
    size_t read = 0;
    FILE *file = fopen(name, "rb");
    if (!file) {
        *why = because(arena, errno);
        return NULL;
    }
    char *bytes = read_all(file, most, &read, &error);
    fclose(file);
    if (!bytes) {
        *why = because(arena, error);
        return NULL;
    }
    if (read > most) {
        *why = vg_arena_format(arena, "it is larger than %zu MB", most / (1024u * 1024u));
        free(bytes);
        return NULL;
    }
    *size = read;
    return bytes;
}

char *vg_file_beside(struct vg_arena *arena, const char *file, const char *name)
{
    const char *slash = strrchr(file, '/');
    if (name[0] == '/' || !slash)
        return vg_arena_text(arena, name, strlen(name));
    return vg_arena_format(arena, "%.*s/%s", (int)(slash - file), file, name);
}

const char *vg_file_identity(struct vg_arena *arena, const char *name)
{
    char *real = realpath(name, NULL);
    const char *identity = vg_arena_format(arena, "%s", real ? real : name);
    free(real);
    return identity ? identity : name;
}

enum vg_file_kind vg_file_kind(const char *name)
{
    struct stat link, target;
    if (stat(name, &target) != 0 || lstat(name, &link) != 0)
        return VG_FILE_MISSING;
    if (S_ISREG(target.st_mode))
        return VG_FILE_REGULAR;
    if (S_ISDIR(target.st_mode))
        return S_ISLNK(link.st_mode) ? VG_FILE_LINKED_FOLDER : VG_FILE_FOLDER;
    return VG_FILE_OTHER;
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

bool vg_file_list(struct vg_arena *arena, const char *folder, char ***names, size_t *count, const char **why)
{
    char **list = NULL;
    size_t used = 0, capacity = 0;
    int error = 0;
    DIR *directory = opendir(folder);
    if (!directory) {
        *why = because(arena, errno);
        return false;
    }
    for (struct dirent *entry; errno = 0, !error && (entry = readdir(directory));) {
        if (entry->d_name[0] == '.')
            continue;
        if (used == capacity) {
            size_t grown = capacity ? capacity * 2 : 64;
            char **more = vg_arena_array(arena, grown, sizeof(*more));
            if (more && used)
                memcpy(more, list, used * sizeof(*more));
            list = more;
            capacity = grown;
        }
        if (!list || !(list[used++] = vg_arena_text(arena, entry->d_name, strlen(entry->d_name))))
            error = ENOMEM;
    }
    error = error ? error : errno;
    closedir(directory);
    if (error) {
        *why = because(arena, error);
        return false;
    }
    if (used)
        qsort(list, used, sizeof(*list), by_bytes);
    *names = list;
    *count = used;
    return true;
}

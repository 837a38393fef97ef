#include "log_files.h"

#include "log_source.h"
#include "message.h"

#include "../policy/arena.h"
#include "../policy/files.h"

#include <stdlib.h>
#include <string.h>

/* Deeper than anybody's folders, shallower than any stack. */
#define DEPTH_MAX 64

static bool add(struct vg_log_files *files, const char *name)
{
    if ((files->count & (files->count - 1)) == 0) {
        size_t capacity = files->count != 0 ? files->count * 2 : 1;
        const char **larger = realloc(files->names, capacity * sizeof(*larger));

        if (larger == NULL) {
            vg_say_error("out of memory");
            return false;
        }
        files->names = larger;
    }
    files->names[files->count++] = name;
    return true;
}

static const char *join(struct vg_arena *arena, const char *folder, const char *name)
{
    size_t length = strlen(folder);
    size_t size = length + strlen(name) + 2;
    char *joined = vg_arena_alloc(arena, size);
    bool separated = length != 0 && (folder[length - 1] == '/' || folder[length - 1] == '\\');

    if (joined != NULL)
        snprintf(joined, size, "%s%s%s", folder, separated ? "" : "/", name);
    return joined;
}

static bool add_folder(struct vg_log_files *files, const char *folder, unsigned depth)
{
    const char *why = NULL;
    char **names;
    size_t count;

    if (depth == DEPTH_MAX || !vg_file_list(files->arena, folder, &names, &count, &why)) {
        vg_say_error("cannot read the folder %s: %s", folder, why != NULL ? why : "it is too deep");
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        const char *name = join(files->arena, folder, names[i]);
        enum vg_file_kind kind = name != NULL ? vg_file_kind(name) : VG_FILE_MISSING;
        bool log = vg_log_name_kind(names[i]) != VG_LOG_NAME_OTHER;

        if (name == NULL) {
            vg_say_error("out of memory");
            return false;
        }
        if (kind == VG_FILE_FOLDER ? !add_folder(files, name, depth + 1)
                                   : kind == VG_FILE_REGULAR && log && !add(files, name))
            return false;
        files->passed_over += kind == VG_FILE_REGULAR && !log;
    }
    return true;
}

bool vg_log_files_find(const char *const *operands, size_t count, struct vg_log_files *files)
{
    *files = (struct vg_log_files){.arena = vg_arena_new()};
    if (files->arena == NULL) {
        vg_say_error("out of memory");
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        enum vg_file_kind kind = vg_file_kind(operands[i]);
        bool folder = kind == VG_FILE_FOLDER || kind == VG_FILE_LINKED_FOLDER;

        if (folder ? !add_folder(files, operands[i], 0) : !add(files, operands[i]))
            return false;
    }
    return true;
}

void vg_log_files_free(struct vg_log_files *files)
{
    free(files->names);
    if (files->arena != NULL)
        vg_arena_free(files->arena);
}

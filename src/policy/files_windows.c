/* files.h on Windows, where names become UTF-16. */
#include "files.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "arena.h"

static wchar_t *wide(struct vg_arena *arena, const char *name)
{
    int units = MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, name, -1, NULL, 0);
    wchar_t *text = units > 0 ? vg_arena_array(arena, (size_t)units, sizeof(*text)) : NULL;
    if (text)
        MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, name, -1, text, units);
    return text;
}

static char *narrow(struct vg_arena *arena, const wchar_t *name)
{
    int bytes = WideCharToMultiByte(CP_UTF8, 0, name, -1, NULL, 0, NULL, NULL);
    char *text = bytes > 0 ? vg_arena_alloc(arena, (size_t)bytes) : NULL;
    if (text)
        WideCharToMultiByte(CP_UTF8, 0, name, -1, text, bytes, NULL, NULL);
    return text;
}

static const char *because(struct vg_arena *arena, DWORD error)
{
    wchar_t text[256];
    DWORD units = FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL, error, 0,
                                 text, 256, NULL);
    while (units && (text[units - 1] == L'\n' || text[units - 1] == L'\r' || text[units - 1] == L'.'))
        units--;
    text[units < 255 ? units : 255] = L'\0';
    char *why = units ? narrow(arena, text) : vg_arena_format(arena, "Win32 error %lu", error);
    return why ? why : "there is no memory";
}

char *vg_file_read(struct vg_arena *arena, const char *name, size_t most, size_t *size, const char **why)
{
    wchar_t *path = wide(arena, name);
    HANDLE file = path ? CreateFileW(path, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING,
                                     FILE_FLAG_SEQUENTIAL_SCAN, NULL)
                       : INVALID_HANDLE_VALUE;
    if (file == INVALID_HANDLE_VALUE) {
        *why = because(arena, path ? GetLastError() : ERROR_INVALID_NAME);
        return NULL;
    }
    LARGE_INTEGER length = {0};
    char *bytes = NULL;
    *why = "there is no memory";
    if (!GetFileSizeEx(file, &length)) {
        *why = because(arena, GetLastError());
    } else if ((uint64_t)length.QuadPart > most || length.QuadPart > INT32_MAX) {
        *why = vg_arena_format(arena, "it is larger than %u MB", (unsigned)(most / (1024u * 1024u)));
    } else if ((bytes = malloc((size_t)length.QuadPart + 1)) != NULL) {
        DWORD read = 0;
        if (ReadFile(file, bytes, (DWORD)length.QuadPart, &read, NULL)) {
            bytes[read] = '\0';
            *size = read;
        } else {
            *why = because(arena, GetLastError());
            free(bytes);
            bytes = NULL;
        }
    }
    CloseHandle(file);
    return bytes;
}

static bool absolute(const char *name)
{
    return name[0] == '/' || name[0] == '\\' || (name[0] && name[1] == ':');
}

char *vg_file_beside(struct vg_arena *arena, const char *file, const char *name)
{
    size_t end = strlen(file);
    while (end && file[end - 1] != '/' && file[end - 1] != '\\')
        end--;
    if (absolute(name) || !end)
        return vg_arena_text(arena, name, strlen(name));
    return vg_arena_format(arena, "%.*s%s", (int)end, file, name);
}

const char *vg_file_identity(struct vg_arena *arena, const char *name)
{
    wchar_t *path = wide(arena, name);
    HANDLE file = path ? CreateFileW(path, 0, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
                                     OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, NULL)
                       : INVALID_HANDLE_VALUE;
    if (file == INVALID_HANDLE_VALUE)
        return name;
    const char *identity = name;
    DWORD units = GetFinalPathNameByHandleW(file, NULL, 0, FILE_NAME_NORMALIZED);
    wchar_t *real = units ? vg_arena_array(arena, (size_t)units + 1, sizeof(*real)) : NULL;
    if (real && GetFinalPathNameByHandleW(file, real, units + 1, FILE_NAME_NORMALIZED) <= units)
        identity = narrow(arena, real);
    CloseHandle(file);
    return identity ? identity : name;
}

enum vg_file_kind vg_file_kind(const char *name)
{
    struct vg_arena *arena = vg_arena_new();
    wchar_t *path = arena ? wide(arena, name) : NULL;
    DWORD attributes = path ? GetFileAttributesW(path) : INVALID_FILE_ATTRIBUTES;
    vg_arena_free(arena);
    if (attributes == INVALID_FILE_ATTRIBUTES)
        return VG_FILE_MISSING;
    if (!(attributes & FILE_ATTRIBUTE_DIRECTORY))
        return attributes & FILE_ATTRIBUTE_DEVICE ? VG_FILE_OTHER : VG_FILE_REGULAR;
    return attributes & FILE_ATTRIBUTE_REPARSE_POINT ? VG_FILE_LINKED_FOLDER : VG_FILE_FOLDER;
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Appends a name to a list in the arena. */
static bool append(struct vg_arena *arena, char ***list, size_t *used, size_t *capacity, char *name)
{
    if (*used == *capacity) {
        size_t grown = *capacity ? *capacity * 2 : 64;
        char **more = vg_arena_array(arena, grown, sizeof(*more));
        if (!more)
            return false;
        if (*used)
            memcpy(more, *list, *used * sizeof(*more));
        *list = more;
        *capacity = grown;
    }
    (*list)[(*used)++] = name;
    return name != NULL;
}

bool vg_file_list(struct vg_arena *arena, const char *folder, char ***names, size_t *count, const char **why)
{
    char *pattern = vg_arena_format(arena, "%s\\*", folder);
    wchar_t *path = pattern ? wide(arena, pattern) : NULL;
    WIN32_FIND_DATAW found;
    HANDLE search = path ? FindFirstFileW(path, &found) : INVALID_HANDLE_VALUE;
    char **list = NULL;
    size_t used = 0, capacity = 0;
    if (search == INVALID_HANDLE_VALUE) {
        *why = because(arena, path ? GetLastError() : ERROR_INVALID_NAME);
        return false;
    }
    bool good = true;
    do {
        if (found.cFileName[0] != L'.')
            good = append(arena, &list, &used, &capacity, narrow(arena, found.cFileName));
    } while (good && FindNextFileW(search, &found));
    DWORD error = good ? GetLastError() : ERROR_NOT_ENOUGH_MEMORY;
    FindClose(search);
    if (error != ERROR_NO_MORE_FILES) {
        *why = because(arena, error);
        return false;
    }
    if (used)
        qsort(list, used, sizeof(*list), by_bytes);
    *names = list;
    *count = used;
    return true;
}

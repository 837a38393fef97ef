#include "platform.h"

#include <errno.h>
#include <io.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <windows.h>

#ifndef ENABLE_VIRTUAL_TERMINAL_PROCESSING
#define ENABLE_VIRTUAL_TERMINAL_PROCESSING 0x0004
#endif

/* A malloc'ed UTF-16 copy, or NULL with errno set. */
static wchar_t *wide(const char *utf8)
{
    int count = MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, utf8, -1, NULL, 0);
    wchar_t *text;

    if (count <= 0) {
        errno = EILSEQ;
        return NULL;
    }
    text = malloc((size_t)count * sizeof(*text));
    if (text == NULL)
        return NULL;
    MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, utf8, -1, text, count);
    return text;
}

static int errno_of(DWORD error)
{
    switch (error) {
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND:
        return ENOENT;
    case ERROR_ACCESS_DENIED:
    case ERROR_SHARING_VIOLATION:
        return EACCES;
    case ERROR_DISK_FULL:
        return ENOSPC;
    default:
        return EIO;
    }
}

FILE *vg_platform_open(const char *path, const char *mode)
{
    wchar_t wide_mode[4] = {(wchar_t)mode[0], L'b', 0};
    wchar_t *name = wide(path);
    FILE *file;

    if (name == NULL)
        return NULL;
    file = _wfopen(name, wide_mode);
    free(name);
    return file;
}

FILE *vg_platform_open_beside(const char *path, char **temporary)
{
    size_t size = strlen(path) + 16;
    char *name = malloc(size);

    if (name == NULL)
        return NULL;
    for (unsigned attempt = 0; attempt < 100; attempt++) {
        wchar_t *wide_name;
        HANDLE handle;

        snprintf(name, size, "%s.%06lx", path,
                 (unsigned long)((GetCurrentProcessId() * 100 + attempt + GetTickCount()) & 0xFFFFFF));
        wide_name = wide(name);
        if (wide_name == NULL)
            break;
        handle = CreateFileW(wide_name, GENERIC_WRITE, 0, NULL, CREATE_NEW, FILE_ATTRIBUTE_NORMAL, NULL);
        free(wide_name);
        if (handle != INVALID_HANDLE_VALUE) {
            *temporary = name;
            return _fdopen(_open_osfhandle((intptr_t)handle, 0), "wb");
        }
        errno = errno_of(GetLastError());
        if (GetLastError() != ERROR_FILE_EXISTS)
            break;
    }
    free(name);
    return NULL;
}

/* The folder of a user's temporary files is that user's alone. */
FILE *vg_platform_open_temporary(char **name)
{
    static const char file[] = "vigil";
    wchar_t folder[MAX_PATH + 1];
    char path[3 * MAX_PATH + sizeof(file)];
    DWORD length = GetTempPathW(MAX_PATH + 1, folder);
    int size = length != 0 && length <= MAX_PATH
                   ? WideCharToMultiByte(CP_UTF8, 0, folder, (int)length, path, 3 * MAX_PATH, NULL, NULL)
                   : 0;

    *name = NULL;
    if (size <= 0) {
        errno = ENOENT;
        return NULL;
    }
    memcpy(path + size, file, sizeof(file));
    return vg_platform_open_beside(path, name);
}

bool vg_platform_seek(FILE *file, int64_t offset, int from)
{
    return _fseeki64(file, offset, from) == 0;
}

int64_t vg_platform_tell(FILE *file)
{
    return _ftelli64(file);
}

bool vg_platform_sync(FILE *file)
{
    return fflush(file) == 0 && _commit(_fileno(file)) == 0;
}

bool vg_platform_replace(const char *from, const char *to)
{
    wchar_t *wide_from = wide(from);
    wchar_t *wide_to = wide(to);
    bool done = wide_from != NULL && wide_to != NULL &&
                MoveFileExW(wide_from, wide_to, MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH);

    if (!done && wide_from != NULL && wide_to != NULL)
        errno = errno_of(GetLastError());
    free(wide_from);
    free(wide_to);
    return done;
}

bool vg_platform_remove(const char *path)
{
    wchar_t *name = wide(path);
    bool done = name != NULL && DeleteFileW(name);

    free(name);
    return done;
}

/* The console, even while src/win/console.c stands between the stream and it. */
static HANDLE handle_of(FILE *stream)
{
    if (stream == stdout)
        return GetStdHandle(STD_OUTPUT_HANDLE);
    if (stream == stderr)
        return GetStdHandle(STD_ERROR_HANDLE);
    return (HANDLE)_get_osfhandle(_fileno(stream));
}

/* Colour sequences are understood since Windows 10 1511, once asked for. */
bool vg_platform_is_terminal(FILE *stream)
{
    HANDLE handle = handle_of(stream);
    DWORD mode;

    return GetConsoleMode(handle, &mode) &&
           ((mode & ENABLE_VIRTUAL_TERMINAL_PROCESSING) != 0 ||
            SetConsoleMode(handle, mode | ENABLE_VIRTUAL_TERMINAL_PROCESSING));
}

unsigned vg_platform_columns(FILE *stream)
{
    CONSOLE_SCREEN_BUFFER_INFO info;

    if (!GetConsoleScreenBufferInfo(handle_of(stream), &info))
        return 0;
    return (unsigned)(info.srWindow.Right - info.srWindow.Left + 1);
}

#include "wide.h"

#include "../cli/message.h"

#include <windows.h>

#include <stdarg.h>
#include <stdlib.h>

static void out_of_memory(void)
{
    vg_complain("there is no memory left");
    exit(1);
}

void *vg_allocate(size_t size)
{
    void *memory = calloc(1, size ? size : 1);

    if (!memory)
        out_of_memory();
    return memory;
}

wchar_t *vg_wide(const char *utf8)
{
    int count = MultiByteToWideChar(CP_UTF8, 0, utf8, -1, NULL, 0);
    wchar_t *wide = vg_allocate(sizeof *wide * ((size_t)count + 1));

    MultiByteToWideChar(CP_UTF8, 0, utf8, -1, wide, count);
    return wide;
}

char *vg_utf8(const wchar_t *wide)
{
    int count = WideCharToMultiByte(CP_UTF8, 0, wide, -1, NULL, 0, NULL, NULL);
    char *utf8 = vg_allocate((size_t)count + 1);

    WideCharToMultiByte(CP_UTF8, 0, wide, -1, utf8, count, NULL, NULL);
    return utf8;
}

wchar_t *vg_wide_join(const wchar_t *first, ...)
{
    size_t length = 0;
    wchar_t *joined;
    va_list parts;

    va_start(parts, first);
    for (const wchar_t *part = first; part; part = va_arg(parts, const wchar_t *))
        length += wcslen(part);
    va_end(parts);
    joined = vg_allocate(sizeof *joined * (length + 1));
    va_start(parts, first);
    for (const wchar_t *part = first; part; part = va_arg(parts, const wchar_t *))
        wcscat(joined, part);
    va_end(parts);
    return joined;
}

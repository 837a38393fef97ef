#include "failure.h"

#include "wide.h"

#include "../cli/status_text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

char *vg_windows_text(DWORD error)
{
    wchar_t wide[512];
    DWORD length = FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL, error, 0,
                                  wide, ARRAYSIZE(wide), NULL);

    while (length && (wide[length - 1] == L'\r' || wide[length - 1] == L'\n' || wide[length - 1] == L' '))
        length--;
    wide[length] = 0;
    return length ? vg_utf8(wide) : NULL;
}

static void complain(DWORD error, const char *format, va_list arguments)
{
    fputs("vigil: ", stderr);
    vfprintf(stderr, format, arguments);
    fputs(": ", stderr);
    vg_print_win32(stderr, error);
    if (!vg_win32_text(error)) {
        char *text = vg_windows_text(error);

        if (text)
            fprintf(stderr, ": %s", text);
        free(text);
    }
    fputc('\n', stderr);
}

void vg_complain_win32(DWORD error, const char *format, ...)
{
    const struct vg_status_text *text = vg_win32_text(error);
    va_list arguments;

    va_start(arguments, format);
    complain(error, format, arguments);
    va_end(arguments);
    if (text && text->advice)
        vg_advise("%s", text->advice);
}

void vg_complain_win32_bare(DWORD error, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    complain(error, format, arguments);
    va_end(arguments);
}

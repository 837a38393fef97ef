/* Every Win32 error that the tool shows goes through here: what was tried, the number, its name, what it
 * means, what to do. */
#ifndef VG_WIN_FAILURE_H
#define VG_WIN_FAILURE_H

#include "../cli/message.h"

#include <windows.h>

/* "vigil: WHAT: 5 (ERROR_ACCESS_DENIED): meaning", and the advice below it, on stderr. */
void vg_complain_win32(DWORD error, const char *format, ...) VG_PRINTF_LIKE(2, 3);

/* The same without the advice, for callers that know better what to do. */
void vg_complain_win32_bare(DWORD error, const char *format, ...) VG_PRINTF_LIKE(2, 3);

/* Windows' own sentence for an error, in UTF-8 without a newline, malloc'ed; NULL when it has none. */
char *vg_windows_text(DWORD error);

#endif

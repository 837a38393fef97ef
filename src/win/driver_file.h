/* What can be wrong with the file vigil.sys, read from the file itself, so that the two baffling errors of a
 * driver with process callbacks say what they mean: 577 (0xC0000428) and 5 (0xC0000022). */
#ifndef VG_WIN_DRIVER_FILE_H
#define VG_WIN_DRIVER_FILE_H

#include <stdbool.h>
#include <windows.h>

/* Says, as advice below a complaint, why a start of the driver in `path` ended with this Win32 error and what
 * to do. */
void vg_driver_file_explain(const wchar_t *path, DWORD error);

/* Before an installation: false after a complaint when `path` can never be loaded (not there, no driver,
 * another machine's); warns when Windows or the registration will refuse it. */
bool vg_driver_file_check(const wchar_t *path);

#endif

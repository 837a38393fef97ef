/* The pieces that `vigil install` puts on a machine and `vigil uninstall` takes away, each with its undoing.
 * All take and return Win32 errors, 0 on success, and say nothing. */
#ifndef VG_WIN_INSTALLATION_H
#define VG_WIN_INSTALLATION_H

#include <stdbool.h>
#include <windows.h>

/* Creates the folder, or takes one that is there (not a link to another place). `*created` says which. */
DWORD vg_install_folder(const wchar_t *path, bool *created);

/* The same for the policy's: only SYSTEM and administrators may touch it, whatever its parent grants. */
DWORD vg_install_policy_folder(const wchar_t *path, bool *created);

/* Copies to a new file beside `to`, then gives it the name: `to` is the old file or the new one. */
DWORD vg_install_file(const wchar_t *from, const wchar_t *to);

/* Removes a file, at once or, while it is in use, at the next restart (then `*at_restart` is set). A file
 * that is not there is removed. */
DWORD vg_remove_file(const wchar_t *path, bool *at_restart);

/* The service, and its Parameters with the tool's path and the policy's. `group` may be NULL. */
DWORD vg_install_service(bool demand, const wchar_t *group);
DWORD vg_install_parameters(const wchar_t *tool);
DWORD vg_remove_service(void);

#endif

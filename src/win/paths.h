/* Where things are on this machine, asked of Windows and its registry: never of the environment, which
 * whoever starts us chooses. Results are malloc'ed and the caller's. */
#ifndef VG_WIN_PATHS_H
#define VG_WIN_PATHS_H

#include <stdbool.h>
#include <wchar.h>

struct vg_path_variables;

/* The Windows folder, C:\Windows, without a trailing backslash. */
wchar_t *vg_path_windows(void);

/* Where `vigil install` puts things. */
wchar_t *vg_path_program_folder(void); /* C:\Program Files\Vigil */
wchar_t *vg_path_driver(void);         /* C:\Windows\System32\drivers\vigil.sys */
wchar_t *
vg_path_policy_folder(void); /* C:\Windows\Vigil: on the volume that is there when SYSTEM drivers start */

#define VG_NATIVE_DRIVER L"\\SystemRoot\\System32\\drivers\\vigil.sys"
#define VG_NATIVE_POLICY L"\\SystemRoot\\Vigil\\policy.vgp"

/* The Win32 form of a native path as services and the kernel write them: \SystemRoot\..., \??\C:\..., and
 * what is relative to the Windows folder. Others are returned as they are. */
wchar_t *vg_path_from_native(const wchar_t *native);

/* This program's own file. */
wchar_t *vg_path_self(void);

/* The folder part, without the last backslash. */
wchar_t *vg_path_folder(const wchar_t *path);

/* The path by which the kernel will know an existing file (long names, links resolved): C:\... . NULL with
 * GetLastError. */
wchar_t *vg_path_canonical(const wchar_t *path);

/* AppLocker's variables on this machine, for policies compiled here. The texts live as long as the program.
 */
void vg_path_variables_here(struct vg_path_variables *variables);

#endif

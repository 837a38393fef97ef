/* The values below the service's Parameters key (include/vigil/abi.h), and two of Windows' own. */
#ifndef VG_WIN_REGISTRY_H
#define VG_WIN_REGISTRY_H

#include <stdbool.h>
#include <windows.h>

/* All return a Win32 error, 0 on success. `name` is a VG_VALUE_... . */
DWORD vg_parameter_set_text(const wchar_t *name, const wchar_t *value);
DWORD vg_parameter_set_number(const wchar_t *name, DWORD value);
DWORD vg_parameter_delete(const wchar_t *name);

/* The text is malloc'ed, the caller's. */
DWORD vg_parameter_text(const wchar_t *name, wchar_t **value);
DWORD vg_parameter_number(const wchar_t *name, DWORD *value);

/* A REG_SZ or REG_EXPAND_SZ of HKEY_LOCAL_MACHINE, as it stands; malloc'ed. */
DWORD vg_registry_text(const wchar_t *key, const wchar_t *name, wchar_t **value);

#endif

#include "paths.h"

#include "registry.h"
#include "wide.h"

#include "../policy/model.h"

#include <windows.h>

#include <stdlib.h>

#define PATH_UNITS_MAX 32768u
#define WINDOWS_KEY    L"SOFTWARE\\Microsoft\\Windows\\CurrentVersion"

wchar_t *vg_path_windows(void)
{
    wchar_t folder[MAX_PATH];
    UINT length = GetSystemWindowsDirectoryW(folder, ARRAYSIZE(folder));

    if (length == 0 || length >= ARRAYSIZE(folder))
        return vg_wide_join(L"C:\\Windows", NULL);
    return vg_wide_join(folder, NULL);
}

static wchar_t *join_and_free(wchar_t *folder, const wchar_t *rest)
{
    wchar_t *joined = vg_wide_join(folder, rest, NULL);

    free(folder);
    return joined;
}

/* NULL when Windows has no such folder. */
static wchar_t *program_files(const wchar_t *value)
{
    wchar_t *folder;

    return vg_registry_text(WINDOWS_KEY, value, &folder) ? NULL : folder;
}

wchar_t *vg_path_program_folder(void)
{
    wchar_t *folder = program_files(L"ProgramFilesDir");

    return folder ? join_and_free(folder, L"\\Vigil") : vg_wide_join(L"C:\\Program Files\\Vigil", NULL);
}

wchar_t *vg_path_driver(void)
{
    return vg_path_from_native(VG_NATIVE_DRIVER);
}

wchar_t *vg_path_policy_folder(void)
{
    return join_and_free(vg_path_windows(), L"\\Vigil");
}

static bool starts_with(const wchar_t *text, const wchar_t *prefix)
{
    return _wcsnicmp(text, prefix, wcslen(prefix)) == 0;
}

wchar_t *vg_path_from_native(const wchar_t *native)
{
    if (starts_with(native, L"\\SystemRoot\\"))
        return join_and_free(vg_path_windows(), native + wcslen(L"\\SystemRoot"));
    if (starts_with(native, L"\\??\\"))
        return vg_wide_join(native + 4, NULL);
    if (native[0] != L'\\' && native[0] != 0 && native[1] != L':')
        return join_and_free(join_and_free(vg_path_windows(), L"\\"), native);
    return vg_wide_join(native, NULL);
}

wchar_t *vg_path_self(void)
{
    wchar_t *path = vg_allocate(sizeof *path * PATH_UNITS_MAX);

    GetModuleFileNameW(NULL, path, PATH_UNITS_MAX - 1);
    return path;
}

wchar_t *vg_path_folder(const wchar_t *path)
{
    wchar_t *folder = vg_wide_join(path, NULL);
    wchar_t *last = wcsrchr(folder, L'\\');

    if (last)
        *last = 0;
    return folder;
}

wchar_t *vg_path_canonical(const wchar_t *path)
{
    wchar_t *found;
    wchar_t *canonical = NULL;
    DWORD length;
    HANDLE file =
        CreateFileW(path, FILE_READ_ATTRIBUTES, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
                    OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, NULL);

    if (file == INVALID_HANDLE_VALUE)
        return NULL;
    found = vg_allocate(sizeof *found * PATH_UNITS_MAX);
    length =
        GetFinalPathNameByHandleW(file, found, PATH_UNITS_MAX - 1, FILE_NAME_NORMALIZED | VOLUME_NAME_DOS);
    if (length && length < PATH_UNITS_MAX)
        canonical = starts_with(found, L"\\\\?\\UNC\\") ? vg_wide_join(L"\\", found + 7, NULL)
                    : starts_with(found, L"\\\\?\\")    ? vg_wide_join(found + 4, NULL)
                                                        : vg_wide_join(found, NULL);
    free(found);
    CloseHandle(file);
    return canonical;
}

static const char *variable(wchar_t *path)
{
    char *utf8 = path ? vg_utf8(path) : NULL;

    free(path);
    return utf8;
}

void vg_path_variables_here(struct vg_path_variables *variables)
{
    wchar_t *windows = vg_path_windows();
    wchar_t drive[3] = {windows[0], windows[1], 0};
    wchar_t *program_files_64 = program_files(L"ProgramFilesDir");

    variables->osdrive = variable(vg_wide_join(drive, NULL));
    variables->system32[0] = variable(vg_wide_join(windows, L"\\System32", NULL));
    variables->system32[1] = variable(vg_wide_join(windows, L"\\SysWOW64", NULL));
    variables->windir = variable(windows);
    variables->program_files[0] =
        variable(program_files_64 ? program_files_64 : vg_wide_join(drive, L"\\Program Files", NULL));
    variables->program_files[1] = variable(program_files(L"ProgramFilesDir (x86)"));
}

#include "installation.h"

#include "paths.h"
#include "registry.h"
#include "service.h"
#include "wide.h"

#include <vigil/abi.h>

#include <sddl.h>

#include <stdlib.h>

/* Owner administrators; protected (nothing is inherited); full control for SYSTEM and administrators, for
 * what is below too. */
#define POLICY_FOLDER_SDDL L"O:BAD:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)"

static bool is_plain_folder(const wchar_t *path)
{
    DWORD attributes = GetFileAttributesW(path);

    return attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_DIRECTORY) &&
           !(attributes & FILE_ATTRIBUTE_REPARSE_POINT);
}

static DWORD create_folder(const wchar_t *path, SECURITY_ATTRIBUTES *security, bool *created)
{
    DWORD error;

    *created = CreateDirectoryW(path, security);
    if (*created)
        return 0;
    error = GetLastError();
    if (error != ERROR_ALREADY_EXISTS)
        return error;
    return is_plain_folder(path) ? 0 : ERROR_DIRECTORY;
}

DWORD vg_install_folder(const wchar_t *path, bool *created)
{
    return create_folder(path, NULL, created);
}

DWORD vg_install_policy_folder(const wchar_t *path, bool *created)
{
    SECURITY_ATTRIBUTES security = {.nLength = sizeof security};
    DWORD error;

    *created = false;
    if (!ConvertStringSecurityDescriptorToSecurityDescriptorW(POLICY_FOLDER_SDDL, SDDL_REVISION_1,
                                                              &security.lpSecurityDescriptor, NULL))
        return GetLastError();
    error = create_folder(path, &security, created);
    if (!error && !*created &&
        !SetFileSecurityW(path,
                          OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION |
                              PROTECTED_DACL_SECURITY_INFORMATION,
                          security.lpSecurityDescriptor))
        error = GetLastError();
    LocalFree(security.lpSecurityDescriptor);
    return error;
}

/* Gives a file that is in use another name, which Windows allows, and has it deleted at the next restart.
 * Under its own name it would take with it what is installed there in the meantime. */
static DWORD move_out_of_the_way(const wchar_t *path)
{
    wchar_t number[24];
    wchar_t *aside;
    DWORD error = 0;

    if (GetFileAttributesW(path) & FILE_ATTRIBUTE_DIRECTORY)
        return ERROR_ACCESS_DENIED;
    _snwprintf(number, ARRAYSIZE(number), L"%llx", (unsigned long long)GetTickCount64());
    aside = vg_wide_join(path, L".removed-", number, NULL);
    if (!MoveFileExW(path, aside, 0))
        error = GetLastError();
    else
        MoveFileExW(aside, NULL, MOVEFILE_DELAY_UNTIL_REBOOT);
    free(aside);
    return error;
}

DWORD vg_remove_file(const wchar_t *path, bool *at_restart)
{
    DWORD error;

    if (DeleteFileW(path))
        return 0;
    error = GetLastError();
    if (error == ERROR_FILE_NOT_FOUND || error == ERROR_PATH_NOT_FOUND)
        return 0;
    if (move_out_of_the_way(path))
        return error;
    *at_restart = true;
    return 0;
}

static bool replace(const wchar_t *from, const wchar_t *to)
{
    return MoveFileExW(from, to, MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH);
}

DWORD vg_install_file(const wchar_t *from, const wchar_t *to)
{
    wchar_t *beside = vg_wide_join(to, L".new", NULL);
    DWORD error = 0;

    if (!CopyFileW(from, beside, FALSE)) {
        error = GetLastError();
    } else if (!replace(beside, to)) {
        error = GetLastError();
        if (!move_out_of_the_way(to))
            error = replace(beside, to) ? 0 : GetLastError();
        if (error)
            DeleteFileW(beside);
    }
    free(beside);
    return error;
}

DWORD vg_install_service(bool demand, const wchar_t *group)
{
    SC_HANDLE manager = OpenSCManagerW(NULL, NULL, SC_MANAGER_CREATE_SERVICE);
    SC_HANDLE service;
    DWORD error;

    if (!manager)
        return GetLastError();
    service = CreateServiceW(manager, VG_SERVICE_WIDE, L"Vigil", SERVICE_ALL_ACCESS, SERVICE_KERNEL_DRIVER,
                             demand ? SERVICE_DEMAND_START : SERVICE_SYSTEM_START, SERVICE_ERROR_NORMAL,
                             VG_NATIVE_DRIVER, group, NULL, NULL, NULL, NULL);
    error = service ? 0 : GetLastError();
    if (service)
        CloseServiceHandle(service);
    CloseServiceHandle(manager);
    return error;
}

DWORD vg_install_parameters(const wchar_t *tool)
{
    wchar_t *canonical = vg_path_canonical(tool);
    DWORD error = canonical ? 0 : GetLastError();

    if (!error)
        error = vg_parameter_set_text((const wchar_t *)VG_VALUE_TOOL_PATH, canonical);
    if (!error)
        error = vg_parameter_set_text((const wchar_t *)VG_VALUE_POLICY_PATH, VG_NATIVE_POLICY);
    free(canonical);
    return error;
}

DWORD vg_remove_service(void)
{
    SC_HANDLE manager = OpenSCManagerW(NULL, NULL, SC_MANAGER_CONNECT);
    SC_HANDLE service;
    DWORD error = 0;

    if (!manager)
        return GetLastError();
    service = OpenServiceW(manager, VG_SERVICE_WIDE, DELETE);
    if (!service || !DeleteService(service))
        error = GetLastError();
    if (service)
        CloseServiceHandle(service);
    CloseServiceHandle(manager);
    return error;
}

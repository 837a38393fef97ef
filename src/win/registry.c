#include "registry.h"

#include "wide.h"

#include <vigil/abi.h>

#include <stdlib.h>

#define PARAMETERS_KEY       L"SYSTEM\\CurrentControlSet\\Services\\" VG_SERVICE_NAME_WIDE L"\\Parameters"
#define VG_SERVICE_NAME_WIDE L"Vigil"

static DWORD set_value(const wchar_t *name, DWORD type, const void *bytes, size_t size)
{
    HKEY key;
    LSTATUS status =
        RegCreateKeyExW(HKEY_LOCAL_MACHINE, PARAMETERS_KEY, 0, NULL, 0, KEY_SET_VALUE, NULL, &key, NULL);

    if (status != ERROR_SUCCESS)
        return (DWORD)status;
    status = RegSetValueExW(key, name, 0, type, bytes, (DWORD)size);
    RegCloseKey(key);
    return (DWORD)status;
}

DWORD vg_parameter_set_text(const wchar_t *name, const wchar_t *value)
{
    return set_value(name, REG_SZ, value, sizeof *value * (wcslen(value) + 1));
}

DWORD vg_parameter_set_number(const wchar_t *name, DWORD value)
{
    return set_value(name, REG_DWORD, &value, sizeof value);
}

DWORD vg_parameter_delete(const wchar_t *name)
{
    HKEY key;
    LSTATUS status = RegOpenKeyExW(HKEY_LOCAL_MACHINE, PARAMETERS_KEY, 0, KEY_SET_VALUE, &key);

    if (status != ERROR_SUCCESS)
        return (DWORD)status;
    status = RegDeleteValueW(key, name);
    RegCloseKey(key);
    return (DWORD)status;
}

static DWORD open_value(const wchar_t *path, const wchar_t *name, HKEY *key, DWORD *type, DWORD *size)
{
    LSTATUS status = RegOpenKeyExW(HKEY_LOCAL_MACHINE, path, 0, KEY_QUERY_VALUE, key);

    if (status != ERROR_SUCCESS)
        return (DWORD)status;
    status = RegQueryValueExW(*key, name, NULL, type, NULL, size);
    if (status != ERROR_SUCCESS)
        RegCloseKey(*key);
    return (DWORD)status;
}

DWORD vg_registry_text(const wchar_t *path, const wchar_t *name, wchar_t **value)
{
    HKEY key;
    DWORD type;
    DWORD size = 0;
    wchar_t *text;
    DWORD error = open_value(path, name, &key, &type, &size);

    if (error)
        return error;
    /* The value may lack its NUL. */
    text = vg_allocate(size + 2 * sizeof *text);
    error = (DWORD)RegQueryValueExW(key, name, NULL, &type, (BYTE *)text, &size);
    RegCloseKey(key);
    if (!error && type != REG_SZ && type != REG_EXPAND_SZ)
        error = ERROR_INVALID_DATA;
    if (error) {
        free(text);
        return error;
    }
    *value = text;
    return 0;
}

DWORD vg_parameter_text(const wchar_t *name, wchar_t **value)
{
    return vg_registry_text(PARAMETERS_KEY, name, value);
}

DWORD vg_parameter_number(const wchar_t *name, DWORD *value)
{
    HKEY key;
    DWORD type;
    DWORD size = 0;
    DWORD number;
    DWORD error = open_value(PARAMETERS_KEY, name, &key, &type, &size);

    if (error)
        return error;
    if (type == REG_DWORD && size == sizeof number)
        error = (DWORD)RegQueryValueExW(key, name, NULL, &type, (BYTE *)&number, &size);
    else
        error = ERROR_INVALID_DATA;
    RegCloseKey(key);
    if (!error)
        *value = number;
    return error;
}

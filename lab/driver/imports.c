#include "imports.h"
#include "log.h"
#include "routines.h"

struct import {
    const char *module;
    const char *name;
    PVOID *address;
};

/* Calls `visit` for each import by name. */
static void each_import(char *base, void (*visit)(const struct import *, void *), void *argument)
{
    ULONG size;
    const IMAGE_IMPORT_DESCRIPTOR *descriptor =
        RtlImageDirectoryEntryToData(base, TRUE, IMAGE_DIRECTORY_ENTRY_IMPORT, &size);

    for (; descriptor && descriptor->Name; descriptor++) {
        const IMAGE_THUNK_DATA *names =
            (const IMAGE_THUNK_DATA *)(PVOID)(base + descriptor->OriginalFirstThunk);
        IMAGE_THUNK_DATA *addresses = (IMAGE_THUNK_DATA *)(PVOID)(base + descriptor->FirstThunk);

        for (size_t i = 0; names[i].u1.AddressOfData; i++) {
            struct import import = {base + descriptor->Name, NULL, (PVOID *)&addresses[i].u1.Function};

            if (IMAGE_SNAP_BY_ORDINAL(names[i].u1.Ordinal))
                continue;
            import.name =
                (const char *)((const IMAGE_IMPORT_BY_NAME *)(PVOID)(base + names[i].u1.AddressOfData))->Name;
            visit(&import, argument);
        }
    }
}

static void write_address(PVOID *place, PVOID address)
{
    PVOID page = place;
    SIZE_T size = sizeof(*place);
    ULONG protection;

    NtProtectVirtualMemory(NtCurrentProcess(), &page, &size, PAGE_READWRITE, &protection);
    *place = address;
    NtProtectVirtualMemory(NtCurrentProcess(), &page, &size, protection, &protection);
}

struct redirection {
    const char *driver;
    ULONG supplied, missing;
};

static void redirect(const struct import *import, void *argument)
{
    struct redirection *redirection = argument;
    PVOID ours = lab_routine(import->name);

    if (ours) {
        write_address(import->address, ours);
        redirection->supplied++;
    } else if (!lab_wine_routine(import->module, import->name)) {
        lab_log("%s imports %s!%s, which neither Wine nor the lab supplies", redirection->driver,
                import->module, import->name);
        redirection->missing++;
    }
}

NTSTATUS lab_imports_redirect(const char *driver, PVOID base)
{
    struct redirection redirection = {.driver = driver};

    each_import(base, redirect, &redirection);
    lab_log("%s: the lab supplies %u imports", driver, (unsigned)redirection.supplied);
    return redirection.missing ? STATUS_DRIVER_ENTRYPOINT_NOT_FOUND : STATUS_SUCCESS;
}

struct replacement {
    const char *name;
    PVOID address;
};

static void replace(const struct import *import, void *argument)
{
    const struct replacement *replacement = argument;

    if (!strcmp(import->name, replacement->name))
        write_address(import->address, replacement->address);
}

void lab_imports_replace(PVOID base, const char *name, PVOID address)
{
    struct replacement replacement = {name, address};

    each_import(base, replace, &replacement);
}

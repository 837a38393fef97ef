#include "launcher.h"

#include <string.h>

static WCHAR hook_path[MAX_PATH];
static BYTE *load_library;

/* lab-hook.dll lies beside lab.exe. lab.exe loads it too: it creates the first process of the tree. */
BOOL lab_inject_start(void)
{
    WCHAR *end;

    if (!GetModuleFileNameW(NULL, hook_path, MAX_PATH - 16))
        return FALSE;
    end = wcsrchr(hook_path, L'\\');
    wcscpy(end + 1, L"lab-hook.dll");
    load_library = (BYTE *)(void *)GetProcAddress(GetModuleHandleW(L"kernel32.dll"), "LoadLibraryW");
    return load_library && LoadLibraryW(hook_path) != NULL;
}

/* The thread is at its very beginning. A user APC runs there after the loader has mapped and initialised the
 * program's DLLs and before the program's entry point. System DLLs lie at the same address in every process.
 */
BOOL lab_inject(HANDLE process, HANDLE thread)
{
    SIZE_T bytes = (wcslen(hook_path) + 1) * sizeof(WCHAR);
    void *remote = VirtualAllocEx(process, NULL, bytes, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);

    return remote && WriteProcessMemory(process, remote, hook_path, bytes, NULL) &&
           QueueUserAPC((PAPCFUNC)(void *)load_library, thread, (ULONG_PTR)remote);
}

BOOL lab_inject_is_hook(const WCHAR *image)
{
    size_t length = wcslen(image), hook = wcslen(L"lab-hook.dll");

    return length >= hook && !_wcsicmp(image + length - hook, L"lab-hook.dll");
}

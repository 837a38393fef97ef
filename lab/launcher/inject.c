#include "launcher.h"

#include <string.h>

static const WCHAR hook_path[] = LAB_HOOK_PATH;
static BYTE *load_library;

/* lab.exe loads the hook too: it creates the first process of the tree. */
BOOL lab_inject_start(BOOL here)
{
    load_library = (BYTE *)(void *)GetProcAddress(GetModuleHandleW(L"kernel32.dll"), "LoadLibraryW");
    return load_library && (!here || LoadLibraryW(hook_path) != NULL);
}

/* As the hook itself does for the processes it sees made (hook.c). Not for one that may be ended meanwhile:
 * Wine would wait for ever for its memory. */
BOOL lab_inject(HANDLE process, HANDLE thread)
{
    void *remote = VirtualAllocEx(process, NULL, sizeof(hook_path), MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);

    return remote && WriteProcessMemory(process, remote, hook_path, sizeof(hook_path), NULL) &&
           QueueUserAPC((PAPCFUNC)(void *)load_library, thread, (ULONG_PTR)remote);
}

BOOL lab_inject_is_hook(const WCHAR *image)
{
    size_t length = wcslen(image), hook = wcslen(L"lab-hook.dll");

    return length >= hook && !_wcsicmp(image + length - hook, L"lab-hook.dll");
}

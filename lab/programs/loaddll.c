/* loaddll NAME: loads a DLL and ends. */
#include <windows.h>

#include <stdio.h>

int wmain(int argc, WCHAR **argv)
{
    HMODULE module = argc > 1 ? LoadLibraryW(argv[1]) : NULL;

    printf("loaddll: %lu\n", module ? 0 : GetLastError());
    return module ? 0 : 1;
}

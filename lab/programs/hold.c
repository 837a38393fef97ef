/* hold NAME SECONDS: keeps a file or device open for a while. */
#include <windows.h>

#include <stdio.h>
#include <stdlib.h>

int wmain(int argc, WCHAR **argv)
{
    HANDLE handle = CreateFileW(argc > 1 ? argv[1] : L"", GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE,
                                NULL, OPEN_EXISTING, 0, NULL);

    printf("hold: %lu\n", handle == INVALID_HANDLE_VALUE ? GetLastError() : 0);
    fflush(stdout);
    if (handle == INVALID_HANDLE_VALUE)
        return 1;
    Sleep(argc > 2 ? 1000 * (DWORD)_wtoi(argv[2]) : 1000);
    return 0;
}

/* hello [FILE]: says that it ran, on its output and by making FILE. */
#include <windows.h>

#include <stdio.h>

int wmain(int argc, WCHAR **argv)
{
    printf("hello from %lu\n", GetCurrentProcessId());
    if (argc > 1) {
        HANDLE file = CreateFileW(argv[1], GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);

        if (file == INVALID_HANDLE_VALUE)
            return 1;
        CloseHandle(file);
    }
    return 0;
}

/* exitcode N [MILLISECONDS]: ends with N, after a while. */
#include <windows.h>

#include <stdlib.h>

int wmain(int argc, WCHAR **argv)
{
    if (argc > 2)
        Sleep((DWORD)wcstoul(argv[2], NULL, 0));
    return argc > 1 ? (int)wcstoul(argv[1], NULL, 0) : 0;
}

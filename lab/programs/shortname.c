/* shortname PATH: prints its 8.3 name. */
#include <windows.h>

#include <stdio.h>

int wmain(int argc, WCHAR **argv)
{
    WCHAR name[MAX_PATH];

    if (argc < 2 || !GetShortPathNameW(argv[1], name, MAX_PATH))
        return 1;
    printf("%ls\n", name);
    return 0;
}

/* probe take | read | hold SECONDS | misbehave: what probe.sys recorded; a read that pends; a handle that
 * stays open; what a driver should not do. */
#include <windows.h>

#include <stdio.h>
#include <stdlib.h>

#include "probe.h"

static int take(HANDLE device)
{
    static WCHAR text[512 * 1024];
    static char utf8[3 * 512 * 1024];
    DWORD bytes;

    if (!DeviceIoControl(device, PROBE_IOCTL_TAKE, NULL, 0, text, sizeof(text), &bytes, NULL))
        return 1;
    fwrite(utf8, 1,
           (size_t)WideCharToMultiByte(CP_UTF8, 0, text, (int)(bytes / sizeof(WCHAR)), utf8, sizeof(utf8),
                                       NULL, NULL),
           stdout);
    return 0;
}

static int pend(HANDLE device)
{
    char byte;
    DWORD bytes;

    printf("reading\n");
    fflush(stdout);
    printf("read: %d %lu\n", ReadFile(device, &byte, 1, &bytes, NULL), GetLastError());
    return 0;
}

int wmain(int argc, WCHAR **argv)
{
    DWORD bytes;
    HANDLE device = CreateFileW(PROBE_DEVICE_OPEN, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL,
                                OPEN_EXISTING, 0, NULL);

    if (device == INVALID_HANDLE_VALUE) {
        printf("open: %lu\n", GetLastError());
        return 1;
    }
    if (argc > 1 && !wcscmp(argv[1], L"take"))
        return take(device);
    if (argc > 1 && !wcscmp(argv[1], L"read"))
        return pend(device);
    if (argc > 1 && !wcscmp(argv[1], L"misbehave"))
        return !DeviceIoControl(device, PROBE_IOCTL_MISBEHAVE, NULL, 0, NULL, 0, &bytes, NULL);
    printf("open\n");
    fflush(stdout);
    Sleep(argc > 2 ? 1000 * (DWORD)_wtoi(argv[2]) : 1000);
    return 0;
}

#include "device.h"

#include "failure.h"
#include "service.h"

#include <string.h>

HANDLE vg_device_open(DWORD flags)
{
    return CreateFileW((const wchar_t *)VG_DEVICE_OPEN, GENERIC_READ | GENERIC_WRITE,
                       FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, flags, NULL);
}

DWORD vg_device_request(HANDLE device, uint32_t code, const void *in, size_t in_size, void *out,
                        size_t out_size, DWORD *received)
{
    OVERLAPPED overlapped = {0};
    DWORD length = 0;
    DWORD error = 0;

    overlapped.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL);
    if (!overlapped.hEvent)
        return GetLastError();
    if (!DeviceIoControl(device, code, (void *)in, (DWORD)in_size, out, (DWORD)out_size, &length,
                         &overlapped)) {
        error = GetLastError();
        if (error == ERROR_IO_PENDING)
            error = GetOverlappedResult(device, &overlapped, &length, TRUE) ? 0 : GetLastError();
    }
    CloseHandle(overlapped.hEvent);
    if (received)
        *received = length;
    return error;
}

DWORD vg_device_status(HANDLE device, struct vg_abi_status *status)
{
    struct vg_abi_status answer;
    DWORD received;
    DWORD error;

    memset(&answer, 0, sizeof answer);
    error = vg_device_request(device, VG_IOCTL_STATUS, NULL, 0, &answer, sizeof answer, &received);
    if (error)
        return error;
    if (received >= offsetof(struct vg_abi_status, enforcement))
        *status = answer;
    if (received != sizeof answer || answer.size != sizeof answer || answer.abi_version != VG_ABI_VERSION)
        return ERROR_REVISION_MISMATCH;
    return 0;
}

static HANDLE open_and_check(DWORD flags)
{
    struct vg_abi_status status = {0};
    HANDLE device = vg_device_open(flags);
    DWORD error;

    if (device == INVALID_HANDLE_VALUE) {
        vg_service_explain_absence(GetLastError());
        return INVALID_HANDLE_VALUE;
    }
    error = vg_device_status(device, &status);
    if (error == ERROR_REVISION_MISMATCH) {
        vg_complain("the running vigil.sys speaks version %u of the interface, this vigil.exe version %u",
                    status.abi_version, VG_ABI_VERSION);
        vg_advise("Use the vigil.exe that was installed with it, or install both anew.");
    } else if (error) {
        vg_complain_win32(error, "vigil.sys does not say how it is");
    }
    if (error) {
        CloseHandle(device);
        return INVALID_HANDLE_VALUE;
    }
    return device;
}

HANDLE vg_device_connect(void)
{
    return open_and_check(0);
}

HANDLE vg_device_connect_overlapped(void)
{
    return open_and_check(FILE_FLAG_OVERLAPPED);
}

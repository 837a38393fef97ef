/* Talking to vigil.sys. The device is opened by its own name, not by a link that somebody could redirect. */
#ifndef VG_WIN_DEVICE_H
#define VG_WIN_DEVICE_H

#include <vigil/abi.h>

#include <stdbool.h>
#include <windows.h>

/* A handle on the running driver, checked to be of this program's version; INVALID_HANDLE_VALUE after saying
 * why there is none (not installed, not started and why, not an administrator, another version). */
HANDLE vg_device_connect(void);

/* The same for overlapped reads. */
HANDLE vg_device_connect_overlapped(void);

/* Opens without a word. INVALID_HANDLE_VALUE with GetLastError. */
HANDLE vg_device_open(DWORD flags);

/* One request; returns a Win32 error, 0 on success. `*received`, if given, is the length of the answer. Works
 * on handles of both kinds. */
DWORD vg_device_request(HANDLE device, uint32_t code, const void *in, size_t in_size, void *out,
                        size_t out_size, DWORD *received);

/* Returns a Win32 error; ERROR_REVISION_MISMATCH when the driver speaks another version of the interface
 * (then
 * `*status` holds what it said as far as abi_version). */
DWORD vg_device_status(HANDLE device, struct vg_abi_status *status);

#endif

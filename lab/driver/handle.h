/* Handles that drivers opened: each must be a kernel handle and be closed before the driver goes. */
#ifndef LAB_HANDLE_H
#define LAB_HANDLE_H

#include "platform.h"

void lab_handle_opened(HANDLE handle);
void lab_handle_closed(HANDLE handle);

/* Without OBJ_KERNEL_HANDLE a handle would land in the table of whatever process the callback runs in. */
void lab_handle_require_kernel(const char *routine, ULONG attributes);
void lab_handle_report(const char *driver);

/* The replacement. */
NTSTATUS NTAPI lab_ZwClose(HANDLE handle);

#endif

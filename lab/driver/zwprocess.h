/* The Zw routines on processes, for those of the lab. */
#ifndef LAB_ZWPROCESS_H
#define LAB_ZWPROCESS_H

#include "platform.h"

NTSTATUS NTAPI lab_ZwQueryInformationProcess(HANDLE handle, PROCESSINFOCLASS class, PVOID buffer, ULONG size,
                                             PULONG needed);
NTSTATUS NTAPI lab_ZwTerminateProcess(HANDLE handle, NTSTATUS status);

#endif

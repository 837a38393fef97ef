/* The Zw routines on files, as far as Wine's lack something a driver may rest on. */
#ifndef LAB_ZWFILE_H
#define LAB_ZWFILE_H

#include "platform.h"

NTSTATUS NTAPI lab_ZwCreateFile(PHANDLE handle, ACCESS_MASK access, POBJECT_ATTRIBUTES attributes,
                                PIO_STATUS_BLOCK io, PLARGE_INTEGER size, ULONG file_attributes, ULONG share,
                                ULONG disposition, ULONG options, PVOID ea, ULONG ea_length);
NTSTATUS NTAPI lab_ZwOpenFile(PHANDLE handle, ACCESS_MASK access, POBJECT_ATTRIBUTES attributes,
                              PIO_STATUS_BLOCK io, ULONG share, ULONG options);
NTSTATUS NTAPI lab_IoCreateFileEx(PHANDLE handle, ACCESS_MASK access, POBJECT_ATTRIBUTES attributes,
                                  PIO_STATUS_BLOCK io, PLARGE_INTEGER size, ULONG file_attributes,
                                  ULONG share, ULONG disposition, ULONG options, PVOID ea, ULONG ea_length,
                                  CREATE_FILE_TYPE type, PVOID parameters, ULONG flags,
                                  PIO_DRIVER_CREATE_CONTEXT context);
NTSTATUS NTAPI lab_IoCreateFileSpecifyDeviceObjectHint(PHANDLE handle, ACCESS_MASK access,
                                                       POBJECT_ATTRIBUTES attributes, PIO_STATUS_BLOCK io,
                                                       PLARGE_INTEGER size, ULONG file_attributes,
                                                       ULONG share, ULONG disposition, ULONG options,
                                                       PVOID ea, ULONG ea_length, CREATE_FILE_TYPE type,
                                                       PVOID parameters, ULONG flags, PVOID device);
NTSTATUS NTAPI lab_ZwQueryInformationFile(HANDLE handle, PIO_STATUS_BLOCK io, PVOID buffer, ULONG size,
                                          FILE_INFORMATION_CLASS class);
NTSTATUS NTAPI lab_ZwQueryVolumeInformationFile(HANDLE handle, PIO_STATUS_BLOCK io, PVOID buffer, ULONG size,
                                                FS_INFORMATION_CLASS class);
NTSTATUS NTAPI lab_ZwFsControlFile(HANDLE handle, HANDLE event, PIO_APC_ROUTINE routine, PVOID context,
                                   PIO_STATUS_BLOCK io, ULONG code, PVOID input, ULONG input_size,
                                   PVOID output, ULONG output_size);
NTSTATUS NTAPI lab_ZwReadFile(HANDLE handle, HANDLE event, PIO_APC_ROUTINE routine, PVOID context,
                              PIO_STATUS_BLOCK io, PVOID buffer, ULONG length, PLARGE_INTEGER offset,
                              PULONG key);

#endif

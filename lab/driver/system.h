/* The system as a whole: its routines by name, its processes, its clock, how it was started. */
#ifndef LAB_SYSTEM_H
#define LAB_SYSTEM_H

#include "platform.h"

extern ULONG lab_InitSafeBootMode;

/* Calls the reinitialisation routines that a driver asked for; Windows does so after its DriverEntry. */
void lab_system_reinitialize(PDRIVER_OBJECT driver);

/* The replacements. */
PVOID NTAPI lab_MmGetSystemRoutineAddress(PUNICODE_STRING name);
NTSTATUS NTAPI lab_ZwQuerySystemInformation(ULONG class, PVOID buffer, ULONG size, PULONG needed);
VOID NTAPI lab_IoRegisterDriverReinitialization(PDRIVER_OBJECT driver, PDRIVER_REINITIALIZE routine,
                                                PVOID context);
LARGE_INTEGER NTAPI lab_KeQueryPerformanceCounter(PLARGE_INTEGER frequency);
VOID NTAPI lab_KeQuerySystemTimePrecise(PLARGE_INTEGER time);

#endif

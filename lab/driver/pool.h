/* Pool memory, counted by tag, so that what a driver leaves behind is seen when it is unloaded. */
#ifndef LAB_POOL_H
#define LAB_POOL_H

#include "platform.h"

/* Reports what is allocated by drivers still as violations of `driver`. */
void lab_pool_report(const char *driver);

/* The replacements. */
PVOID NTAPI lab_ExAllocatePoolWithTag(POOL_TYPE type, SIZE_T size, ULONG tag);
PVOID NTAPI lab_ExAllocatePool2(ULONG64 flags, SIZE_T size, ULONG tag);
VOID NTAPI lab_ExFreePool(PVOID memory);
VOID NTAPI lab_ExFreePoolWithTag(PVOID memory, ULONG tag);

#endif

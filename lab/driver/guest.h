/* A guest: a driver under the lab. Between its mapping and its DriverEntry the lab checks it as Windows'
 * loader does and redirects its imports; afterwards it counts the handles on its devices, because Wine would
 * unload it with handles open. */
#ifndef LAB_GUEST_H
#define LAB_GUEST_H

#include "platform.h"

/* Called for every driver mapped after lab.sys, before its DriverEntry. */
void lab_guest_mapped(const UNICODE_STRING *name, PVOID base);

/* Puts the lab's ZwUnloadDriver before Wine's in the process that hosts the drivers. */
void lab_guest_start(void);

#endif

/* Import tables of images that are mapped already. */
#ifndef LAB_IMPORTS_H
#define LAB_IMPORTS_H

#include "platform.h"

/* Points a driver's imports to what the lab supplies. STATUS_DRIVER_ENTRYPOINT_NOT_FOUND when an import is
 * supplied by neither the lab nor Wine; lab.log names each. */
NTSTATUS lab_imports_redirect(const char *driver, PVOID base);

/* Points the import `name` of one image to `address`. */
void lab_imports_replace(PVOID base, const char *name, PVOID address);

#endif

/* The table of what lab.sys supplies in place of Wine's kernel. README.md says what each of the real ones
 * promises. */
#ifndef LAB_ROUTINES_H
#define LAB_ROUTINES_H

#include "platform.h"

/* The lab's own routine or variable of that name, else NULL. */
PVOID lab_routine(const char *name);

/* Wine's, if it is more than a stub that raises an exception; else NULL. `module` as in an import table. */
PVOID lab_wine_routine(const char *module, const char *name);

/* Names that a scenario has hidden, to stand for an older Windows: one a line in C:\lab\hide. Read when a
 * driver is loaded, together with C:\lab\safe-mode, whose presence sets InitSafeBootMode. */
void lab_scenario_read(void);

#endif

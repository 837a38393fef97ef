/* Texts that the kernel lends a driver. A UNICODE_STRING is counted and need not end with a NUL: nothing can
 * be read behind it here, and nothing at all once it has been taken back. */
#ifndef SIM_LEND_H
#define SIM_LEND_H

#include <stdbool.h>
#include <ntifs.h>

/* Moves a text of sim_text's to where it ends at the end of what can be read. */
void sim_lend(UNICODE_STRING *text);

/* Frees it. */
void sim_take_back(UNICODE_STRING *text);

/* Whether an address lies where lent texts do. */
bool sim_is_lent(const void *address);

#endif

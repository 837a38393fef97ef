/* Large blocks of pool, kept for the next time: AddressSanitizer maps and unmaps them, which takes longer
 * than most of what a fuzzer does between a load of the driver and its unload. They are out of bounds
 * meanwhile. */
#ifndef SIM_LARGE_H
#define SIM_LARGE_H

#include <stdbool.h>
#include <ntifs.h>

/* A block of exactly that size; NULL when none is kept, or without AddressSanitizer. */
void *sim_large_take(SIZE_T size);

/* Keeps a block that malloc made, freeing another. False: it is not large, or this is not AddressSanitizer.
 */
bool sim_large_give(void *address, SIZE_T size);

#endif

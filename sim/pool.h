/* Pool, accounted block by block. */
#ifndef SIM_POOL_H
#define SIM_POOL_H

#include <stdbool.h>
#include <ntifs.h>

/* A block that the kernel hands the driver to free (token information, image names). NULL never. */
void *sim_pool_give(SIZE_T size, ULONG tag);
/* Whether an address lies in a paged block: no lock, event or IRP queue may. */
bool sim_pool_is_paged(const void *address);
/* Ends the run, listing the blocks, if any is left. */
void sim_pool_check_empty(const char *when);

PVOID sim_ExAllocatePool2(ULONG64 flags, SIZE_T size, ULONG tag);

#endif

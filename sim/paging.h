/* Paged pool that a thread really cannot touch at DISPATCH_LEVEL: pages of a protection key of their own
 * (pkeys(7)), whose rights each thread gives up while its IRQL is raised. Without the processor's support, or
 * under AddressSanitizer (whose own checks need its own allocator), paged pool is ordinary memory. */
#ifndef SIM_PAGING_H
#define SIM_PAGING_H

#include <ntifs.h>

void sim_paging_start(void);

/* A block whose end is the end of its last page, but for alignment; NULL where paging is not checked. */
void *sim_paged_allocate(SIZE_T size);
void sim_paged_free(void *address, SIZE_T size);

/* The calling thread's IRQL is now this. */
void sim_paging_set_irql(KIRQL irql);

#endif

#include "paging.h"

#include <sys/mman.h>

#include "sanitizers.h"
#include "sim.h"
#include "violation.h"

#define PAGE 4096u

static int key = -1;

void sim_paging_start(void)
{
    if (key == -1 && !SIM_ASAN)
        key = pkey_alloc(0, 0);
}

bool sim_checks_paging(void)
{
    return key > 0 || sim_watches_drivers();
}

/* A page in front holds nothing and one behind cannot be touched, so an overrun is seen at once. */
static SIZE_T span(SIZE_T size)
{
    return ALIGN_UP_BY(size, PAGE) + PAGE;
}

void *sim_paged_allocate(SIZE_T size)
{
    SIZE_T whole = span(size);
    char *pages;

    if (key <= 0)
        return NULL;
    pages = mmap(NULL, whole, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED || pkey_mprotect(pages, whole - PAGE, PROT_READ | PROT_WRITE, key) ||
        mprotect(pages + whole - PAGE, PAGE, PROT_NONE))
        sim_violation("the test machine has no memory left for %zu bytes of paged pool", size);
    return pages + whole - PAGE - ALIGN_UP_BY(size, 16);
}

void sim_paged_free(void *address, SIZE_T size)
{
    munmap((void *)((uintptr_t)address & ~(uintptr_t)(PAGE - 1)), span(size));
}

void sim_paging_set_irql(KIRQL irql)
{
    if (key > 0)
        pkey_set(key, irql >= DISPATCH_LEVEL ? PKEY_DISABLE_ACCESS : 0);
}

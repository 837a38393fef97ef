/* Pool. Each block is one malloc of exactly its size, so that AddressSanitizer sees the first byte beyond it;
 * without it a canary behind the block is checked when it is freed. */
#include "pool.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "sanitizers.h"
#include "fault.h"
#include "irql.h"
#include "large.h"
#include "paging.h"
#include "sim.h"
#include "violation.h"
#include "world.h"

#define BUCKET_COUNT 4096
#define GRAVES       1024
#define PAGE_SHIFT   12
#define TAGS_MAX     32
#define FILLED_MAX   0x10000u /* what of a block is filled with rubbish: the event ring alone has megabytes */

struct block {
    struct block *next;
    struct block *next_paged, **link_paged; /* of paged blocks that begin on the same page, or are large */
    char *address;
    SIZE_T size;
    ULONG tag;
    bool paged;
    bool on_pages; /* from paging.c */
};

/* What the driver has allocated, ever. */
struct tag_count {
    ULONG tag;
    unsigned allocations;
};

static const uint64_t canary = 0x7661636e61727921ull;
static pthread_mutex_t pool_lock = PTHREAD_MUTEX_INITIALIZER;
static struct block *buckets[BUCKET_COUNT];
static struct block *paged_on_page[BUCKET_COUNT], *paged_large; /* by their first page; larger than a page */
static size_t block_count;
static struct tag_count tag_counts[TAGS_MAX];
static const void *graves[GRAVES]; /* lately freed, to tell a double free from a wild one */
static unsigned next_grave;

static struct block **bucket_of(const void *address)
{
    return &buckets[((uintptr_t)address >> 4) % BUCKET_COUNT];
}

static const char *tag_text(ULONG tag, char text[5])
{
    for (unsigned i = 0; i < 4; i++) {
        char c = (char)(tag >> (8 * i));
        text[i] = c >= ' ' && c < 127 ? c : '.';
    }
    text[4] = 0;
    return text;
}

static struct block **paged_of(uintptr_t page)
{
    return &paged_on_page[page % BUCKET_COUNT];
}

static void add_paged(struct block *block)
{
    struct block **link =
        block->size > 1u << PAGE_SHIFT ? &paged_large : paged_of((uintptr_t)block->address >> PAGE_SHIFT);

    block->next_paged = *link;
    block->link_paged = link;
    if (*link)
        (*link)->link_paged = &block->next_paged;
    *link = block;
}

static void remove_paged(struct block *block)
{
    *block->link_paged = block->next_paged;
    if (block->next_paged)
        block->next_paged->link_paged = block->link_paged;
}

static void *take_memory(SIZE_T size)
{
    void *address = sim_large_take(size);

    return address ? address : malloc(SIM_ASAN ? size : size + sizeof(canary));
}

static void give_memory(void *address, SIZE_T size)
{
    if (sim_large_give(address, size))
        return;
    if (!SIM_ASAN)
        memset(address, 0xDD, min(size, FILLED_MAX));
    free(address);
}

static void *pool_allocate(SIZE_T size, ULONG tag, bool paged, bool zero)
{
    struct block *block = malloc(sizeof(*block));
    char *address = paged ? sim_paged_allocate(size) : NULL;
    bool on_pages = address != NULL;

    if (!on_pages)
        address = take_memory(size);
    if (!block || !address)
        sim_violation("the test machine has no memory left for %zu bytes of pool", size);
    if (zero)
        memset(address, 0, size);
    else
        memset(address, 0xA5, min(size, FILLED_MAX));
    if (!SIM_ASAN && !on_pages)
        memcpy(address + size, &canary, sizeof(canary));
    *block =
        (struct block){.address = address, .size = size, .tag = tag, .paged = paged, .on_pages = on_pages};
    pthread_mutex_lock(&pool_lock);
    block->next = *bucket_of(address);
    *bucket_of(address) = block;
    if (paged)
        add_paged(block);
    block_count++;
    pthread_mutex_unlock(&pool_lock);
    return address;
}

static void check_request(SIZE_T size, ULONG tag, bool paged, const char *routine)
{
    sim_max_irql(paged ? APC_LEVEL : DISPATCH_LEVEL, routine);
    if (size == 0)
        sim_violation("%s was asked for 0 bytes", routine);
    if (tag == 0)
        sim_violation("%s was given no tag", routine);
}

static void count_allocation(ULONG tag)
{
    unsigned i = 0;

    pthread_mutex_lock(&pool_lock);
    while (i < TAGS_MAX && tag_counts[i].tag != tag && tag_counts[i].tag != 0)
        i++;
    if (i == TAGS_MAX)
        sim_violation("the driver uses more than %d tags", TAGS_MAX);
    tag_counts[i].tag = tag;
    tag_counts[i].allocations++;
    pthread_mutex_unlock(&pool_lock);
}

static void *driver_allocate(SIZE_T size, ULONG tag, bool paged, bool zero)
{
    if (sim_fault_of_pool(tag))
        return NULL;
    count_allocation(tag);
    return pool_allocate(size, tag, paged, zero);
}

unsigned sim_pool_allocations(ULONG tag)
{
    unsigned count = 0;

    pthread_mutex_lock(&pool_lock);
    for (unsigned i = 0; i < TAGS_MAX; i++) {
        if (tag == 0 || tag_counts[i].tag == tag)
            count += tag_counts[i].allocations;
    }
    pthread_mutex_unlock(&pool_lock);
    return count;
}

PVOID ExAllocatePoolWithTag(POOL_TYPE type, SIZE_T size,
                            ULONG tag) /* wdm: <= DISPATCH_LEVEL, paged <= APC_LEVEL */
{
    bool paged = (type & 1) != 0;

    check_request(size, tag, paged, "ExAllocatePoolWithTag");
    if ((type & NonPagedPoolNx) && sim_windows() < SIM_WINDOWS_8_1)
        sim_violation("ExAllocatePoolWithTag was asked for NonPagedPoolNx, which this Windows does not have");
    if (type != NonPagedPool && type != PagedPool && type != NonPagedPoolNx)
        sim_violation("ExAllocatePoolWithTag was given the pool type %d", type);
    return driver_allocate(size, tag, paged, false);
}

/* wdm: zeroes unless POOL_FLAG_UNINITIALIZED (2); NON_PAGED 0x40, NON_PAGED_EXECUTE 0x80, PAGED 0x100:
 * exactly one. */
PVOID sim_ExAllocatePool2(ULONG64 flags, SIZE_T size, ULONG tag)
{
    ULONG64 kind = flags & 0x1C0u;

    if ((kind != 0x40 && kind != 0x80 && kind != 0x100) || (flags & ~0x1C2ull))
        sim_violation("ExAllocatePool2 was given the flags 0x%llx", (unsigned long long)flags);
    check_request(size, tag, kind == 0x100, "ExAllocatePool2");
    return driver_allocate(size, tag, kind == 0x100, (flags & 2) == 0);
}

void *sim_pool_give(SIZE_T size, ULONG tag)
{
    return pool_allocate(size, tag, true, false);
}

static void pool_free(PVOID address, ULONG tag, bool any_tag, const char *routine)
{
    struct block **link, *block;
    char text[5], given[5];

    sim_max_irql(DISPATCH_LEVEL, routine);
    pthread_mutex_lock(&pool_lock);
    for (link = bucket_of(address); *link && (*link)->address != address; link = &(*link)->next)
        ;
    block = *link;
    if (!block) {
        for (unsigned i = 0; i < GRAVES; i++) {
            if (address && graves[i] == address)
                sim_violation("%s was given a block that is already free (double free)", routine);
        }
        sim_violation("%s was given %p, which is not a block of pool", routine, address);
    }
    if (!any_tag && block->tag != tag)
        sim_violation("%s freed a block of tag '%s' with the tag '%s'", routine, tag_text(block->tag, text),
                      tag_text(tag, given));
    if (block->paged)
        sim_max_irql(APC_LEVEL, routine);
    *link = block->next;
    if (block->paged)
        remove_paged(block);
    block_count--;
    graves[next_grave++ % GRAVES] = address;
    pthread_mutex_unlock(&pool_lock);
    if (!SIM_ASAN && !block->on_pages && memcmp(block->address + block->size, &canary, sizeof(canary)))
        sim_violation("a block of %zu bytes of tag '%s' was written beyond its end", block->size,
                      tag_text(block->tag, text));
    if (block->on_pages)
        sim_paged_free(address, block->size);
    else
        give_memory(address, block->size);
    free(block);
}

void ExFreePoolWithTag(PVOID address, ULONG tag) /* wdm: <= DISPATCH_LEVEL, paged <= APC_LEVEL */
{
    pool_free(address, tag, tag == 0, "ExFreePoolWithTag");
}

void ExFreePool(PVOID address) /* ntddk: as ExFreePoolWithTag, whatever the tag */
{
    pool_free(address, 0, true, "ExFreePool");
}

static bool lies_in(const struct block *chain, const char *address)
{
    for (; chain; chain = chain->next_paged) {
        if (address >= chain->address && address < chain->address + chain->size)
            return true;
    }
    return false;
}

bool sim_pool_is_paged(const void *address)
{
    uintptr_t page = (uintptr_t)address >> PAGE_SHIFT;
    bool paged;

    pthread_mutex_lock(&pool_lock);
    paged = lies_in(*paged_of(page), address) || lies_in(*paged_of(page - 1), address) ||
            lies_in(paged_large, address);
    pthread_mutex_unlock(&pool_lock);
    return paged;
}

void sim_pool_check_empty(const char *when)
{
    char text[5];

    if (!block_count)
        return;
    for (unsigned i = 0; i < BUCKET_COUNT; i++) {
        for (const struct block *block = buckets[i]; block; block = block->next)
            fprintf(stderr, "sim: leaked: %zu bytes, tag '%s', at %p\n", block->size,
                    tag_text(block->tag, text), (void *)block->address);
    }
    sim_violation("%zu block(s) of pool are still allocated %s", block_count, when);
}

size_t sim_pool_blocks(void)
{
    pthread_mutex_lock(&pool_lock);
    size_t count = block_count;
    pthread_mutex_unlock(&pool_lock);
    return count;
}

#include "pool.h"
#include "context.h"
#include "log.h"

#define MAGIC         0x4C61626F72706F6Full
#define TAGS          128
#define UNINITIALIZED 0x2u
#define PAGED         0x100u

struct block {
    ULONG64 magic;
    SIZE_T size;
    ULONG64 tag;
    ULONG64
    reserved; /* keeps the memory 16-byte aligned, as pool memory is on x64, and more than x86 has it */
};

static struct {
    ULONG tag;
    LONG blocks;
    SIZE_T bytes;
} tags[TAGS];
static LAB_SRWLOCK lock;

static void count(ULONG tag, LONG blocks, SSIZE_T bytes)
{
    RtlAcquireSRWLockExclusive(&lock);
    for (size_t i = 0; i < TAGS; i++) {
        if (tags[i].tag && tags[i].tag != tag)
            continue;
        tags[i].tag = tag;
        tags[i].blocks += blocks;
        tags[i].bytes += (SIZE_T)bytes;
        break;
    }
    RtlReleaseSRWLockExclusive(&lock);
}

void lab_pool_report(const char *driver)
{
    RtlAcquireSRWLockExclusive(&lock);
    for (size_t i = 0; i < TAGS && tags[i].tag; i++) {
        if (tags[i].blocks)
            lab_violation("%s: %d pool blocks (%u bytes) with tag %.4s were not freed", driver,
                          (int)tags[i].blocks, (unsigned)tags[i].bytes, (const char *)&tags[i].tag);
    }
    RtlReleaseSRWLockExclusive(&lock);
}

static PVOID allocate(SIZE_T size, ULONG tag, BOOLEAN zero)
{
    struct block *block = NULL;

    if (size <= SIZE_MAX / 2)
        block = RtlAllocateHeap(GetProcessHeap(), zero ? HEAP_ZERO_MEMORY : 0, sizeof(*block) + size);
    if (!block)
        return NULL;
    block->magic = MAGIC;
    block->size = size;
    block->tag = tag;
    count(tag, 1, (SSIZE_T)size);
    if (!zero)
        RtlFillMemory(block + 1, size, 0xCD); /* nobody may rest on what is in there */
    return block + 1;
}

PVOID NTAPI lab_ExAllocatePoolWithTag(POOL_TYPE type, SIZE_T size, ULONG tag)
{
    if ((type & 1) == PagedPool)
        lab_require_apc("ExAllocatePoolWithTag(PagedPool)");
    if (!tag || !size)
        lab_violation("ExAllocatePoolWithTag: tag %08x, %u bytes", (unsigned)tag, (unsigned)size);
    return allocate(size, tag, FALSE);
}

PVOID NTAPI lab_ExAllocatePool2(ULONG64 flags, SIZE_T size, ULONG tag)
{
    if (flags & PAGED)
        lab_require_apc("ExAllocatePool2(POOL_FLAG_PAGED)");
    if (!tag || !size)
        return NULL;
    return allocate(size, tag, !(flags & UNINITIALIZED));
}

VOID NTAPI lab_ExFreePoolWithTag(PVOID memory, ULONG tag)
{
    struct block *block = (struct block *)memory - 1;

    if (!memory) {
        lab_violation("ExFreePool(NULL)");
        return;
    }
    if (block->magic == ~MAGIC) {
        lab_violation("pool memory %p was freed twice", memory);
        return;
    }
    if (block->magic != MAGIC) { /* Wine's */
        ExFreePool(memory);
        return;
    }
    if (tag && block->tag != tag)
        lab_violation("pool memory with tag %.4s was freed as %.4s", (const char *)&block->tag,
                      (const char *)&tag);
    count((ULONG)block->tag, -1, -(SSIZE_T)block->size);
    RtlFillMemory(memory, block->size, 0xDD);
    block->magic = ~MAGIC;
    RtlFreeHeap(GetProcessHeap(), 0, block);
}

VOID NTAPI lab_ExFreePool(PVOID memory)
{
    lab_ExFreePoolWithTag(memory, 0);
}

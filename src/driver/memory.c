#include "memory.h"

#include "optional.h"

/* DISPATCH_LEVEL holds for nonpaged memory; the callers keep paged memory to APC_LEVEL. */
_IRQL_requires_max_(DISPATCH_LEVEL) _Must_inspect_result_ _Ret_maybenull_
    static void *allocate(_In_ enum vg_pool pool, _In_ size_t size, _In_ ULONG tag)
{
    POOL_TYPE type = PagedPool;

    if (vg_optional.ExAllocatePool2 != NULL) {
        ULONG64 flags = pool == VG_PAGED ? VG_POOL_FLAG_PAGED : VG_POOL_FLAG_NON_PAGED;

        return vg_optional.ExAllocatePool2(flags | VG_POOL_FLAG_UNINITIALIZED, size, tag);
    }
    if (pool == VG_NON_PAGED)
        type = vg_optional.non_paged_pool;
    return ExAllocatePoolWithTag(type, size, tag);
}

_Use_decl_annotations_
void *vg_allocate(enum vg_pool pool, size_t size, ULONG tag)
{
    return allocate(pool, size, tag);
}

_Use_decl_annotations_
void *vg_allocate_zeroed(enum vg_pool pool, size_t size, ULONG tag)
{
    void *memory = allocate(pool, size, tag);

    if (memory != NULL)
        memset(memory, 0, size);
    return memory;
}

_Use_decl_annotations_
void vg_free(void *memory, ULONG tag)
{
    if (memory != NULL)
        ExFreePoolWithTag(memory, tag);
}

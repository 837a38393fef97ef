/* Pool memory. Every tag is Vigil's own: `Vg` and two letters for the concern. */
#ifndef VG_DRIVER_MEMORY_H
#define VG_DRIVER_MEMORY_H

#include "kernel.h"

#define VG_TAG_CONFIG  VG_POOL_TAG('V', 'g', 'C', 'f') /* values from the registry */
#define VG_TAG_EVENT   VG_POOL_TAG('V', 'g', 'E', 'v') /* an event being written */
#define VG_TAG_FILE    VG_POOL_TAG('V', 'g', 'F', 'i') /* names and chunks of files */
#define VG_TAG_HASH    VG_POOL_TAG('V', 'g', 'H', 'a') /* CNG's hash objects, the hash cache */
#define VG_TAG_POLICY  VG_POOL_TAG('V', 'g', 'P', 'o') /* policies */
#define VG_TAG_PROCESS VG_POOL_TAG('V', 'g', 'P', 'r') /* the process table */
#define VG_TAG_READER  VG_POOL_TAG('V', 'g', 'R', 'd') /* open handles */
#define VG_TAG_RING    VG_POOL_TAG('V', 'g', 'R', 'i') /* the event ring */
#define VG_TAG_SCRATCH VG_POOL_TAG('V', 'g', 'S', 'c') /* what a decision works in */
#define VG_TAG_START   VG_POOL_TAG('V', 'g', 'S', 't') /* a start being decided */
#define VG_TAG_STRING  VG_POOL_TAG('V', 'g', 'S', 'g') /* names and command lines */

enum vg_pool {
    VG_PAGED,     /* touched below DISPATCH_LEVEL only */
    VG_NON_PAGED, /* never executable where the system knows such memory (Windows 8 and later) */
};

/* Allocates `size` > 0 bytes with undefined content, aligned to 16 on 64-bit systems. NULL when there is no
 * memory. */
_IRQL_requires_max_(DISPATCH_LEVEL) _Must_inspect_result_ _Ret_maybenull_
    void *vg_allocate(_In_ enum vg_pool pool, _In_ size_t size, _In_ ULONG tag);

/* The same, filled with zeros. */
_IRQL_requires_max_(DISPATCH_LEVEL) _Must_inspect_result_ _Ret_maybenull_
    void *vg_allocate_zeroed(_In_ enum vg_pool pool, _In_ size_t size, _In_ ULONG tag);

/* NULL is ignored. Paged memory: APC_LEVEL at most. */
_IRQL_requires_max_(DISPATCH_LEVEL) void vg_free(_In_opt_ void *memory, _In_ ULONG tag);

#endif

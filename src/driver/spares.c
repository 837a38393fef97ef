#include "spares.h"

_Use_decl_annotations_
void vg_spares_start(struct vg_spares *spares, size_t size, ULONG tag)
{
    KeInitializeSpinLock(&spares->lock);
    spares->size = size;
    spares->tag = tag;
    spares->count = 0;
}

_Use_decl_annotations_
void vg_spares_stop(struct vg_spares *spares)
{
    while (spares->count != 0)
        vg_free(spares->kept[--spares->count], spares->tag);
}

_Use_decl_annotations_
void *vg_spares_take(struct vg_spares *spares, bool *used)
{
    void *block = NULL;
    KIRQL irql;

    KeAcquireSpinLock(&spares->lock, &irql);
    if (spares->count != 0)
        block = spares->kept[--spares->count];
    KeReleaseSpinLock(&spares->lock, irql);
    *used = block != NULL;
    return block != NULL ? block : vg_allocate(VG_PAGED, spares->size, spares->tag);
}

_Use_decl_annotations_
void vg_spares_give(struct vg_spares *spares, void *block)
{
    bool kept = false;
    KIRQL irql;

    if (block == NULL)
        return;
    KeAcquireSpinLock(&spares->lock, &irql);
    if (spares->count < VG_SPARES_MAX) {
        spares->kept[spares->count++] = block;
        kept = true;
    }
    KeReleaseSpinLock(&spares->lock, irql);
    if (!kept)
        vg_free(block, spares->tag);
}

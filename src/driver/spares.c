#include "spares.h"

_Use_decl_annotations_
void vg_spares_start(struct vg_spares *spares, size_t size, ULONG tag)
{
    memset(spares, 0, sizeof(*spares));
    spares->size = size;
    spares->tag = tag;
}

_Use_decl_annotations_
void vg_spares_stop(struct vg_spares *spares)
{
    for (unsigned i = 0; i < VG_SPARES_MAX; i++)
        vg_free(InterlockedExchangePointer(&spares->kept[i], NULL), spares->tag);
}

_Use_decl_annotations_
void *vg_spares_take(struct vg_spares *spares, bool *used)
{
    void *block = NULL;

    for (unsigned i = 0; i < VG_SPARES_MAX && block == NULL; i++)
        block = InterlockedExchangePointer(&spares->kept[i], NULL);
    *used = block != NULL;
    return block != NULL ? block : vg_allocate(VG_PAGED, spares->size, spares->tag);
}

_Use_decl_annotations_
void vg_spares_give(struct vg_spares *spares, void *block)
{
    for (unsigned i = 0; i < VG_SPARES_MAX; i++) { /* NULL leaves an empty place empty */
        if (InterlockedCompareExchangePointer(&spares->kept[i], block, NULL) == NULL)
            return;
    }
    vg_free(block, spares->tag);
}

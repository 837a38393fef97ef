#include "volumes.h"

#include "unicode.h"

#define KNOWN_MAX 32u

static const struct vg_span volume_manager = {.bytes = u"\\Driver\\volmgr", .size = 28};

static KSPIN_LOCK lock;
static PDEVICE_OBJECT known[KNOWN_MAX]; /* referenced; those that are there come first */
static unsigned next;                   /* the place of the next one that comes */

_Use_decl_annotations_
void vg_volumes_start(void)
{
    KeInitializeSpinLock(&lock);
    memset(known, 0, sizeof(known));
    next = 0;
}

_Use_decl_annotations_
void vg_volumes_stop(void)
{
    for (unsigned i = 0; i < KNOWN_MAX && known[i] != NULL; i++)
        ObDereferenceObject(known[i]);
    memset(known, 0, sizeof(known));
}

_Requires_lock_held_(lock) _IRQL_requires_(DISPATCH_LEVEL) static bool find(_In_ const DEVICE_OBJECT *volume)
{
    for (unsigned i = 0; i < KNOWN_MAX && known[i] != NULL; i++) {
        if (known[i] == volume)
            return true;
    }
    return false;
}

_Use_decl_annotations_
bool vg_volumes_has(PDEVICE_OBJECT volume)
{
    bool found = false;
    KIRQL irql;

    KeAcquireSpinLock(&lock, &irql);
    found = find(volume);
    KeReleaseSpinLock(&lock, irql);
    return found;
}

_Use_decl_annotations_
void vg_volumes_add(PDEVICE_OBJECT volume)
{
    PDEVICE_OBJECT dropped = volume;
    KIRQL irql;

    if (volume->DriverObject == NULL ||
        !vg_text_equal_folded(vg_unicode_span(&volume->DriverObject->DriverName), volume_manager))
        return;
    ObReferenceObject(volume);
    KeAcquireSpinLock(&lock, &irql);
    if (!find(volume)) { /* somebody else may have been faster */
        dropped = known[next];
        known[next] = volume;
        next = (next + 1) % KNOWN_MAX;
    }
    KeReleaseSpinLock(&lock, irql);
    if (dropped != NULL)
        ObDereferenceObject(dropped);
}

#include "image.h"

#include "counters.h"
#include "event.h"
#include "mode.h"
#include "optional.h"

/* IMAGE_INFO.Properties (ntddk.h): ImageSignatureLevel is bits 12 to 15, ImageSignatureType bits 16 to 18. */
#define SIGNATURE_LEVEL_SHIFT 12
#define SIGNATURE_LEVEL_MASK  0xFu
#define SIGNATURE_TYPE_SHIFT  16
#define SIGNATURE_TYPE_MASK   0x7u

static volatile LONG registered;

_Use_decl_annotations_
void vg_image_signature(const IMAGE_INFO *image, uint8_t *level, uint8_t *type)
{
    *level = 0;
    *type = 0;
    if (!vg_optional.has_image_signature_level)
        return;
    *level = (uint8_t)(image->Properties >> SIGNATURE_LEVEL_SHIFT & SIGNATURE_LEVEL_MASK);
    *type = (uint8_t)(image->Properties >> SIGNATURE_TYPE_SHIFT & SIGNATURE_TYPE_MASK);
}

_IRQL_requires_max_(PASSIVE_LEVEL) static bool are_wanted(void)
{
    struct vg_generation *policy = vg_policy_acquire();
    uint32_t options = vg_mode_options_with(policy == NULL ? NULL : &policy->info);

    vg_policy_release(policy);
    return (options & VG_OPTION_WATCH_IMAGES) != 0;
}

/* Sometimes runs with all APCs disabled, on old systems under the address space's lock: so no file, no name
 * look-up, no wait. */
_Function_class_(LOAD_IMAGE_NOTIFY_ROUTINE) _IRQL_requires_max_(PASSIVE_LEVEL) static VOID NTAPI
    image_loaded(_In_opt_ PUNICODE_STRING name, _In_ HANDLE process_id, _In_ PIMAGE_INFO image)
{
    uint32_t id = (uint32_t)(ULONG_PTR)process_id;
    struct vg_process *process = NULL;

    if (!are_wanted())
        return;
    if (id != 0)
        process = vg_process_find(id, 0);
    vg_count(&vg_counters.images);
    vg_event_image(id, name, image, process);
    vg_process_release(process);
}

_Use_decl_annotations_
void vg_images_update(void)
{
    NTSTATUS status = STATUS_SUCCESS;

    if (!are_wanted() || InterlockedCompareExchange(&registered, 1, 0) != 0)
        return;
    status = PsSetLoadImageNotifyRoutine(image_loaded);
    if (!NT_SUCCESS(status)) {
        InterlockedExchange(&registered, 0);
        DbgPrint("vigil: image loads cannot be watched (0x%08X)\n", (unsigned)status);
    }
}

_Use_decl_annotations_
void vg_images_stop(void)
{
    if (InterlockedExchange(&registered, 0) != 0)
        (void)PsRemoveLoadImageNotifyRoutine(image_loaded);
}

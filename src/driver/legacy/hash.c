/* Systems before Windows 7 have no CNG for drivers. */
#include "../hash.h"

_Use_decl_annotations_
void vg_hash_start(void)
{
}

_Use_decl_annotations_
void vg_hash_stop(void)
{
}

bool vg_hash_can_be_had(void)
{
    return false;
}

_Use_decl_annotations_
NTSTATUS vg_hash_file(const struct vg_file *file, uint8_t *sha256)
{
    UNREFERENCED_PARAMETER(file);
    UNREFERENCED_PARAMETER(sha256);
    return STATUS_NOT_SUPPORTED;
}

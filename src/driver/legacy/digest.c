/* Systems before Windows 7 have no CNG for drivers. */
#include "../digest.h"

_Use_decl_annotations_
void vg_digest_start(void)
{
}

_Use_decl_annotations_
void vg_digest_stop(void)
{
}

_Use_decl_annotations_
bool vg_digest_can_be_had(void)
{
    return false;
}

_Use_decl_annotations_
size_t vg_digest_room(enum vg_algorithm algorithm)
{
    UNREFERENCED_PARAMETER(algorithm);
    return 0;
}

_Use_decl_annotations_
NTSTATUS vg_digest_begin(enum vg_algorithm algorithm, uint8_t *room, PVOID *digest)
{
    UNREFERENCED_PARAMETER(algorithm);
    UNREFERENCED_PARAMETER(room);
    UNREFERENCED_PARAMETER(digest);
    return STATUS_NOT_SUPPORTED;
}

_Use_decl_annotations_
NTSTATUS vg_digest_feed(PVOID digest, const void *bytes, uint32_t size)
{
    UNREFERENCED_PARAMETER(digest);
    UNREFERENCED_PARAMETER(bytes);
    UNREFERENCED_PARAMETER(size);
    return STATUS_NOT_SUPPORTED;
}

_Use_decl_annotations_
NTSTATUS vg_digest_end(PVOID digest, uint8_t *out, uint32_t size)
{
    UNREFERENCED_PARAMETER(digest);
    UNREFERENCED_PARAMETER(out);
    UNREFERENCED_PARAMETER(size);
    return STATUS_NOT_SUPPORTED;
}

_Use_decl_annotations_
void vg_digest_drop(PVOID digest)
{
    UNREFERENCED_PARAMETER(digest);
}

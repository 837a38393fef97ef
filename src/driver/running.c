/* Processes that the table did not see start: those that ran before the driver, and any it missed. */
#include "process.h"

#include "bounds.h"
#include "file.h"
#include "memory.h"
#include "name.h"
#include "system.h"
#include "token.h"

#define SNAPSHOT_SIZE_FIRST (256u * 1024u)
#define SNAPSHOT_SIZE_MAX   (64u * 1024u * 1024u)

/* The kernel's own name of the image, made canonical by opening that file where that can be done, or else its
 * volume: whoever owns a file can keep others from opening it, and rules are written of drive letters. */
_IRQL_requires_max_(PASSIVE_LEVEL) static void look_at_image(_In_ PEPROCESS process,
                                                             _Inout_ struct vg_kept *image)
{
    struct vg_string path = {0};
    struct vg_file file;
    bool may_open = false;
    NTSTATUS status = vg_system_image_name(process, &path);

    if (!NT_SUCCESS(status)) {
        image->state = status == STATUS_NOT_FOUND ? VG_FACT_ABSENT : VG_FACT_UNKNOWN;
        return;
    }
    /* No server is asked: while the driver loads this is a thread of the System process, which would log on
     * to it as the machine and wait for its answer. */
    may_open = !vg_system_apcs_are_off() && !vg_name_is_remote(vg_string_span(&path));
    status = STATUS_INVALID_DEVICE_STATE;
    if (may_open)
        status = vg_file_open_named(NULL, vg_string_span(&path), &file);
    if (NT_SUCCESS(status)) {
        status = vg_name_by_path(&file, vg_string_span(&path), &image->text);
        vg_file_close(&file);
    }
    if (!NT_SUCCESS(status))
        status = may_open ? vg_name_on_its_volume(vg_string_span(&path), &image->text)
                          : vg_name_of_path(vg_string_span(&path), NULL, &image->text);
    image->state = NT_SUCCESS(status) ? VG_FACT_KNOWN : VG_FACT_UNKNOWN;
    vg_string_free(&path);
}

_IRQL_requires_max_(PASSIVE_LEVEL) static bool has_exited(_In_ PEPROCESS process)
{
    return PsGetProcessExitStatus(process) != STATUS_PENDING;
}

/* Adds a process that exists. Its command line is unknown: what its memory says of it by now is its own word.
 */
_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ _Ret_maybenull_
    static struct vg_process *add(_In_ PEPROCESS process)
{
    uint32_t id = (uint32_t)(ULONG_PTR)PsGetProcessId(process);
    uint64_t create_time = (uint64_t)PsGetProcessCreateTimeQuadPart(process);
    struct vg_kept image = {.state = VG_FACT_UNKNOWN};
    struct vg_process *known = vg_process_find(id, create_time);
    bool published = false;

    if (known != NULL)
        return known;
    known = vg_process_new(id, create_time);
    if (known == NULL)
        return NULL;
    look_at_image(process, &image);
    vg_token_user(process, &known->user);
    published = vg_process_publish_unseen(known, &image);
    if (!published) {
        vg_string_free(&image.text);
        vg_process_release(known);
        return vg_process_find(id, create_time);
    }
    /* Its exit may have been reported before it was in the table; after this it finds it there. */
    if (has_exited(process))
        (void)vg_process_exited(known);
    return known;
}

_Use_decl_annotations_
struct vg_process *vg_process_identify(HANDLE id)
{
    struct vg_process *known = NULL;
    PEPROCESS process = NULL;

    if (!NT_SUCCESS(PsLookupProcessByProcessId(id, &process)))
        return vg_process_find((uint32_t)(ULONG_PTR)id, 0);
    known = add(process);
    ObDereferenceObject(process);
    return known;
}

/* `*snapshot` is the caller's to free with VG_TAG_PROCESS. */
_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ static NTSTATUS
    take_snapshot(_Outptr_ void **snapshot)
{
    ULONG room = SNAPSHOT_SIZE_FIRST;
    NTSTATUS status = STATUS_SUCCESS;

    while (room <= SNAPSHOT_SIZE_MAX) {
        void *taken = vg_allocate(VG_PAGED, room, VG_TAG_PROCESS);
        ULONG needed = 0;

        if (taken == NULL)
            return STATUS_INSUFFICIENT_RESOURCES;
        status = ZwQuerySystemInformation(VG_SYSTEM_PROCESS_INFORMATION, taken, room, &needed);
        if (NT_SUCCESS(status)) {
            *snapshot = taken;
            return STATUS_SUCCESS;
        }
        vg_free(taken, VG_TAG_PROCESS);
        if (status != STATUS_INFO_LENGTH_MISMATCH)
            return status;
        /* Some more may have started by then. */
        room = (ULONG)vg_greater(needed, room) + SNAPSHOT_SIZE_FIRST;
    }
    return STATUS_INSUFFICIENT_RESOURCES;
}

_Use_decl_annotations_
void vg_processes_add_running(void)
{
    void *snapshot = NULL;
    ULONG offset = 0;
    const struct vg_system_process *entry = NULL;
    NTSTATUS status = take_snapshot(&snapshot);

    if (!NT_SUCCESS(status)) {
        DbgPrint("vigil: the running processes could not be listed (0x%08X); they are looked at as they "
                 "start others\n",
                 (unsigned)status);
        return;
    }
    do {
        entry = (const struct vg_system_process *)(const void *)((const uint8_t *)snapshot + offset);
        /* Asked for by id, so one that exited since and whose id was used again is not taken for the other.
         */
        vg_process_release(vg_process_identify(entry->UniqueProcessId));
        offset += entry->NextEntryOffset;
    } while (entry->NextEntryOffset != 0);
    vg_free(snapshot, VG_TAG_PROCESS);
}

#include "policy.h"

#include "atomic.h"
#include "config.h"
#include "digest.h"
#include "file.h"
#include "hashes.h"
#include "spares.h"

struct generation {
    struct vg_generation shown;
    LONG references; /* one of them: being in force */
    void *blob;
    struct vg_spares scratch;
};

static KSPIN_LOCK lock;
static struct generation *in_force;
static uint64_t generations;
static volatile LONG last_status;

_Use_decl_annotations_
void vg_policy_start(void)
{
    KeInitializeSpinLock(&lock);
    in_force = NULL;
    generations = 0;
    last_status = STATUS_NOT_FOUND;
}

_IRQL_requires_max_(APC_LEVEL) static void free_generation(_In_ struct generation *generation)
{
    vg_spares_stop(&generation->scratch);
    vg_free(generation->blob, VG_TAG_POLICY);
    vg_free(generation, VG_TAG_POLICY);
}

_Use_decl_annotations_
struct vg_generation *vg_policy_acquire(void)
{
    struct generation *generation = NULL;
    KIRQL irql;

    KeAcquireSpinLock(&lock, &irql);
    generation = in_force;
    if (generation != NULL)
        generation->references++;
    KeReleaseSpinLock(&lock, irql);
    return generation == NULL ? NULL : &generation->shown;
}

_Use_decl_annotations_
void vg_policy_release(struct vg_generation *shown)
{
    struct generation *generation = NULL;
    LONG left = 0;
    KIRQL irql;

    if (shown == NULL)
        return;
    generation = CONTAINING_RECORD(shown, struct generation, shown);
    KeAcquireSpinLock(&lock, &irql);
    left = --generation->references;
    KeReleaseSpinLock(&lock, irql);
    if (left == 0)
        free_generation(generation);
}

_Use_decl_annotations_
void vg_policy_stop(void)
{
    struct generation *generation = in_force;

    in_force = NULL;
    if (generation != NULL)
        vg_policy_release(&generation->shown);
}

_Use_decl_annotations_
void *vg_policy_take_scratch(struct vg_generation *shown)
{
    struct generation *generation = CONTAINING_RECORD(shown, struct generation, shown);
    bool used = false;
    void *scratch = vg_spares_take(&generation->scratch, &used);

    if (scratch != NULL && !used)
        vg_policy_scratch_init(&shown->policy, scratch);
    return scratch;
}

_Use_decl_annotations_
void vg_policy_give_scratch(struct vg_generation *shown, void *scratch)
{
    vg_spares_give(&CONTAINING_RECORD(shown, struct generation, shown)->scratch, scratch);
}

_IRQL_requires_max_(PASSIVE_LEVEL) static void say_why(_Out_ struct vg_abi_load_reply *reply,
                                                       _In_z_ const char *check, _In_ size_t offset)
{
    uint32_t length = 0;

    memset(reply, 0, sizeof(*reply));
    while (length < sizeof(reply->check) && check[length] != '\0') {
        reply->check[length] = check[length];
        length++;
    }
    reply->check_length = length;
    reply->offset = offset;
}

_IRQL_requires_max_(PASSIVE_LEVEL) static bool asks_for_hashes(_In_ const struct vg_policy_info *info)
{
    return info->record_hashes || (info->fields & VG_HASHES) != 0;
}

_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ static NTSTATUS
    open_blob(_Inout_ struct generation *generation, _In_ size_t size,
              _Inout_ struct vg_abi_load_reply *reply)
{
    struct vg_blob_error error = {.check = "not a policy", .offset = 0};
    struct vg_generation *shown = &generation->shown;

    if (!vg_policy_open(&shown->policy, generation->blob, size, &error)) {
        say_why(reply, error.check, error.offset);
        return STATUS_FILE_CORRUPT_ERROR;
    }
    vg_policy_info(&shown->policy, &shown->info);
    if (!vg_digest_can_be_had() && asks_for_hashes(&shown->info)) {
        say_why(reply, "it asks for hashes, and this driver, built for systems before Windows 7, has none",
                0);
        return STATUS_FILE_CORRUPT_ERROR;
    }
    vg_spares_start(&generation->scratch, vg_policy_scratch_size(&shown->policy), VG_TAG_SCRATCH);
    return STATUS_SUCCESS;
}

/* Which policies a new one may replace. */
enum replaces {
    REPLACES_ANY,
    REPLACES_NONE, /* if one has ever been in force, it is newer than this one */
};

_IRQL_requires_max_(PASSIVE_LEVEL) static bool publish(_Inout_ struct generation *generation,
                                                       _In_ enum replaces replaces)
{
    struct generation *old = NULL;
    bool published = false;
    KIRQL irql;

    KeAcquireSpinLock(&lock, &irql);
    if (replaces == REPLACES_ANY || generations == 0) {
        generation->shown.number = ++generations;
        old = in_force;
        in_force = generation;
        published = true;
    }
    KeReleaseSpinLock(&lock, irql);
    if (old != NULL)
        vg_policy_release(&old->shown);
    return published;
}

/* Takes over `blob` (VG_TAG_POLICY), whatever the outcome. */
_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ static NTSTATUS
    load(_In_ void *blob, _In_ size_t size, _In_ enum replaces replaces,
         _Inout_ struct vg_abi_load_reply *reply)
{
    struct generation *generation = vg_allocate_zeroed(VG_NON_PAGED, sizeof(*generation), VG_TAG_POLICY);
    NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;

    if (generation == NULL) {
        vg_free(blob, VG_TAG_POLICY);
        return status;
    }
    generation->references = 1;
    generation->blob = blob;
    generation->shown.size = size;
    status = open_blob(generation, size, reply);
    if (!NT_SUCCESS(status) || !publish(generation, replaces))
        free_generation(generation);
    return status;
}

_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ static NTSTATUS keep_status(_In_ NTSTATUS status)
{
    InterlockedExchange(&last_status, status);
    return status;
}

_Use_decl_annotations_
NTSTATUS vg_policy_load(const void *blob, size_t size, struct vg_abi_load_reply *reply)
{
    void *copy = NULL;

    memset(reply, 0, sizeof(*reply));
    if (size == 0 || size > VG_POLICY_SIZE_MAX) {
        say_why(reply, size == 0 ? "an empty policy" : "a policy of more than 256 MiB", 0);
        return keep_status(STATUS_FILE_CORRUPT_ERROR);
    }
    copy = vg_allocate(VG_PAGED, size, VG_TAG_POLICY);
    if (copy == NULL)
        return keep_status(STATUS_INSUFFICIENT_RESOURCES);
    memcpy(copy, blob, size);
    return keep_status(load(copy, size, REPLACES_ANY, reply));
}

_Use_decl_annotations_
NTSTATUS vg_policy_load_file(void)
{
    struct vg_abi_load_reply reply;
    void *blob = NULL;
    size_t size = 0;
    NTSTATUS status = STATUS_NOT_FOUND;

    if (vg_config.policy_path.units == NULL)
        return keep_status(status);
    status = vg_file_read_whole(vg_string_span(&vg_config.policy_path), VG_POLICY_SIZE_MAX, VG_TAG_POLICY,
                                &blob, &size);
    if (!NT_SUCCESS(status))
        return keep_status(status);
    status = load(blob, size, REPLACES_NONE, &reply);
    if (status == STATUS_FILE_CORRUPT_ERROR)
        DbgPrint("vigil: the policy file was refused: %.*s (offset %u)\n", (int)reply.check_length,
                 reply.check, (unsigned)reply.offset); /* a policy is far smaller than 4 GiB */
    return keep_status(status);
}

_Use_decl_annotations_
NTSTATUS vg_policy_status(void)
{
    return (NTSTATUS)vg_read(&last_status);
}

_Use_decl_annotations_
uint64_t vg_policy_generations(void)
{
    uint64_t count = 0;
    KIRQL irql;

    KeAcquireSpinLock(&lock, &irql);
    count = generations;
    KeReleaseSpinLock(&lock, irql);
    return count;
}

#include "process.h"

#include "counters.h"
#include "memory.h"

/* Twice the exited processes that are kept: ids given one after the other, as they are on a machine that ran
 * for long, have a bucket each, and a start walks over no entries that left the cache long ago. */
#define BUCKETS 4096u

/* Text kept for exited processes; how many of them are kept at all. A live process's texts are kept whatever
 * there is: a bound that some processes can fill would blind the rules on all others' parents, and a process
 * costs the system more than the 128 KiB that its two texts can take at most. */
#define TEXT_EXITED_MAX (8u * 1024u * 1024u)
#define EXITED_MAX      2048u

/* A denied process is torn down within milliseconds; one that is still there after this (100 ns units) was
 * let run. */
#define DENIED_LIFE_MAX (10u * 10000000u)

static KSPIN_LOCK lock;
static LIST_ENTRY buckets[BUCKETS];
static LIST_ENTRY exited; /* oldest first */
static uint32_t exited_count;
static uint32_t live_count;
static size_t text_exited_size;
static uint32_t boot_id;

_IRQL_requires_max_(DISPATCH_LEVEL) static LIST_ENTRY *bucket_of(_In_ uint32_t id)
{
    return &buckets[id / 4 % BUCKETS]; /* ids are multiples of 4 */
}

_IRQL_requires_max_(DISPATCH_LEVEL) static size_t text_of(_In_ const struct vg_process *process)
{
    return (size_t)process->image.text.size + process->command_line.text.size;
}

_IRQL_requires_max_(PASSIVE_LEVEL) static uint32_t fold_time(_In_ uint64_t time)
{
    uint32_t hash = 0x811C9DC5u;

    for (unsigned i = 0; i < 8; i++)
        hash = (hash ^ (uint8_t)(time >> 8 * i)) * 0x01000193u; /* FNV-1a */
    return hash;
}

_Use_decl_annotations_
void vg_processes_start(void)
{
    struct vg_system_time_of_day time = {.Reserved = 0};
    ULONG needed = 0;

    KeInitializeSpinLock(&lock);
    for (uint32_t i = 0; i < BUCKETS; i++)
        InitializeListHead(&buckets[i]);
    InitializeListHead(&exited);
    exited_count = 0;
    live_count = 0;
    text_exited_size = 0;
    if (!NT_SUCCESS(
            ZwQuerySystemInformation(VG_SYSTEM_TIME_OF_DAY_INFORMATION, &time, sizeof(time), &needed)))
        time.BootTime.QuadPart = (LONGLONG)vg_system_time();
    boot_id = fold_time((uint64_t)time.BootTime.QuadPart);
}

_Use_decl_annotations_
struct vg_process *vg_process_new(uint32_t id, uint64_t create_time)
{
    struct vg_process *process = vg_allocate_zeroed(VG_NON_PAGED, sizeof(*process), VG_TAG_PROCESS);

    if (process == NULL)
        return NULL;
    process->references = 1;
    process->id = id;
    process->create_time = create_time;
    memcpy(process->guid.bytes, &boot_id, 4);
    memcpy(process->guid.bytes + 4, &id, 4);
    memcpy(process->guid.bytes + 8, &create_time, 8);
    process->image.state = VG_FACT_UNKNOWN;
    process->command_line.state = VG_FACT_UNKNOWN;
    return process;
}

_IRQL_requires_max_(APC_LEVEL) static void free_process(_In_ struct vg_process *process)
{
    vg_string_free(&process->image.text);
    vg_string_free(&process->command_line.text);
    vg_free(process, VG_TAG_PROCESS);
}

_Use_decl_annotations_
void vg_process_release(struct vg_process *process)
{
    if (process != NULL && InterlockedDecrement(&process->references) == 0)
        free_process(process);
}

/* Takes a process out of the table. The table's reference goes to `dropped`, to be released without the lock,
 * because text is paged. */
_Requires_lock_held_(lock)
    _IRQL_requires_(DISPATCH_LEVEL) static void take_out(_Inout_ struct vg_process *process,
                                                         _Inout_ LIST_ENTRY *dropped)
{
    RemoveEntryList(&process->link);
    process->in_table = false;
    if (process->exited) {
        RemoveEntryList(&process->exited_link);
        exited_count--;
        text_exited_size -= text_of(process);
    } else {
        live_count--;
    }
    InsertTailList(dropped, &process->link);
}

_Requires_lock_held_(lock)
    _IRQL_requires_(DISPATCH_LEVEL) static void drop_oldest_exited(_Inout_ LIST_ENTRY *dropped)
{
    take_out(CONTAINING_RECORD(exited.Flink, struct vg_process, exited_link), dropped);
}

_Requires_lock_not_held_(lock)
    _IRQL_requires_max_(APC_LEVEL) static void release_dropped(_Inout_ LIST_ENTRY *dropped)
{
    while (!IsListEmpty(dropped))
        vg_process_release(CONTAINING_RECORD(RemoveHeadList(dropped), struct vg_process, link));
}

_Requires_lock_held_(lock)
    _IRQL_requires_(DISPATCH_LEVEL) static void move_to_exited(_Inout_ struct vg_process *process,
                                                               _Inout_ LIST_ENTRY *dropped)
{
    process->exited = true;
    live_count--;
    InsertTailList(&exited, &process->exited_link);
    exited_count++;
    text_exited_size += text_of(process);
    while (exited_count > EXITED_MAX || text_exited_size > TEXT_EXITED_MAX)
        drop_oldest_exited(dropped);
}

/* The newest process of the id whose creation time fits. */
_Requires_lock_held_(lock) _IRQL_requires_(DISPATCH_LEVEL) _Ret_maybenull_
    static struct vg_process *look_up(_In_ uint32_t id, _In_ uint64_t create_time)
{
    LIST_ENTRY *bucket = bucket_of(id);
    struct vg_process *found = NULL;

    for (LIST_ENTRY *link = bucket->Flink; link != bucket; link = link->Flink) {
        struct vg_process *process = CONTAINING_RECORD(link, struct vg_process, link);

        if (process->id != id || (create_time != 0 && process->create_time != create_time))
            continue;
        if (found == NULL || process->create_time > found->create_time)
            found = process;
    }
    return found;
}

_Use_decl_annotations_
struct vg_process *vg_process_find(uint32_t id, uint64_t create_time)
{
    struct vg_process *process = NULL;
    KIRQL irql;

    KeAcquireSpinLock(&lock, &irql);
    process = look_up(id, create_time);
    if (process != NULL)
        InterlockedIncrement(&process->references);
    KeReleaseSpinLock(&lock, irql);
    return process;
}

_Requires_lock_held_(lock)
    _IRQL_requires_(DISPATCH_LEVEL) static void insert(_Inout_ struct vg_process *process,
                                                       _In_ const struct vg_kept *image,
                                                       _In_ const struct vg_kept *command_line,
                                                       _Inout_ LIST_ENTRY *dropped)
{
    struct vg_process *older = look_up(process->id, 0);

    if (older != NULL && older->create_time == process->create_time)
        take_out(older, dropped); /* added while its start was being decided: this one knows more */
    else if (older != NULL && !older->exited)
        move_to_exited(older, dropped); /* its exit went unseen; its id has been given away */
    process->image = *image;
    process->command_line = *command_line;
    InsertHeadList(bucket_of(process->id), &process->link);
    process->in_table = true;
    live_count++;
    InterlockedIncrement(&process->references);
}

/* What is offered may lie in paged memory, which must not be touched under the lock: so it is moved by way of
 * the stack. */
_Use_decl_annotations_
void vg_process_publish(struct vg_process *process, const struct vg_kept *image,
                        const struct vg_kept *command_line)
{
    struct vg_kept resident_image = *image;
    struct vg_kept resident_command_line = *command_line;
    LIST_ENTRY dropped;
    KIRQL irql;

    InitializeListHead(&dropped);
    KeAcquireSpinLock(&lock, &irql);
    insert(process, &resident_image, &resident_command_line, &dropped);
    KeReleaseSpinLock(&lock, irql);
    release_dropped(&dropped);
}

_Use_decl_annotations_
bool vg_process_publish_unseen(struct vg_process *process, const struct vg_kept *image)
{
    struct vg_kept resident_image = *image;
    struct vg_kept command_line = {.state = VG_FACT_UNKNOWN};
    bool inserted = false;
    LIST_ENTRY dropped;
    KIRQL irql;

    InitializeListHead(&dropped);
    KeAcquireSpinLock(&lock, &irql);
    if (look_up(process->id, process->create_time) == NULL) {
        insert(process, &resident_image, &command_line, &dropped);
        inserted = true;
    }
    KeReleaseSpinLock(&lock, irql);
    release_dropped(&dropped);
    return inserted;
}

_Requires_lock_held_(lock)
    _IRQL_requires_(DISPATCH_LEVEL) static void note_running(_Inout_ struct vg_process *process)
{
    if (!process->undone) {
        process->undone = true;
        vg_count(&vg_counters.undone);
    }
}

_IRQL_requires_max_(DISPATCH_LEVEL) static bool has_outlived_denial(_In_ const struct vg_process *process,
                                                                    _In_ uint64_t now)
{
    return process->denied && !process->exited && now > process->create_time + DENIED_LIFE_MAX;
}

_Use_decl_annotations_
bool vg_process_exited(struct vg_process *process)
{
    uint64_t now = vg_system_time();
    bool denied = false;
    LIST_ENTRY dropped;
    KIRQL irql;

    InitializeListHead(&dropped);
    KeAcquireSpinLock(&lock, &irql);
    if (has_outlived_denial(process, now))
        note_running(process);
    denied = process->denied && !process->undone;
    if (process->in_table && !process->exited)
        move_to_exited(process, &dropped);
    KeReleaseSpinLock(&lock, irql);
    release_dropped(&dropped);
    return denied;
}

_Use_decl_annotations_
void vg_process_runs(struct vg_process *process)
{
    KIRQL irql;

    if (!process->denied) /* set before the process is in the table, or never */
        return;
    KeAcquireSpinLock(&lock, &irql);
    note_running(process);
    KeReleaseSpinLock(&lock, irql);
}

_Use_decl_annotations_
uint64_t vg_processes_check(void)
{
    uint64_t now = vg_system_time();
    uint64_t live = 0;
    KIRQL irql;

    KeAcquireSpinLock(&lock, &irql);
    for (uint32_t i = 0; i < BUCKETS; i++) {
        for (LIST_ENTRY *link = buckets[i].Flink; link != &buckets[i]; link = link->Flink) {
            struct vg_process *process = CONTAINING_RECORD(link, struct vg_process, link);

            if (has_outlived_denial(process, now))
                note_running(process);
        }
    }
    live = live_count;
    KeReleaseSpinLock(&lock, irql);
    return live;
}

_Use_decl_annotations_
void vg_processes_stop(void)
{
    LIST_ENTRY dropped;
    KIRQL irql;

    InitializeListHead(&dropped);
    KeAcquireSpinLock(&lock, &irql);
    for (uint32_t i = 0; i < BUCKETS; i++) {
        while (!IsListEmpty(&buckets[i]))
            take_out(CONTAINING_RECORD(buckets[i].Flink, struct vg_process, link), &dropped);
    }
    KeReleaseSpinLock(&lock, irql);
    release_dropped(&dropped);
}

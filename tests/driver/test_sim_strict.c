/* The sim's strictness: each breach of a routine's contract is caught, and named. */
#include "../cmocka_all.h"

#include <bcrypt.h>
#include <sim/sanitizers.h>
#include <sim/sim.h>

#include "violation.h"

#define TAG 0x74736554u /* 'Test' */

static void start(void)
{
    sim_start(&(struct sim_options){.windows = SIM_WINDOWS_10_2004});
}

static void *block(void)
{
    return ExAllocatePoolWithTag(NonPagedPoolNx, 16, TAG);
}

/* ---- pool ---- */

static void free_twice(void)
{
    void *memory;
    start();
    memory = block();
    ExFreePoolWithTag(memory, TAG);
    ExFreePoolWithTag(memory, TAG);
}

static void free_with_another_tag(void)
{
    start();
    ExFreePoolWithTag(block(), TAG + 1);
}

static void free_a_plain_value(void)
{
    start();
    ExFreePool((PVOID)(uintptr_t)0x4000);
}

static void allocate_nx_on_windows_7(void)
{
    sim_start(&(struct sim_options){.windows = SIM_WINDOWS_7});
    block();
}

static void allocate_paged_at_dispatch(void)
{
    KIRQL old;
    start();
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    ExAllocatePoolWithTag(PagedPool, 16, TAG);
}

static void allocate_nothing(void)
{
    start();
    ExAllocatePoolWithTag(PagedPool, 0, TAG);
}

static void put_an_event_in_paged_pool(void)
{
    start();
    KeInitializeEvent(ExAllocatePoolWithTag(PagedPool, sizeof(KEVENT), TAG), NotificationEvent, FALSE);
}

static void touch_paged_pool_at_dispatch(void)
{
    volatile char *paged;
    KIRQL old;
    start();
    paged = ExAllocatePoolWithTag(PagedPool, 16, TAG);
    paged[0] = 1;
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    paged[0] = 2;
}

static void write_beyond_a_block(void)
{
    volatile char *memory;
    start();
    memory = block();
    memory[16] = 1;
    ExFreePoolWithTag((PVOID)(uintptr_t)memory, TAG);
}

static void paged_pool_cannot_be_touched_at_dispatch(void **state)
{
    (void)state;
    start();
    if (!sim_checks_paging())
        skip(); /* this processor has no protection keys, or AddressSanitizer needs the memory */
    assert_violation(touch_paged_pool_at_dispatch, "paged pool was touched at DISPATCH_LEVEL");
    sim_end();
}

static void an_overrun_is_caught(void **state)
{
    (void)state;
    if (SIM_ASAN)
        skip(); /* AddressSanitizer says it in words of its own, at once */
    assert_violation(write_beyond_a_block, "was written beyond its end");
}

static void pool_breaches_are_caught(void **state)
{
    (void)state;
    assert_violation(free_twice, "double free");
    assert_violation(free_with_another_tag, "freed a block of tag 'Test' with the tag 'Uest'");
    assert_violation(free_a_plain_value, "which is not a block of pool");
    assert_violation(allocate_nx_on_windows_7, "NonPagedPoolNx, which this Windows does not have");
    assert_violation(allocate_paged_at_dispatch,
                     "was called at DISPATCH_LEVEL; it may be called at APC_LEVEL at most");
    assert_violation(allocate_nothing, "was asked for 0 bytes");
    assert_violation(put_an_event_in_paged_pool, "storage in paged pool");
}

/* ---- IRQL, locks, waits ---- */

static KSPIN_LOCK spin;
static FAST_MUTEX fast;
static ERESOURCE resource;
static KEVENT event;

static void acquire_a_spin_lock_twice(void)
{
    KIRQL irql;
    start();
    KeInitializeSpinLock(&spin);
    KeAcquireSpinLock(&spin, &irql);
    KeAcquireSpinLock(&spin, &irql);
}

static void release_a_spin_lock_that_is_free(void)
{
    start();
    KeInitializeSpinLock(&spin);
    KeReleaseSpinLock(&spin, PASSIVE_LEVEL);
}

static void wait_with_a_spin_lock(void)
{
    KIRQL irql;
    start();
    KeInitializeSpinLock(&spin);
    KeInitializeEvent(&event, NotificationEvent, TRUE);
    KeAcquireSpinLock(&spin, &irql);
    KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, NULL);
}

static void wait_at_dispatch(void)
{
    KIRQL irql;
    start();
    KeInitializeEvent(&event, NotificationEvent, TRUE);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, NULL);
}

static void open_a_file_with_a_fast_mutex(void)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(u"\\SystemRoot\\explorer.exe");
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK io;
    HANDLE handle;
    start();
    ExInitializeFastMutex(&fast);
    ExAcquireFastMutex(&fast);
    assert_int_equal(KeGetCurrentIrql(), APC_LEVEL);
    InitializeObjectAttributes(&attributes, &name, OBJ_KERNEL_HANDLE, NULL, NULL);
    ZwOpenFile(&handle, FILE_READ_DATA, &attributes, &io, 0, 0);
}

static void open_a_file_with_a_resource(void)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(u"\\SystemRoot\\explorer.exe");
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK io;
    HANDLE handle;
    start();
    ExInitializeResourceLite(&resource);
    KeEnterCriticalRegion();
    ExAcquireResourceExclusiveLite(&resource, TRUE);
    InitializeObjectAttributes(&attributes, &name, OBJ_KERNEL_HANDLE, NULL, NULL);
    ZwOpenFile(&handle, FILE_READ_DATA, &attributes, &io, 0, 0);
}

static void acquire_a_resource_outside_a_critical_region(void)
{
    start();
    ExInitializeResourceLite(&resource);
    ExAcquireResourceExclusiveLite(&resource, TRUE);
}

static void leave_a_critical_region_never_entered(void)
{
    start();
    KeLeaveCriticalRegion();
}

static void lower_irql_upwards(void)
{
    start();
    KeLowerIrql(DISPATCH_LEVEL);
}

static void release_rundown_too_often(void)
{
    EX_RUNDOWN_REF run;
    start();
    ExInitializeRundownProtection(&run);
    ExReleaseRundownProtection(&run);
}

static void lock_breaches_are_caught(void **state)
{
    (void)state;
    assert_violation(acquire_a_spin_lock_twice, "holds the lock already (deadlock)");
    assert_violation(release_a_spin_lock_that_is_free, "the thread does not hold this lock");
    assert_violation(wait_with_a_spin_lock, "would wait while holding a lock");
    assert_violation(wait_at_dispatch, "KeWaitForSingleObject was called at DISPATCH_LEVEL");
    assert_violation(open_a_file_with_a_fast_mutex, "ZwOpenFile was called while holding a fast mutex");
    assert_violation(open_a_file_with_a_resource, "ZwOpenFile was called while holding an ERESOURCE");
    assert_violation(acquire_a_resource_outside_a_critical_region, "no critical region");
    assert_violation(leave_a_critical_region_never_entered, "outside a critical region");
    assert_violation(lower_irql_upwards, "KeLowerIrql was asked to raise");
    assert_violation(release_rundown_too_often, "more often than");
}

/* ---- objects, handles, files, hashes ---- */

static HANDLE open_explorer(ULONG attributes, ULONG options)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(u"\\SystemRoot\\explorer.exe");
    OBJECT_ATTRIBUTES object;
    IO_STATUS_BLOCK io;
    HANDLE handle = NULL;

    InitializeObjectAttributes(&object, &name, attributes, NULL, NULL);
    assert_int_equal(ZwOpenFile(&handle, FILE_READ_DATA | SYNCHRONIZE, &object, &io, 0, options), 0);
    return handle;
}

static void open_a_user_handle(void)
{
    start();
    open_explorer(0, FILE_SYNCHRONOUS_IO_NONALERT);
}

static void close_twice(void)
{
    HANDLE handle;
    start();
    handle = open_explorer(OBJ_KERNEL_HANDLE, FILE_SYNCHRONOUS_IO_NONALERT);
    ZwClose(handle);
    ZwClose(handle);
}

static void dereference_too_often(void)
{
    start();
    ObDereferenceObject(sim_explorer_process());
}

static void read_without_synchronous_io(void)
{
    IO_STATUS_BLOCK io;
    char buffer[4];
    start();
    ZwReadFile(open_explorer(OBJ_KERNEL_HANDLE, 0), NULL, NULL, NULL, &io, buffer, sizeof(buffer), NULL,
               NULL);
}

static void open_an_oplocked_file(void)
{
    start();
    sim_set_file_flags(sim_find_file("C:\\Windows\\explorer.exe"), SIM_FILE_OPLOCKED);
    open_explorer(OBJ_KERNEL_HANDLE, FILE_SYNCHRONOUS_IO_NONALERT);
}

static void do_file_io_in_a_guarded_region(void)
{
    start();
    KeEnterGuardedRegion();
    open_explorer(OBJ_KERNEL_HANDLE, FILE_SYNCHRONOUS_IO_NONALERT);
}

static void hash_with_a_dead_handle(void)
{
    start();
    BCryptHashData(NULL, (PUCHAR) "a", 1, 0);
}

static void object_breaches_are_caught(void **state)
{
    (void)state;
    assert_violation(open_a_user_handle, "without OBJ_KERNEL_HANDLE in the context of a user process");
    assert_violation(close_twice, "a handle that is closed already");
    assert_violation(dereference_too_often, "that the driver does not hold");
    assert_violation(read_without_synchronous_io, "not for synchronous I/O");
    assert_violation(open_an_oplocked_file, "without FILE_COMPLETE_IF_OPLOCKED");
    assert_violation(do_file_io_in_a_guarded_region, "special kernel APCs off");
    assert_violation(hash_with_a_dead_handle, "no hash handle");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pool_breaches_are_caught),
        cmocka_unit_test(paged_pool_cannot_be_touched_at_dispatch),
        cmocka_unit_test(an_overrun_is_caught),
        cmocka_unit_test(lock_breaches_are_caught),
        cmocka_unit_test(object_breaches_are_caught),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

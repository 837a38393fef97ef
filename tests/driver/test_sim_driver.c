/* The sim's strictness with a driver: what DriverEntry, callbacks, requests and Unload must leave as they
 * found it. The driver is this file's own, one breach at a time. */
#include "../cmocka_all.h"

#include <sim/sanitizers.h>
#include <sim/sim.h>

#include "violation.h"

#define TAG 0x74736554u

/* ---- a driver that does all right ---- */

static PDEVICE_OBJECT device;
static UNICODE_STRING device_name = RTL_CONSTANT_STRING(u"\\Device\\Test");
static UNICODE_STRING link_name = RTL_CONSTANT_STRING(u"\\DosDevices\\Test");
static PIRP pended;
static NTSTATUS verdict;
static unsigned creations, exits;
static void (*in_callback)(void);
static PFILE_OBJECT image_file; /* of the creation that is being told of */
static void (*in_control)(PIRP irp);

static void on_process(PEPROCESS process, HANDLE id, PPS_CREATE_NOTIFY_INFO info)
{
    (void)process, (void)id;
    image_file = info ? info->FileObject : NULL;
    if (in_callback)
        in_callback();
    if (!info) {
        exits++;
        return;
    }
    creations++;
    info->CreationStatus = verdict;
}

static NTSTATUS succeed(PDEVICE_OBJECT object, PIRP irp)
{
    (void)object;
    irp->IoStatus.Status = STATUS_SUCCESS;
    irp->IoStatus.Information = 0;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

static NTSTATUS control(PDEVICE_OBJECT object, PIRP irp)
{
    if (!in_control)
        return succeed(object, irp);
    in_control(irp);
    return STATUS_SUCCESS;
}

static void cancel_read(PDEVICE_OBJECT object, PIRP irp)
{
    (void)object;
    IoReleaseCancelSpinLock(irp->CancelIrql);
    pended = NULL;
    irp->IoStatus.Status = STATUS_CANCELLED;
    irp->IoStatus.Information = 0;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
}

static NTSTATUS pend_read(PDEVICE_OBJECT object, PIRP irp)
{
    (void)object;
    IoMarkIrpPending(irp);
    pended = irp;
    IoSetCancelRoutine(irp, cancel_read);
    return STATUS_PENDING;
}

static void unload(PDRIVER_OBJECT driver)
{
    PsSetCreateProcessNotifyRoutineEx(on_process, TRUE);
    IoDeleteSymbolicLink(&link_name);
    IoDeleteDevice(driver->DeviceObject);
}

static NTSTATUS entry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
    NTSTATUS status;

    (void)path;
    driver->DriverUnload = unload;
    driver->MajorFunction[IRP_MJ_CREATE] = driver->MajorFunction[IRP_MJ_CLOSE] = succeed;
    driver->MajorFunction[IRP_MJ_CLEANUP] = succeed;
    driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = control;
    driver->MajorFunction[IRP_MJ_READ] = pend_read;
    status = IoCreateDevice(driver, 0, &device_name, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;
    status = IoCreateSymbolicLink(&link_name, &device_name);
    if (NT_SUCCESS(status))
        status = PsSetCreateProcessNotifyRoutineEx(on_process, FALSE);
    if (!NT_SUCCESS(status)) {
        IoDeleteSymbolicLink(&link_name);
        IoDeleteDevice(device);
    }
    return status;
}

static void start(void)
{
    sim_start(&(struct sim_options){.windows = SIM_WINDOWS_10_2004});
    creations = exits = 0;
    verdict = STATUS_SUCCESS;
    in_callback = NULL;
    in_control = NULL;
}

static NTSTATUS start_cmd(PEPROCESS *process)
{
    return sim_start_process(&(struct sim_process_options){.image = "C:\\Windows\\System32\\cmd.exe"},
                             process);
}

static void a_correct_driver_loads_and_unloads(void **state)
{
    PEPROCESS process;

    (void)state;
    start();
    assert_int_equal(sim_load_driver_entry(entry), STATUS_SUCCESS);
    assert_int_equal(start_cmd(&process), STATUS_SUCCESS);
    sim_exit_process(process, 7);
    assert_int_equal(creations, 1);
    assert_int_equal(exits, 1);
    assert_int_equal(sim_unload_driver(), STATUS_SUCCESS);
    sim_end();
}

static void a_denied_creation_is_followed_by_its_exit(void **state)
{
    (void)state;
    start();
    verdict = STATUS_ACCESS_DENIED;
    assert_int_equal(sim_load_driver_entry(entry), STATUS_SUCCESS);
    assert_int_equal(start_cmd(NULL), STATUS_ACCESS_DENIED);
    assert_int_equal(creations, 1);
    assert_int_equal(exits, 1);
    assert_int_equal(sim_unload_driver(), STATUS_SUCCESS);
    sim_end();
}

static void registration_answers_as_documented(void **state)
{
    (void)state;
    sim_start(&(struct sim_options){.windows = SIM_WINDOWS_7, .no_integrity_bit = true});
    assert_int_equal(sim_load_driver_entry(entry), STATUS_ACCESS_DENIED);
    sim_end();
    sim_start(&(struct sim_options){.windows = SIM_WINDOWS_7, .notify_table_full = true});
    assert_int_equal(sim_load_driver_entry(entry), STATUS_INVALID_PARAMETER);
    sim_end();
}

static void every_failure_of_loading_is_reached_in_turn(void **state)
{
    const char *const expected[] = {"IoCreateDevice", "IoCreateSymbolicLink",
                                    "PsSetCreateProcessNotifyRoutineEx"};

    (void)state;
    for (unsigned n = 1; n <= 3; n++) {
        start();
        sim_fail_nth(n);
        assert_false(NT_SUCCESS(sim_load_driver_entry(entry)));
        assert_string_equal(sim_fail_fired(), expected[n - 1]);
        sim_end();
    }
}

static void an_unload_waits_for_the_last_handle(void **state)
{
    struct sim_handle *handle, *second;

    (void)state;
    start();
    assert_int_equal(sim_load_driver_entry(entry), STATUS_SUCCESS);
    assert_int_equal(sim_open(sim_services_process(), "\\Device\\Test", GENERIC_READ, &handle),
                     STATUS_SUCCESS);
    assert_int_equal(sim_unload_driver(), STATUS_DEVICE_BUSY);
    assert_int_equal(sim_open(sim_services_process(), "\\DosDevices\\Test", GENERIC_READ, &second),
                     STATUS_NO_SUCH_DEVICE);
    assert_true(sim_driver_loaded());
    sim_close(handle);
    assert_false(sim_driver_loaded());
    sim_end();
}

static void a_pended_read_ends_when_it_is_cancelled(void **state)
{
    struct sim_handle *handle;
    struct sim_request *request;
    char buffer[8];

    (void)state;
    start();
    assert_int_equal(sim_load_driver_entry(entry), STATUS_SUCCESS);
    assert_int_equal(sim_open(sim_services_process(), "\\Device\\Test", GENERIC_READ, &handle),
                     STATUS_SUCCESS);
    request = sim_read_async(handle, buffer, sizeof(buffer));
    assert_false(sim_request_done(request));
    assert_int_equal(sim_wait(request, 10, NULL), STATUS_TIMEOUT);
    sim_cancel(request);
    assert_int_equal(sim_wait(request, 1000, NULL), STATUS_CANCELLED);
    sim_close(handle);
    assert_int_equal(sim_unload_driver(), STATUS_SUCCESS);
    sim_end();
}

/* ---- the breaches ---- */

static NTSTATUS leaking_entry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
    (void)driver, (void)path;
    ExAllocatePoolWithTag(PagedPool, 8, TAG);
    return STATUS_UNSUCCESSFUL;
}

static void leak_pool(void)
{
    start();
    sim_load_driver_entry(leaking_entry);
}

static void forgetful_unload(PDRIVER_OBJECT driver)
{
    (void)driver;
}

static void load_and_forget(void (*which)(PDRIVER_OBJECT))
{
    start();
    sim_load_driver_entry(entry);
    sim_driver_object()->DriverUnload = which;
    sim_unload_driver();
}

static void forget_the_device(void)
{
    load_and_forget(forgetful_unload);
}

static void unload_without_callback(PDRIVER_OBJECT driver)
{
    IoDeleteSymbolicLink(&link_name);
    IoDeleteDevice(driver->DeviceObject);
}

static void forget_the_callback(void)
{
    load_and_forget(unload_without_callback);
}

static void unload_with_reference(PDRIVER_OBJECT driver)
{
    PEPROCESS process;
    PsLookupProcessByProcessId((HANDLE)4, &process);
    unload(driver);
}

static void forget_a_reference(void)
{
    load_and_forget(unload_with_reference);
}

static void callback_breach(void (*breach)(void))
{
    start();
    sim_load_driver_entry(entry);
    in_callback = breach;
    start_cmd(NULL);
}

static void raise_irql(void)
{
    KIRQL old;
    KeRaiseIrql(APC_LEVEL, &old);
}

static void return_at_apc_level(void)
{
    callback_breach(raise_irql);
}

static void leave_region(void)
{
    callback_breach(KeLeaveCriticalRegion);
}

static KSPIN_LOCK kept;

static void keep_lock(void)
{
    KIRQL irql;
    KeInitializeSpinLock(&kept);
    KeAcquireSpinLock(&kept, &irql);
}

static void return_with_a_lock(void)
{
    callback_breach(keep_lock);
}

static void remove_myself(void)
{
    PsSetCreateProcessNotifyRoutineEx(on_process, TRUE);
}

static void remove_the_callback_in_itself(void)
{
    callback_breach(remove_myself);
}

static void open_key(void)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(u"\\Registry\\Machine\\System");
    OBJECT_ATTRIBUTES attributes;
    HANDLE key;
    InitializeObjectAttributes(&attributes, &name, OBJ_KERNEL_HANDLE, NULL, NULL);
    ZwOpenKey(&key, KEY_READ, &attributes);
}

static void use_the_registry_in_a_callback(void)
{
    callback_breach(open_key);
}

static void ask_the_creators_file(void)
{
    FILE_STANDARD_INFORMATION standard;
    IO_STATUS_BLOCK io;
    HANDLE handle;
    ObOpenObjectByPointer(image_file, OBJ_KERNEL_HANDLE, NULL, FILE_READ_ATTRIBUTES, *IoFileObjectType,
                          KernelMode, &handle);
    ZwQueryInformationFile(handle, &io, &standard, sizeof(standard), FileStandardInformation);
}

static void send_a_request_to_the_creators_file(void)
{
    callback_breach(ask_the_creators_file);
}

static void request_breach(void (*breach)(PIRP irp))
{
    struct sim_handle *handle;
    char buffer[8] = {0};

    start();
    sim_load_driver_entry(entry);
    in_control = breach;
    sim_open(sim_services_process(), "\\Device\\Test", GENERIC_ALL, &handle);
    sim_ioctl(handle, CTL_CODE(FILE_DEVICE_UNKNOWN, 0x800, METHOD_BUFFERED, FILE_ANY_ACCESS), buffer, 4,
              buffer, 8, NULL);
}

static void complete_again(PIRP irp)
{
    succeed(NULL, irp);
    IoCompleteRequest(irp, IO_NO_INCREMENT);
}

static void complete_twice(void)
{
    request_breach(complete_again);
}

static void look_back(PIRP irp)
{
    succeed(NULL, irp);
    if (irp->IoStatus.Status)
        raise_irql();
}

static void touch_a_completed_irp(void)
{
    request_breach(look_back);
}

static void do_nothing(PIRP irp)
{
    (void)irp;
}

static void forget_to_complete(void)
{
    request_breach(do_nothing);
}

static void claim_much(PIRP irp)
{
    irp->IoStatus.Status = STATUS_SUCCESS;
    irp->IoStatus.Information = 9;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
}

static void return_more_than_fits(void)
{
    request_breach(claim_much);
}

static void leave_a_read_pended_at_cleanup(void)
{
    struct sim_handle *handle;
    char buffer[8];

    start();
    sim_load_driver_entry(entry);
    sim_open(sim_services_process(), "\\Device\\Test", GENERIC_READ, &handle);
    sim_read_async(handle, buffer, sizeof(buffer));
    sim_close(handle);
}

static void unload_with_request(PDRIVER_OBJECT driver)
{
    static IO_STATUS_BLOCK io;
    HANDLE handle;
    UNICODE_STRING name = RTL_CONSTANT_STRING(u"\\SystemRoot\\explorer.exe");
    OBJECT_ATTRIBUTES attributes;
    PVOID file;

    InitializeObjectAttributes(&attributes, &name, OBJ_KERNEL_HANDLE, NULL, NULL);
    ZwOpenFile(&handle, SYNCHRONIZE, &attributes, &io, 0, FILE_SYNCHRONOUS_IO_NONALERT);
    ObReferenceObjectByHandle(handle, 0, *IoFileObjectType, KernelMode, &file, NULL);
    IoBuildDeviceIoControlRequest(0x2D1400, ((PFILE_OBJECT)file)->DeviceObject, NULL, 0, NULL, 0, FALSE, NULL,
                                  &io);
    ObDereferenceObject(file);
    ZwClose(handle);
    unload(driver);
}

static void forget_a_request(void)
{
    load_and_forget(unload_with_request);
}

static void what_a_driver_leaves_behind_is_named(void **state)
{
    (void)state;
    assert_violation(leak_pool, "1 block(s) of pool are still allocated after DriverEntry failed");
    assert_violation(forget_the_device, "was not deleted after DriverUnload");
    assert_violation(forget_the_callback,
                     "1 notification routine(s) are still registered after DriverUnload");
    assert_violation(forget_a_request, "1 IRP(s) were never completed, after DriverUnload");
    assert_violation(forget_a_reference,
                     "taken by PsLookupProcessByProcessId are still held after DriverUnload");
}

static void what_a_callback_changes_is_named(void **state)
{
    (void)state;
    assert_violation(return_at_apc_level,
                     "the process callback was entered at PASSIVE_LEVEL and returned at APC_LEVEL");
    assert_violation(leave_region, "the process callback changed the critical region count");
    assert_violation(return_with_a_lock, "the process callback returned holding a spin lock");
    assert_violation(remove_the_callback_in_itself, "it would wait for itself");
    assert_violation(use_the_registry_in_a_callback, "the registry is out of bounds there");
    assert_violation(send_a_request_to_the_creators_file, "whose lock he may hold for ever");
}

static void what_happens_to_a_request_is_named(void **state)
{
    (void)state;
    if (SIM_TSAN)
        skip(); /* the touch happens inside ThreadSanitizer's own code, where no signal gets through */
    assert_violation(complete_twice, "touched after it had been completed");
    assert_violation(touch_a_completed_irp, "touched after it had been completed");
    assert_violation(forget_to_complete, "and did not complete the IRP");
    assert_violation(return_more_than_fits, "beyond the caller's 8 bytes");
    assert_violation(leave_a_read_pended_at_cleanup, "IRP_MJ_CLEANUP left 1 request(s) pended");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_correct_driver_loads_and_unloads),
        cmocka_unit_test(a_denied_creation_is_followed_by_its_exit),
        cmocka_unit_test(registration_answers_as_documented),
        cmocka_unit_test(every_failure_of_loading_is_reached_in_turn),
        cmocka_unit_test(an_unload_waits_for_the_last_handle),
        cmocka_unit_test(a_pended_read_ends_when_it_is_cancelled),
        cmocka_unit_test(what_a_driver_leaves_behind_is_named),
        cmocka_unit_test(what_a_callback_changes_is_named),
        cmocka_unit_test(what_happens_to_a_request_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

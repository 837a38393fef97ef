/* The sim's strictness with a driver: what DriverEntry and Unload may not leave behind. */
#include "../cmocka_all.h"

#include "toy.h"
#include "violation.h"

#define TAG 0x74736554u

static NTSTATUS leaking_entry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
    (void)driver, (void)path;
    ExAllocatePoolWithTag(PagedPool, 8, TAG);
    return STATUS_UNSUCCESSFUL;
}

static void leak_pool(void)
{
    toy_start();
    sim_load_driver_entry(leaking_entry);
}

static void forgetful_unload(PDRIVER_OBJECT driver)
{
    (void)driver;
}

static void load_and_forget(void (*which)(PDRIVER_OBJECT))
{
    toy_start();
    sim_load_driver_entry(toy_entry);
    sim_driver_object()->DriverUnload = which;
    sim_unload_driver();
}

static void forget_the_device(void)
{
    load_and_forget(forgetful_unload);
}

static void unload_without_callback(PDRIVER_OBJECT driver)
{
    IoDeleteSymbolicLink(&toy_link);
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
    toy_unload(driver);
}

static void forget_a_reference(void)
{
    load_and_forget(unload_with_reference);
}

static void unload_with_token(PDRIVER_OBJECT driver)
{
    PsReferencePrimaryToken(PsInitialSystemProcess);
    toy_unload(driver);
}

static void forget_a_token(void)
{
    load_and_forget(unload_with_token);
}

static void unload_without_link(PDRIVER_OBJECT driver)
{
    PsSetCreateProcessNotifyRoutineEx(toy_on_process, TRUE);
    IoDeleteDevice(driver->DeviceObject);
}

static void forget_the_link(void)
{
    load_and_forget(unload_without_link);
}

static HANDLE open_explorer(void)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(u"\\SystemRoot\\explorer.exe");
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK io;
    HANDLE handle;

    InitializeObjectAttributes(&attributes, &name, OBJ_KERNEL_HANDLE, NULL, NULL);
    ZwOpenFile(&handle, SYNCHRONIZE, &attributes, &io, 0, FILE_SYNCHRONOUS_IO_NONALERT);
    return handle;
}

static void unload_with_handle(PDRIVER_OBJECT driver)
{
    open_explorer();
    toy_unload(driver);
}

static void forget_a_handle(void)
{
    load_and_forget(unload_with_handle);
}

static KEVENT never;

static void wait_for_ever(PVOID context)
{
    (void)context;
    KeWaitForSingleObject(&never, Executive, KernelMode, FALSE, NULL);
}

static void unload_with_thread(PDRIVER_OBJECT driver)
{
    HANDLE thread;

    KeInitializeEvent(&never, NotificationEvent, FALSE);
    PsCreateSystemThread(&thread, THREAD_ALL_ACCESS, NULL, NULL, NULL, wait_for_ever, NULL);
    ZwClose(thread);
    toy_unload(driver);
}

static void forget_a_thread(void)
{
    load_and_forget(unload_with_thread);
}

static KEVENT begun;

static void wait_in_work(PDEVICE_OBJECT object, PVOID item)
{
    (void)object;
    IoFreeWorkItem(item);
    KeSetEvent(&begun, IO_NO_INCREMENT, FALSE);
    wait_for_ever(NULL);
}

static void unload_with_waiter(PDRIVER_OBJECT driver)
{
    PIO_WORKITEM item = IoAllocateWorkItem(toy_device);
    LARGE_INTEGER moment = {.QuadPart = -200000};

    KeInitializeEvent(&never, NotificationEvent, FALSE);
    KeInitializeEvent(&begun, NotificationEvent, FALSE);
    IoQueueWorkItem(item, wait_in_work, 1, item);
    KeWaitForSingleObject(&begun, Executive, KernelMode, FALSE, NULL);
    KeDelayExecutionThread(KernelMode, FALSE, &moment);
    toy_unload(driver);
}

static void forget_a_waiter(void)
{
    load_and_forget(unload_with_waiter);
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
    toy_unload(driver);
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
    assert_violation(forget_the_link,
                     "the symbolic link \\DosDevices\\Test was not deleted after DriverUnload");
    assert_violation(forget_a_handle,
                     "a handle of a File made by ZwOpenFile is still open after DriverUnload");
    assert_violation(forget_a_thread, "1 system thread(s) of the driver still run after DriverUnload");
    assert_violation(forget_a_waiter, "a thread still waits in the driver after DriverUnload");
    assert_violation(forget_the_callback,
                     "1 notification routine(s) are still registered after DriverUnload");
    assert_violation(forget_a_request, "1 IRP(s) were never completed, after DriverUnload");
    assert_violation(forget_a_reference,
                     "taken by PsLookupProcessByProcessId are still held after DriverUnload");
    assert_violation(forget_a_token, "1 reference(s) to a Token taken by PsReferencePrimaryToken are still "
                                     "held after DriverUnload");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_driver_leaves_behind_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Loading and unloading the driver. */
#include "driver.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>

#include "crypto.h"
#include "device.h"
#include "fault.h"
#include "irp.h"
#include "irql.h"
#include "lend.h"
#include "locks.h"
#include "object.h"
#include "pool.h"
#include "process.h"
#include "violation.h"
#include "volume.h"
#include "world.h"

#define REINIT_MAX 4

struct reinit {
    PDRIVER_REINITIALIZE routine;
    PVOID context;
};

static struct {
    bool loaded;
    bool in_entry;
    bool unload_pending;
    PDRIVER_OBJECT object;
    DRIVER_EXTENSION extension;
    UNICODE_STRING registry_path;
    void *module;
    struct reinit reinit[REINIT_MAX];
    unsigned reinit_count;
    ULONG reinit_round;
} driver;

bool sim_driver_loaded(void)
{
    return driver.loaded;
}

PDRIVER_OBJECT sim_driver_object(void)
{
    return driver.object;
}

bool sim_driver_is_unloading(void)
{
    return driver.unload_pending;
}

static NTSTATUS invalid_request(PDEVICE_OBJECT device, PIRP irp)
{
    (void)device;
    irp->IoStatus.Status = STATUS_INVALID_DEVICE_REQUEST;
    irp->IoStatus.Information = 0;
    IofCompleteRequest(irp, IO_NO_INCREMENT);
    return STATUS_INVALID_DEVICE_REQUEST;
}

/* As the I/O manager: the driver is called on a thread of the System process. */
static PEPROCESS enter_system(void)
{
    PEPROCESS before = sim_self()->process;

    sim_self()->process = PsInitialSystemProcess;
    return before;
}

static void check_gone(const char *when)
{
    sim_devices_check_empty(when);
    sim_notify_check_empty(when);
    sim_threads_check_empty(when);
    sim_waits_check_empty(when);
    sim_irps_check_empty(when);
    sim_objects_check_empty(when);
    sim_crypto_check_empty(when);
    sim_locks_check_empty(when);
    sim_pool_check_empty(when);
}

static void forget(void)
{
    void *module = driver.module;

    sim_take_back(&driver.registry_path);
    sim_text_free(&driver.object->DriverName);
    sim_object_unref(driver.object);
    memset(&driver, 0, sizeof(driver));
    if (module)
        dlclose(module);
}

static void call_reinit(void)
{
    struct reinit routines[REINIT_MAX];
    unsigned count = driver.reinit_count;
    PEPROCESS before = enter_system();

    memcpy(routines, driver.reinit, sizeof(routines));
    driver.reinit_count = 0;
    for (unsigned i = 0; i < count; i++) {
        struct sim_guard guard = sim_enter_driver();
        routines[i].routine(driver.object, routines[i].context, ++driver.reinit_round);
        sim_leave_driver(guard, "the reinitialization routine");
    }
    sim_self()->process = before;
}

NTSTATUS sim_load_driver_entry(PDRIVER_INITIALIZE entry)
{
    static const char key[] = SIM_SERVICE_KEY;
    PEPROCESS before;
    struct sim_guard guard;
    NTSTATUS status;

    if (driver.loaded)
        sim_violation("the test loads the driver twice");
    sim_fault_driver((const void *)(uintptr_t)entry);
    driver.object = sim_object_new(&sim_driver_type, sizeof(*driver.object), NULL);
    driver.object->Type = 4;
    driver.object->Size = sizeof(*driver.object);
    driver.object->DriverExtension = &driver.extension;
    driver.object->DriverInit = entry;
    driver.object->DriverName = sim_text("\\Driver\\Vigil");
    for (unsigned i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
        driver.object->MajorFunction[i] = invalid_request;
    driver.registry_path = sim_text(key);
    sim_lend(&driver.registry_path);
    driver.loaded = true;
    before = enter_system();
    guard = sim_enter_driver();
    driver.in_entry = true;
    status = entry(driver.object, &driver.registry_path);
    driver.in_entry = false;
    sim_leave_driver(guard, "DriverEntry");
    sim_self()->process = before;
    if (!NT_SUCCESS(status)) {
        check_gone("after DriverEntry failed");
        forget();
        return status;
    }
    sim_devices_initialized();
    if (!sim_is_booting())
        call_reinit();
    return status;
}

NTSTATUS sim_load_driver(const char *path)
{
    void *module = dlopen(path, RTLD_NOW | RTLD_NOLOAD);
    PDRIVER_INITIALIZE entry;
    NTSTATUS status;

    if (module)
        sim_violation("the module %s is still in memory from its last load: its globals are not fresh", path);
    module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!module)
        sim_violation("the driver cannot be loaded: %s", dlerror());
    entry = (PDRIVER_INITIALIZE)(uintptr_t)dlsym(module, "DriverEntry");
    if (!entry)
        sim_violation("%s has no DriverEntry", path);
    driver.module = module;
    status = sim_load_driver_entry(entry);
    return status;
}

void sim_driver_boot_finished(void)
{
    if (driver.loaded)
        call_reinit();
}

static void run_unload(void)
{
    PEPROCESS before = enter_system();
    struct sim_guard guard = sim_enter_driver();

    driver.object->DriverUnload(driver.object);
    sim_leave_driver(guard, "DriverUnload");
    sim_self()->process = before;
    check_gone("after DriverUnload");
    forget();
}

NTSTATUS sim_unload_driver(void)
{
    if (!driver.loaded)
        sim_violation("the test unloads a driver that is not loaded");
    if (!driver.object->DriverUnload)
        return STATUS_INVALID_DEVICE_REQUEST;
    for (PDEVICE_OBJECT device = driver.object->DeviceObject; device; device = device->NextDevice) {
        if (__atomic_load_n(&device->ReferenceCount, __ATOMIC_SEQ_CST)) {
            driver.unload_pending = true;
            return STATUS_DEVICE_BUSY;
        }
    }
    run_unload();
    return STATUS_SUCCESS;
}

void sim_driver_handle_closed(PDEVICE_OBJECT device)
{
    LONG left = __atomic_sub_fetch(&device->ReferenceCount, 1, __ATOMIC_SEQ_CST);

    sim_object_unref(device);
    if (left == 0 && driver.unload_pending)
        sim_unload_driver();
}

static void register_reinit(PDRIVER_OBJECT object, PDRIVER_REINITIALIZE routine, PVOID context,
                            const char *name)
{
    sim_service(name);
    if (object != driver.object)
        sim_violation("%s was given something that is not the driver's DRIVER_OBJECT", name);
    if (driver.reinit_count == REINIT_MAX)
        sim_violation("%s was called more than %d times", name, REINIT_MAX);
    driver.reinit[driver.reinit_count++] = (struct reinit){routine, context};
}

void IoRegisterDriverReinitialization(PDRIVER_OBJECT object, PDRIVER_REINITIALIZE routine,
                                      PVOID context) /* ntddk: PASSIVE_LEVEL */
{
    register_reinit(object, routine, context, "IoRegisterDriverReinitialization");
}

void IoRegisterBootDriverReinitialization(PDRIVER_OBJECT object, PDRIVER_REINITIALIZE routine,
                                          PVOID context) /* ntddk: PASSIVE_LEVEL */
{
    register_reinit(object, routine, context, "IoRegisterBootDriverReinitialization");
}

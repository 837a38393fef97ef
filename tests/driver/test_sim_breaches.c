/* The sim's strictness with a driver: what a callback and a request may not do, and must leave as they found
 * it, one breach at a time. */
#include "../cmocka_all.h"

#include <sim/sanitizers.h>

#include "toy.h"
#include "violation.h"

static void callback_breach(void (*breach)(void))
{
    toy_start();
    sim_load_driver_entry(toy_entry);
    toy.in_callback = breach;
    toy_start_cmd(NULL);
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
    PsSetCreateProcessNotifyRoutineEx(toy_on_process, TRUE);
}

static void remove_the_callback_in_itself(void)
{
    callback_breach(remove_myself);
}

static void register_again(void)
{
    PsSetCreateProcessNotifyRoutineEx((PCREATE_PROCESS_NOTIFY_ROUTINE_EX)(ULONG_PTR)1, FALSE);
}

static void register_in_a_callback(void)
{
    callback_breach(register_again);
}

static void watch_images(void)
{
    PsSetLoadImageNotifyRoutine((PLOAD_IMAGE_NOTIFY_ROUTINE)(ULONG_PTR)1);
}

static void register_for_images_in_a_callback(void)
{
    callback_breach(watch_images);
}

static volatile WCHAR unit;

static void look_for_the_end(void)
{
    PCUNICODE_STRING text = toy.info->CommandLine;

    for (unsigned i = 0; text->Buffer[i]; i++)
        unit = text->Buffer[i];
}

static void take_a_counted_text_for_a_terminated_one(void)
{
    callback_breach(look_for_the_end);
}

static __attribute__((noinline)) void use_stack(volatile char *above, unsigned depth)
{
    volatile char frame[1000];

    frame[0] = *above;
    if (depth)
        use_stack(frame, depth - 1);
    *above = frame[0];
}

static void use_much_stack(void)
{
    char first = 0;
    use_stack(&first, 9);
}

static void overrun_the_stack(void)
{
    callback_breach(use_much_stack);
}

static void use_less_stack(void)
{
    char first = 0;
    use_stack(&first, 5);
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
    ObOpenObjectByPointer(toy.info->FileObject, OBJ_KERNEL_HANDLE, NULL, FILE_READ_ATTRIBUTES,
                          *IoFileObjectType, KernelMode, &handle);
    ZwQueryInformationFile(handle, &io, &standard, sizeof(standard), FileStandardInformation);
}

static void send_a_request_to_the_creators_file(void)
{
    callback_breach(ask_the_creators_file);
}

static void ask_a_token_given_back(void)
{
    PACCESS_TOKEN token = PsReferencePrimaryToken(PsInitialSystemProcess);
    PVOID session = NULL;
    PsDereferencePrimaryToken(token);
    SeQueryInformationToken(token, TokenSessionId, &session);
}

static void use_a_token_that_is_not_held(void)
{
    callback_breach(ask_a_token_given_back);
}

static void give_a_token_back_twice(void)
{
    PACCESS_TOKEN token = PsReferencePrimaryToken(PsInitialSystemProcess);
    PsDereferencePrimaryToken(token);
    PsDereferencePrimaryToken(token);
}

static void give_back_a_token_that_is_not_held(void)
{
    callback_breach(give_a_token_back_twice);
}

static void give_back_a_process(void)
{
    PsDereferencePrimaryToken(PsInitialSystemProcess);
}

static void take_a_process_for_a_token(void)
{
    callback_breach(give_back_a_process);
}

static void request_breach(void (*breach)(PIRP irp))
{
    struct sim_handle *handle;
    char buffer[8] = {0};

    toy_start();
    sim_load_driver_entry(toy_entry);
    toy.in_control = breach;
    sim_open(sim_services_process(), "\\Device\\Test", GENERIC_ALL, &handle);
    sim_ioctl(handle, CTL_CODE(FILE_DEVICE_UNKNOWN, 0x800, METHOD_BUFFERED, FILE_ANY_ACCESS), buffer, 4,
              buffer, 8, NULL);
}

static void complete_again(PIRP irp)
{
    toy_succeed(NULL, irp);
    IoCompleteRequest(irp, IO_NO_INCREMENT);
}

static void delete_device(PIRP irp)
{
    (void)irp;
    IoDeleteDevice(toy_device);
}

static void delete_a_device_that_is_open(void)
{
    request_breach(delete_device);
}

static void complete_twice(void)
{
    request_breach(complete_again);
}

static void look_back(PIRP irp)
{
    toy_succeed(NULL, irp);
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

    toy_start();
    sim_load_driver_entry(toy_entry);
    sim_open(sim_services_process(), "\\Device\\Test", GENERIC_READ, &handle);
    sim_read_async(handle, buffer, sizeof(buffer));
    sim_close(handle);
}

static void what_a_callback_changes_is_named(void **state)
{
    (void)state;
    assert_violation(return_at_apc_level,
                     "the process callback was entered at PASSIVE_LEVEL and returned at APC_LEVEL");
    assert_violation(leave_region, "the process callback changed the critical region count");
    assert_violation(return_with_a_lock, "the process callback returned holding a spin lock");
    assert_violation(remove_the_callback_in_itself, "it would wait for itself");
    assert_violation(register_in_a_callback,
                     "PsSetCreateProcessNotifyRoutineEx was called from inside a callback");
    assert_violation(register_for_images_in_a_callback,
                     "PsSetLoadImageNotifyRoutine was called from inside a callback");
    assert_violation(use_the_registry_in_a_callback, "the registry is out of bounds there");
    assert_violation(send_a_request_to_the_creators_file, "whose lock he may hold for ever");
}

static void a_token_that_is_not_held_is_named(void **state)
{
    (void)state;
    assert_violation(use_a_token_that_is_not_held,
                     "SeQueryInformationToken was given a token that the driver holds no reference to");
    assert_violation(give_back_a_token_that_is_not_held,
                     "PsDereferencePrimaryToken was given a token that the driver holds no reference to");
    assert_violation(take_a_process_for_a_token,
                     "PsDereferencePrimaryToken was given something that is no token");
}

static void a_text_that_is_read_past_its_length_is_named(void **state)
{
    (void)state;
    if (SIM_TSAN)
        skip(); /* the touch happens inside ThreadSanitizer's own code, where no signal gets through */
    assert_violation(take_a_counted_text_for_a_terminated_one, "a UNICODE_STRING was read past its Length");
}

static void a_stack_that_is_used_beyond_the_drivers_share_is_named(void **state)
{
    (void)state;
    if (!sim_watches_drivers())
        skip(); /* gcc watches; a sanitizer's own frames are larger */
    toy_start();
    assert_int_equal(sim_load_driver_entry(toy_entry), STATUS_SUCCESS);
    toy.in_callback = use_less_stack;
    assert_int_equal(toy_start_cmd(NULL), STATUS_SUCCESS);
    assert_in_range(sim_deepest_stack(), 6000, 8192);
    assert_int_equal(sim_unload_driver(), STATUS_SUCCESS);
    sim_end();
    assert_violation(overrun_the_stack, "8192 are its share");
}

static void what_happens_to_a_request_is_named(void **state)
{
    (void)state;
    if (SIM_TSAN)
        skip(); /* the touch happens inside ThreadSanitizer's own code, where no signal gets through */
    assert_violation(complete_twice, "touched after it had been completed");
    assert_violation(touch_a_completed_irp, "touched after it had been completed");
    assert_violation(delete_a_device_that_is_open, "IoDeleteDevice was given a device with 1 open handle(s)");
    assert_violation(forget_to_complete, "and did not complete the IRP");
    assert_violation(return_more_than_fits, "beyond the caller's 8 bytes");
    assert_violation(leave_a_read_pended_at_cleanup, "IRP_MJ_CLEANUP left 1 request(s) pended");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_callback_changes_is_named),
        cmocka_unit_test(what_happens_to_a_request_is_named),
        cmocka_unit_test(a_token_that_is_not_held_is_named),
        cmocka_unit_test(a_text_that_is_read_past_its_length_is_named),
        cmocka_unit_test(a_stack_that_is_used_beyond_the_drivers_share_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

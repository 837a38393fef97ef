/* The machine as a whole: version, clock, text; start and end. */
#include "world.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include <vigil/text.h>

#include "crypto.h"
#include "device.h"
#include "driver.h"
#include "fault.h"
#include "irp.h"
#include "irql.h"
#include "locks.h"
#include "object.h"
#include "paging.h"
#include "process.h"
#include "registry.h"
#include "token.h"
#include "touch.h"
#include "violation.h"
#include "volume.h"

static struct sim_options machine;
static bool booting;
static uint64_t set_back;     /* 100 ns that the wall clock was */
static uint64_t clock_offset; /* 100 ns that sim_advance_ms added */
static struct timespec started;

static ULONG safe_boot_mode;
PULONG InitSafeBootMode = &safe_boot_mode;

enum sim_windows sim_windows(void)
{
    return machine.windows;
}

ULONG sim_build(void)
{
    return machine.build;
}

void sim_since(enum sim_windows since, const char *routine)
{
    if (machine.windows < since)
        sim_violation("%s was called on a Windows that does not have it", routine);
}

bool sim_is_booting(void)
{
    return booting;
}

bool sim_has_integrity_bit(void)
{
    return !machine.no_integrity_bit;
}

bool sim_notify_table_is_full(void)
{
    return machine.notify_table_full;
}

void sim_start(const struct sim_options *options)
{
    machine = *options;
    booting = options->booting;
    safe_boot_mode = options->safe_mode ? 1 : 0;
    clock_offset = 0;
    set_back = 0;
    clock_gettime(CLOCK_MONOTONIC, &started);
    *sim_self() = (struct sim_thread_state){0};
    sim_paging_start();
    sim_set_irql(PASSIVE_LEVEL);
    sim_fault_reset();
    sim_said_reset();
    sim_irps_start();
    sim_touch_start();
    sim_objects_start();
    sim_tokens_start();
    sim_volumes_start();
    sim_processes_start();
}

void sim_end(void)
{
    sim_fault_reset();
    if (sim_driver_loaded())
        sim_violation("the test ended with the driver loaded");
    sim_processes_end();
    sim_volumes_end();
    sim_registry_end();
    sim_tokens_end();
    sim_objects_end();
    sim_enter_process(NULL);
}

void sim_abandon(void)
{
    if (!sim_driver_loaded() || sim_self()->in_kernel)
        return;
    sim_fault_reset();
    sim_close_all();
    if (!sim_driver_loaded() || NT_SUCCESS(sim_unload_driver())) /* one can be without an Unload routine */
        sim_end();
}

void sim_finish_boot(void)
{
    booting = false;
    sim_driver_boot_finished();
}

uint64_t sim_patience(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)((now.tv_sec - started.tv_sec) * 10000000 + (now.tv_nsec - started.tv_nsec) / 100);
}

uint64_t sim_uptime(void)
{
    return sim_patience() + __atomic_load_n(&clock_offset, __ATOMIC_SEQ_CST);
}

uint64_t sim_boot_time(void)
{
    return 134000000000000000ull - __atomic_load_n(&set_back, __ATOMIC_SEQ_CST); /* in August 2025 */
}

uint64_t sim_now(void)
{
    return sim_boot_time() + sim_uptime();
}

void sim_set_clock_back_ms(unsigned milliseconds)
{
    __atomic_add_fetch(&set_back, (uint64_t)milliseconds * 10000u, __ATOMIC_SEQ_CST);
}

void sim_advance_ms(unsigned milliseconds)
{
    __atomic_add_fetch(&clock_offset, (uint64_t)milliseconds * 10000u, __ATOMIC_SEQ_CST);
}

void *sim_alloc(size_t size)
{
    void *memory = calloc(1, size);

    if (!memory)
        sim_violation("the test machine has no memory left");
    return memory;
}

UNICODE_STRING sim_text(const char *utf8)
{
    size_t size = strlen(utf8), count;
    uint16_t *units = sim_alloc((size + 1) * sizeof(*units));

    if (!vg_utf16_from_utf8(utf8, size, units, size, &count, NULL) || count > UNICODE_STRING_MAX_CHARS - 1)
        sim_violation("the test gave a text that is no UTF-8, or too long for a UNICODE_STRING: %.60s", utf8);
    return (UNICODE_STRING){(USHORT)(count * 2), (USHORT)(count * 2 + 2), units};
}

UNICODE_STRING sim_text_copy(const UNICODE_STRING *text)
{
    UNICODE_STRING copy = {text->Length, (USHORT)(text->Length + 2), sim_alloc(text->Length + 2u)};

    memcpy(copy.Buffer, text->Buffer, text->Length);
    return copy;
}

UNICODE_STRING sim_text_join(const UNICODE_STRING *a, const UNICODE_STRING *b)
{
    USHORT length = (USHORT)(a->Length + b->Length);
    UNICODE_STRING joined = {length, (USHORT)(length + 2), sim_alloc(length + 2u)};

    memcpy(joined.Buffer, a->Buffer, a->Length);
    memcpy((char *)joined.Buffer + a->Length, b->Buffer, b->Length);
    return joined;
}

void sim_text_free(UNICODE_STRING *text)
{
    free(text->Buffer);
    *text = (UNICODE_STRING){0};
}

char *sim_utf8(const UNICODE_STRING *text)
{
    struct vg_span span = {text->Buffer, text->Length};
    size_t size = vg_utf8_from_utf16(span, NULL, 0);
    char *utf8 = sim_alloc(size + 1);

    vg_utf8_from_utf16(span, utf8, size);
    return utf8;
}

bool sim_text_equal(const UNICODE_STRING *a, const UNICODE_STRING *b)
{
    return vg_text_equal_folded((struct vg_span){a->Buffer, a->Length},
                                (struct vg_span){b->Buffer, b->Length});
}

bool sim_text_starts(const UNICODE_STRING *text, const UNICODE_STRING *prefix)
{
    return text->Length >= prefix->Length &&
           sim_text_equal(&(UNICODE_STRING){prefix->Length, prefix->Length, text->Buffer}, prefix);
}

LARGE_INTEGER KeQueryPerformanceCounter(PLARGE_INTEGER frequency) /* wdm: any IRQL */
{
    if (frequency)
        frequency->QuadPart = 10000000;
    return (LARGE_INTEGER){.QuadPart = (LONGLONG)sim_uptime()};
}

void KeQuerySystemTime(PLARGE_INTEGER time) /* wdm: any IRQL */
{
    time->QuadPart = (LONGLONG)sim_now();
}

ULONGLONG KeQueryInterruptTime(void) /* wdm: any IRQL */
{
    return sim_uptime();
}

ULONG KeQueryTimeIncrement(void) /* wdm: any IRQL */
{
    return 156250;
}

void KeQueryTickCount(PLARGE_INTEGER count) /* wdm: any IRQL */
{
    count->QuadPart = (LONGLONG)(sim_uptime() / 156250);
}

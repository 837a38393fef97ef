/* Failures chosen by the driver's call stack, for tools/faults, through the environment: SIM_FAULT_STACKS
 * names a file to which every stack is appended from which a call is made that can fail, a line each, "ID
 * ROUTINE"; SIM_FAULT_AT is the ID of the stack from which the first such call fails. */
#include "fault.h"

#include <dlfcn.h>
#include <execinfo.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "violation.h"

#define FRAMES_MAX 64
#define STACKS_MAX 4096u /* a power of 2 */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static uint64_t seen[STACKS_MAX]; /* a hash table; 0 is none */
static unsigned seen_count;
static uintptr_t driver_begin, driver_end; /* where the driver is mapped */
static bool has_failed;
static const char *list_file, *fails_at; /* the environment, as it was when the driver was loaded */

void sim_fault_driver(const void *entry)
{
    struct dl_find_object found;

    list_file = getenv("SIM_FAULT_STACKS");
    fails_at = getenv("SIM_FAULT_AT");
    if (_dl_find_object((void *)(uintptr_t)entry, &found) != 0)
        sim_violation("the driver's module cannot be found");
    driver_begin = (uintptr_t)found.dlfo_map_start;
    driver_end = (uintptr_t)found.dlfo_map_end;
}

/* FNV-1a, 64 bits. */
static uint64_t mix(uint64_t hash, const void *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ ((const unsigned char *)bytes)[i]) * 0x100000001B3u;
    return hash;
}

/* The same in every run of a build: of where the driver's frames are in it. 0 when it has none. */
static uint64_t stack_id(const char *routine)
{
    void *frames[FRAMES_MAX];
    int count = backtrace(frames, FRAMES_MAX);
    uint64_t id = mix(0xCBF29CE484222325u, routine, strlen(routine));
    bool is_the_drivers = false;

    for (int i = 0; i < count; i++) {
        uintptr_t at = (uintptr_t)frames[i] - driver_begin;

        if (at >= driver_end - driver_begin)
            continue;
        id = mix(id, &at, sizeof(at));
        is_the_drivers = true;
    }
    return is_the_drivers ? id : 0;
}

/* Under the lock. Whether it is the first time. */
static bool note(uint64_t id)
{
    size_t at = id % STACKS_MAX;

    while (seen[at] != 0 && seen[at] != id)
        at = (at + 1) % STACKS_MAX;
    if (seen[at] == id)
        return false;
    if (++seen_count == STACKS_MAX)
        sim_violation("calls that can fail are made from more than %u stacks", STACKS_MAX);
    seen[at] = id;
    return true;
}

static void write_down(const char *file, uint64_t id, const char *routine)
{
    FILE *list = fopen(file, "a");

    if (!list)
        sim_violation("%s cannot be written to", file);
    fprintf(list, "%016" PRIx64 " %s\n", id, routine);
    fclose(list);
}

bool sim_fault_at_stack(const char *routine)
{
    uint64_t id = list_file || fails_at ? stack_id(routine) : 0;
    bool fails = false;

    if (id == 0)
        return false;
    pthread_mutex_lock(&lock);
    if (list_file && note(id))
        write_down(list_file, id, routine);
    if (fails_at && !has_failed && strtoull(fails_at, NULL, 16) == id)
        fails = has_failed = true;
    pthread_mutex_unlock(&lock);
    return fails;
}

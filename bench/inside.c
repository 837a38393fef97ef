#define _GNU_SOURCE

#include "inside.h"

#include "measure.h"

#include <sim/sim.h>

#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <x86intrin.h>

#define STUBS      128
#define STUB_SIZE  16
#define CALIBRATED 1000u

/* The thread's clock. The stubs know these members by their offsets. */
struct bench_split {
    uint64_t on;     /* 0; it runs, when it is not 0 */
    uint64_t since;  /* the counter when the driver's code was entered last */
    uint64_t inside; /* ticks in the driver's code before that */
    uint64_t calls;  /* of routines */
    uint64_t back;   /* where the routine's caller goes on */
};
extern _Thread_local struct bench_split bench_split;
_Thread_local struct bench_split bench_split;

/* What the stubs lead to. */
extern const void *bench_targets[STUBS];
const void *bench_targets[STUBS];
extern char bench_stubs[];

/* A stub keeps every register that holds an argument, and the stack as the routine expects it, so it does for
 * any routine: it takes the return address away, calls, and goes back there itself. What the routine calls in
 * the driver (it has its own callbacks) counts as the routine's. */
__asm__(".text\n"
        ".balign 16\n"
        "bench_stubs:\n"
        ".set stub, 0\n"
        ".rept 128\n"
        "    .balign 16\n"
        "    movq bench_targets + 8 * stub(%rip), %r11\n"
        "    jmp stop_and_call\n"
        "    .set stub, stub + 1\n"
        ".endr\n"
        "stop_and_call:\n"
        "    cmpq $0, %fs:bench_split@tpoff\n"
        "    jne 1f\n"
        "    jmp *%r11\n"
        "1:  movq %rdx, %r10\n"
        "    rdtsc\n"
        "    shlq $32, %rdx\n"
        "    orq %rdx, %rax\n"
        "    subq %fs:bench_split@tpoff + 8, %rax\n"
        "    addq %rax, %fs:bench_split@tpoff + 16\n"
        "    incq %fs:bench_split@tpoff + 24\n"
        "    movq $0, %fs:bench_split@tpoff\n"
        "    popq %fs:bench_split@tpoff + 32\n"
        "    movq %r10, %rdx\n"
        "    xorl %eax, %eax\n"
        "    call *%r11\n"
        "    pushq %fs:bench_split@tpoff + 32\n"
        "    movq %rax, %r10\n"
        "    movq %rdx, %r11\n"
        "    movq $1, %fs:bench_split@tpoff\n"
        "    rdtsc\n"
        "    shlq $32, %rdx\n"
        "    orq %rdx, %rax\n"
        "    movq %rax, %fs:bench_split@tpoff + 8\n"
        "    movq %r10, %rax\n"
        "    movq %r11, %rdx\n"
        "    ret\n");

static unsigned stub_count;
static void *loaded;
static double ticks_a_nanosecond;
static double ticks_a_call;  /* what a stub adds to the time inside */
static double ticks_a_start; /* what reading the counter at both ends adds */
static struct bench_inside last;
static PCREATE_PROCESS_NOTIFY_ROUTINE_EX notify;
static NTSTATUS (*register_routine)(ULONG type, PVOID routine, BOOLEAN remove);

static void begin(void)
{
    bench_split = (struct bench_split){.on = 1};
    bench_split.since = __rdtsc();
}

static void end(void)
{
    bench_split.inside += __rdtsc() - bench_split.since;
    bench_split.on = 0;
}

static void *stub_of(const void *target)
{
    for (unsigned i = 0; i < stub_count; i++) {
        if (bench_targets[i] == target)
            return bench_stubs + (size_t)i * STUB_SIZE;
    }
    if (stub_count == STUBS)
        bench_fail("the driver calls more than %d routines", STUBS);
    bench_targets[stub_count] = target;
    return bench_stubs + (size_t)stub_count++ * STUB_SIZE;
}

/* ---- what is timed ---- */

static void timed_notify(PEPROCESS process, HANDLE id, PPS_CREATE_NOTIFY_INFO info)
{
    uint64_t begun, ended;
    unsigned allocations;

    if (info == NULL) {
        notify(process, id, info);
        return;
    }
    allocations = sim_pool_allocations(0);
    begun = __rdtsc();
    begin();
    notify(process, id, info);
    end();
    ended = __rdtsc();
    last.whole = (double)(ended - begun) / ticks_a_nanosecond;
    last.inside = ((double)bench_split.inside - ticks_a_start - (double)bench_split.calls * ticks_a_call) /
                  ticks_a_nanosecond;
    last.calls = (unsigned)bench_split.calls;
    last.allocations = sim_pool_allocations(0) - allocations;
}

static NTSTATUS register_timed(ULONG type, PVOID routine, BOOLEAN remove)
{
    notify = (PCREATE_PROCESS_NOTIFY_ROUTINE_EX)(uintptr_t)routine;
    return register_routine(type, (PVOID)(uintptr_t)timed_notify, remove);
}

/* In place of the sim's: what it finds is called by way of stubs too. */
static PVOID look_up(PUNICODE_STRING name)
{
    static const WCHAR registration[] = u"PsSetCreateProcessNotifyRoutineEx2";
    PVOID found = MmGetSystemRoutineAddress(name);

    if (name->Length == sizeof(registration) - sizeof(WCHAR) &&
        memcmp(name->Buffer, registration, name->Length) == 0) {
        register_routine = (NTSTATUS(*)(ULONG, PVOID, BOOLEAN))(uintptr_t)found;
        return (PVOID)(uintptr_t)register_timed;
    }
    return found == NULL ? NULL : stub_of(found);
}

/* ---- calibration ---- */

static void do_nothing(void)
{
}

/* The least of many: what the clock costs when nothing disturbs it, so that not too much is taken off. */
static void calibrate(void)
{
    void (*volatile nothing)(void) = (void (*)(void))(uintptr_t)stub_of((const void *)(uintptr_t)do_nothing);
    double start = bench_now(), least = 1e9, least_start = 1e9;
    uint64_t ticks = __rdtsc();

    for (unsigned i = 0; i < CALIBRATED; i++) {
        begin();
        end();
        if ((double)bench_split.inside < least_start)
            least_start = (double)bench_split.inside;
    }
    for (unsigned i = 0; i < CALIBRATED; i++) {
        begin();
        for (unsigned call = 0; call < 100; call++)
            nothing();
        end();
        if ((double)bench_split.inside / 100 < least)
            least = (double)bench_split.inside / 100;
    }
    while (bench_now() - start < 1e8)
        ;
    ticks_a_nanosecond = (double)(__rdtsc() - ticks) / (bench_now() - start);
    ticks_a_start = least_start;
    ticks_a_call = least;
}

/* ---- the module ---- */

static const void *dynamic(const struct link_map *map, ElfW(Sxword) tag)
{
    for (const ElfW(Dyn) *entry = map->l_ld; entry->d_tag != DT_NULL; entry++) {
        if (entry->d_tag == tag)
            return (const void *)entry->d_un.d_ptr; /* or a size */
    }
    return NULL;
}

static bool is_sims(const char *name, const void **routine)
{
    Dl_info info;
    const ElfW(Sym) *symbol = NULL;
    void *found = dlsym(RTLD_DEFAULT, name);

    if (found == NULL || dladdr1(found, &info, (void **)&symbol, RTLD_DL_SYMENT) == 0 || symbol == NULL)
        return false;
    *routine = found;
    return strstr(info.dli_fname, "libvg_sim") != NULL && ELF64_ST_TYPE(symbol->st_info) == STT_FUNC;
}

static void point(const void **slot, const void *to)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    char *begin_page = (char *)((uintptr_t)slot & ~(page - 1));

    if (mprotect(begin_page, page, PROT_READ | PROT_WRITE) != 0)
        bench_fail("the driver's imports cannot be changed");
    *slot = to;
}

static void redirect(const struct link_map *map, const ElfW(Rela) * relocations, size_t size)
{
    const ElfW(Sym) *symbols = dynamic(map, DT_SYMTAB);
    const char *names = dynamic(map, DT_STRTAB);

    for (size_t i = 0; i < size / sizeof(*relocations); i++) {
        const ElfW(Sym) *symbol = symbols + ELF64_R_SYM(relocations[i].r_info);
        const void **slot = (const void **)(map->l_addr + relocations[i].r_offset);
        unsigned type = (unsigned)ELF64_R_TYPE(relocations[i].r_info);
        const void *routine = NULL;

        if ((type != R_X86_64_JUMP_SLOT && type != R_X86_64_GLOB_DAT) || symbol->st_shndx != SHN_UNDEF ||
            !is_sims(names + symbol->st_name, &routine))
            continue;
        point(slot, strcmp(names + symbol->st_name, "MmGetSystemRoutineAddress") == 0
                        ? (const void *)(uintptr_t)look_up
                        : stub_of(routine));
    }
}

void bench_inside_load(const char *module)
{
    struct link_map *map;
    PDRIVER_INITIALIZE entry;

    calibrate();
    loaded = dlopen(module, RTLD_NOW | RTLD_LOCAL);
    if (loaded == NULL || dlinfo(loaded, RTLD_DI_LINKMAP, &map) != 0)
        bench_fail("the driver cannot be loaded: %s", dlerror());
    redirect(map, dynamic(map, DT_JMPREL), (size_t)dynamic(map, DT_PLTRELSZ));
    redirect(map, dynamic(map, DT_RELA), (size_t)dynamic(map, DT_RELASZ));
    entry = (PDRIVER_INITIALIZE)(uintptr_t)dlsym(loaded, "DriverEntry");
    if (entry == NULL || !NT_SUCCESS(sim_load_driver_entry(entry)))
        bench_fail("the driver does not start");
}

const struct bench_inside *bench_inside_last(void)
{
    return &last;
}

void bench_inside_unload(void)
{
    dlclose(loaded);
}

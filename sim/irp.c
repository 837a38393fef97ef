/* IRPs: made, cancelled, completed exactly once, never touched after. */
#include "irp.h"

#include <pthread.h>
#include <sys/mman.h>

#include "irql.h"
#include "sanitizers.h"
#include "violation.h"
#include "world.h"

#define PAGE       4096u
#define PAGE_COUNT 16384u
#define LIVE       0x6C697665

/* What lies on a page behind the IRP. */
struct page {
    IRP irp;
    IO_STACK_LOCATION stack[1];
    struct sim_irp_owner *owner;
    ULONG state;
};
static_assert(sizeof(struct page) <= PAGE, "one page");

static unsigned char *arena;
static unsigned next_page;
static int live;
static pthread_mutex_t irp_lock = PTHREAD_MUTEX_INITIALIZER;
static KSPIN_LOCK cancel_lock;

/* ---- pages: AddressSanitizer's marks cost less than the processor's protection ---- */

#if SIM_ASAN

static void make_arena(void)
{
    arena = mmap(NULL, (size_t)PAGE * PAGE_COUNT, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (arena != MAP_FAILED)
        SIM_POISON(arena, (size_t)PAGE * PAGE_COUNT);
}

static void open_page(void *page)
{
    SIM_UNPOISON(page, PAGE);
}

static void close_page(void *page)
{
    SIM_POISON(page, PAGE);
}

#else

static void make_arena(void)
{
    arena =
        mmap(NULL, (size_t)PAGE * PAGE_COUNT, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
}

static void open_page(void *page)
{
    mprotect(page, PAGE, PROT_READ | PROT_WRITE);
}

static void close_page(void *page)
{
    madvise(page, PAGE, MADV_DONTNEED);
    mprotect(page, PAGE, PROT_NONE);
}

#endif

/* ---- */

void sim_irps_start(void)
{
    if (!arena)
        make_arena();
    if (arena == MAP_FAILED)
        sim_violation("the test machine has no address space left for IRPs");
}

bool sim_irp_is_at(const void *address)
{
    const unsigned char *at = address;

    return arena && at >= arena && at < arena + (size_t)PAGE * PAGE_COUNT;
}

PIRP sim_irp_new(struct sim_irp_owner *owner)
{
    struct page *page;

    pthread_mutex_lock(&irp_lock);
    page = (struct page *)(void *)(arena + (size_t)(next_page++ % PAGE_COUNT) * PAGE);
    pthread_mutex_unlock(&irp_lock);
    open_page(page);
    memset(page, 0, sizeof(*page));
    page->owner = owner;
    page->state = LIVE;
    __atomic_add_fetch(&live, 1, __ATOMIC_SEQ_CST);
    page->irp.Type = 6;
    page->irp.Size = sizeof(IRP) + sizeof(IO_STACK_LOCATION);
    page->irp.StackCount = 1;
    page->irp.CurrentLocation = 1;
    page->irp.Tail.Overlay.CurrentStackLocation = &page->stack[0];
    return &page->irp;
}

void sim_irp_retire(PIRP irp)
{
    close_page(irp);
}

static void (*when_completed)(void);

void sim_when_completed(void (*meanwhile)(void))
{
    __atomic_store_n(&when_completed, meanwhile, __ATOMIC_SEQ_CST);
}

void IofCompleteRequest(PIRP irp, CCHAR boost) /* wdm: <= DISPATCH_LEVEL; never with a spin lock held */
{
    struct page *page = (struct page *)irp;
    void (*meanwhile)(void);
    ULONG state;

    (void)boost;
    sim_max_irql(DISPATCH_LEVEL, "IoCompleteRequest");
    for (unsigned i = 0; i < sim_self()->held_count; i++) {
        if (sim_self()->held[i].kind == SIM_LOCK_SPIN || sim_self()->held[i].kind == SIM_LOCK_CANCEL)
            sim_violation("IoCompleteRequest was called while holding a spin lock");
    }
    state = __atomic_exchange_n(&page->state, 0, __ATOMIC_SEQ_CST);
    if (state != LIVE)
        sim_violation("an IRP was completed twice");
    if (irp->IoStatus.Status == STATUS_PENDING)
        sim_violation("an IRP was completed with STATUS_PENDING");
    if (__atomic_load_n(&irp->CancelRoutine, __ATOMIC_SEQ_CST))
        sim_violation("an IRP was completed with its cancel routine still set");
    __atomic_sub_fetch(&live, 1, __ATOMIC_SEQ_CST);
    page->owner->completed(page->owner, irp);
    meanwhile = __atomic_exchange_n(&when_completed, NULL, __ATOMIC_SEQ_CST);
    if (meanwhile)
        meanwhile();
}

void sim_irps_check_empty(const char *when)
{
    if (__atomic_load_n(&live, __ATOMIC_SEQ_CST))
        sim_violation("%d IRP(s) were never completed, %s", live, when);
}

void IoAcquireCancelSpinLock(PKIRQL irql) /* wdm: <= DISPATCH_LEVEL */
{
    *irql = KeAcquireSpinLockRaiseToDpc(&cancel_lock);
}

void IoReleaseCancelSpinLock(KIRQL irql) /* wdm: DISPATCH_LEVEL */
{
    KeReleaseSpinLock(&cancel_lock, irql);
}

BOOLEAN IoCancelIrp(PIRP irp) /* wdm: <= DISPATCH_LEVEL; the cancel routine releases the cancel spin lock */
{
    struct sim_guard before = sim_enter_driver();
    PDRIVER_CANCEL routine;
    KIRQL old;

    IoAcquireCancelSpinLock(&old);
    __atomic_store_n(&irp->Cancel, TRUE, __ATOMIC_SEQ_CST);
    routine = IoSetCancelRoutine(irp, NULL);
    if (!routine) {
        IoReleaseCancelSpinLock(old);
    } else {
        irp->CancelIrql = old;
        routine(irp->Tail.Overlay.CurrentStackLocation->DeviceObject, irp);
    }
    sim_leave_driver(before, "the cancel routine");
    return routine != NULL;
}

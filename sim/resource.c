/* ERESOURCE: many readers or one writer, recursive, in a critical region. */
#include <pthread.h>
#include <stdlib.h>

#include "fault.h"
#include "irql.h"
#include "locks.h"
#include "violation.h"
#include "world.h"

struct resource {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    unsigned shared;    /* acquisitions by readers */
    unsigned exclusive; /* by the writer, recursive */
    const void *writer; /* its sim_thread_state */
};

static int live;

static struct resource *resource_of(PERESOURCE resource)
{
    if (!resource->Implementation)
        sim_violation("an ERESOURCE was used before ExInitializeResourceLite or after ExDeleteResourceLite");
    return resource->Implementation;
}

NTSTATUS ExInitializeResourceLite(PERESOURCE resource) /* wdm: <= DISPATCH_LEVEL */
{
    struct resource *made = sim_alloc(sizeof(*made));

    sim_max_irql(DISPATCH_LEVEL, "ExInitializeResourceLite");
    pthread_mutex_init(&made->mutex, NULL);
    pthread_cond_init(&made->changed, NULL);
    *resource = (ERESOURCE){.Implementation = made};
    __atomic_add_fetch(&live, 1, __ATOMIC_SEQ_CST);
    return STATUS_SUCCESS;
}

NTSTATUS ExDeleteResourceLite(PERESOURCE resource) /* wdm: <= DISPATCH_LEVEL */
{
    struct resource *inner = resource_of(resource);

    sim_max_irql(DISPATCH_LEVEL, "ExDeleteResourceLite");
    if (inner->shared || inner->exclusive)
        sim_violation("ExDeleteResourceLite was given a resource that is held");
    pthread_mutex_destroy(&inner->mutex);
    pthread_cond_destroy(&inner->changed);
    free(inner);
    resource->Implementation = NULL;
    __atomic_sub_fetch(&live, 1, __ATOMIC_SEQ_CST);
    return STATUS_SUCCESS;
}

static void check_acquire(const char *routine)
{
    sim_max_irql(APC_LEVEL, routine);
    if (!KeAreApcsDisabled())
        sim_violation("%s was called with normal kernel APCs enabled (no critical region)", routine);
}

BOOLEAN ExAcquireResourceExclusiveLite(PERESOURCE resource,
                                       BOOLEAN wait) /* wdm: <= APC_LEVEL, kernel APCs off */
{
    struct resource *inner = resource_of(resource);
    bool got = true;

    check_acquire("ExAcquireResourceExclusiveLite");
    pthread_mutex_lock(&inner->mutex);
    while (inner->writer != sim_self() && (inner->writer || inner->shared)) {
        if (!inner->writer && sim_holds(resource))
            sim_violation("ExAcquireResourceExclusiveLite: this thread holds the resource shared (deadlock)");
        if (!wait) {
            got = false;
            break;
        }
        pthread_cond_wait(&inner->changed, &inner->mutex);
    }
    if (got) {
        inner->writer = sim_self();
        inner->exclusive++;
        sim_hold(resource, SIM_LOCK_RESOURCE, "ExAcquireResourceExclusiveLite");
    }
    pthread_mutex_unlock(&inner->mutex);
    return got;
}

BOOLEAN ExAcquireResourceSharedLite(PERESOURCE resource,
                                    BOOLEAN wait) /* wdm: <= APC_LEVEL, kernel APCs off */
{
    struct resource *inner = resource_of(resource);
    bool got = true;

    check_acquire("ExAcquireResourceSharedLite");
    pthread_mutex_lock(&inner->mutex);
    while (inner->writer && inner->writer != sim_self()) {
        if (!wait) {
            got = false;
            break;
        }
        pthread_cond_wait(&inner->changed, &inner->mutex);
    }
    if (got) {
        if (inner->writer)
            inner->exclusive++;
        else
            inner->shared++;
        sim_hold(resource, SIM_LOCK_RESOURCE, "ExAcquireResourceSharedLite");
    }
    pthread_mutex_unlock(&inner->mutex);
    return got;
}

void ExReleaseResourceLite(PERESOURCE resource) /* wdm: <= DISPATCH_LEVEL */
{
    struct resource *inner = resource_of(resource);

    sim_release(resource, SIM_LOCK_RESOURCE, "ExReleaseResourceLite");
    pthread_mutex_lock(&inner->mutex);
    if (inner->writer) {
        if (--inner->exclusive == 0)
            inner->writer = NULL;
    } else {
        inner->shared--;
    }
    pthread_cond_broadcast(&inner->changed);
    pthread_mutex_unlock(&inner->mutex);
}

void ExConvertExclusiveToSharedLite(PERESOURCE resource) /* wdm: <= DISPATCH_LEVEL */
{
    struct resource *inner = resource_of(resource);

    pthread_mutex_lock(&inner->mutex);
    if (inner->writer != sim_self())
        sim_violation("ExConvertExclusiveToSharedLite: the thread does not hold the resource exclusively");
    inner->shared = inner->exclusive;
    inner->exclusive = 0;
    inner->writer = NULL;
    pthread_cond_broadcast(&inner->changed);
    pthread_mutex_unlock(&inner->mutex);
}

BOOLEAN ExIsResourceAcquiredExclusiveLite(PERESOURCE resource) /* wdm: <= DISPATCH_LEVEL */
{
    struct resource *inner = resource_of(resource);

    pthread_mutex_lock(&inner->mutex);
    bool mine = inner->writer == sim_self();
    pthread_mutex_unlock(&inner->mutex);
    return mine;
}

ULONG ExIsResourceAcquiredSharedLite(PERESOURCE resource) /* wdm: <= DISPATCH_LEVEL */
{
    return sim_holds(resource);
}

PVOID ExEnterCriticalRegionAndAcquireResourceExclusive(PERESOURCE resource) /* wdm: <= APC_LEVEL */
{
    KeEnterCriticalRegion();
    ExAcquireResourceExclusiveLite(resource, TRUE);
    return NULL;
}

PVOID ExEnterCriticalRegionAndAcquireResourceShared(PERESOURCE resource) /* wdm: <= APC_LEVEL */
{
    KeEnterCriticalRegion();
    ExAcquireResourceSharedLite(resource, TRUE);
    return NULL;
}

void ExReleaseResourceAndLeaveCriticalRegion(PERESOURCE resource) /* wdm: <= APC_LEVEL */
{
    ExReleaseResourceLite(resource);
    KeLeaveCriticalRegion();
}

void sim_locks_check_empty(const char *when)
{
    if (__atomic_load_n(&live, __ATOMIC_SEQ_CST))
        sim_violation("%d ERESOURCE(s) were not deleted %s", live, when);
}

#define _GNU_SOURCE
#include "thread.h"

#include <sched.h>
#include <stddef.h>
#include <time.h>

static void *enter(void *context)
{
    struct vg_thread *thread = context;

    thread->run(thread->context);
    return NULL;
}

bool vg_thread_start(struct vg_thread *thread, void (*run)(void *context), void *context)
{
    thread->run = run;
    thread->context = context;
    return pthread_create(&thread->handle, NULL, enter, thread) == 0;
}

void vg_thread_join(struct vg_thread *thread)
{
    pthread_join(thread->handle, NULL);
}

void vg_lock_init(struct vg_lock *lock)
{
    pthread_mutex_init(&lock->lock, NULL);
}

void vg_lock_take(struct vg_lock *lock)
{
    pthread_mutex_lock(&lock->lock);
}

void vg_lock_release(struct vg_lock *lock)
{
    pthread_mutex_unlock(&lock->lock);
}

void vg_signal_init(struct vg_signal *condition)
{
    pthread_cond_init(&condition->condition, NULL);
}

void vg_signal_wait(struct vg_signal *condition, struct vg_lock *lock)
{
    pthread_cond_wait(&condition->condition, &lock->lock);
}

void vg_signal_all(struct vg_signal *condition)
{
    pthread_cond_broadcast(&condition->condition);
}

unsigned vg_processor_count(void)
{
    cpu_set_t set;

    return sched_getaffinity(0, sizeof(set), &set) == 0 && CPU_COUNT(&set) > 0 ? (unsigned)CPU_COUNT(&set)
                                                                               : 1;
}

uint64_t vg_milliseconds(void)
{
    struct timespec time = {0};

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000 + (uint64_t)time.tv_nsec / 1000000;
}

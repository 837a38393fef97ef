/* Threads of the lab's own. Each request is served by one of them, as each creation on Windows runs on its
 * creator's thread: many at once, and none that a waiting callback could hold up. */
#ifndef LAB_WORKER_H
#define LAB_WORKER_H

#include "platform.h"

struct lab_work {
    struct lab_work *next;
    void (*run)(struct lab_work *);
};

/* Runs on an idle thread, or on a new one. The caller keeps `work` in place until it ran. */
void lab_work_queue(struct lab_work *work);

/* A thread that runs `routine` once. */
void lab_thread_start(ULONG(NTAPI *routine)(PVOID), PVOID argument);

#endif

#include "workers.h"

#include <pthread.h>

#include "irql.h"
#include "violation.h"
#include "world.h"

struct worker {
    struct worker *next; /* idle */
    pthread_cond_t wanted;
    void (*what)(void *); /* NULL: nothing to do */
    void *argument;
};

static pthread_mutex_t workers_lock = PTHREAD_MUTEX_INITIALIZER;
static struct worker *idle;

static void *work(void *argument)
{
    struct worker *worker = argument;

    for (;;) {
        *sim_self() = (struct sim_thread_state){0};
        worker->what(worker->argument);
        pthread_mutex_lock(&workers_lock);
        worker->what = NULL;
        worker->next = idle;
        idle = worker;
        while (!worker->what)
            pthread_cond_wait(&worker->wanted, &workers_lock);
        pthread_mutex_unlock(&workers_lock);
    }
    return NULL;
}

static void begin_worker(void (*what)(void *), void *argument)
{
    struct worker *worker = sim_alloc(sizeof(*worker));
    pthread_t thread;

    pthread_cond_init(&worker->wanted, NULL);
    worker->what = what;
    worker->argument = argument;
    if (pthread_create(&thread, NULL, work, worker) || pthread_detach(thread))
        sim_violation("the test machine has no thread left");
}

void sim_run_on_thread(void (*what)(void *), void *argument)
{
    struct worker *worker;

    pthread_mutex_lock(&workers_lock);
    worker = idle;
    if (worker) {
        idle = worker->next;
        worker->what = what;
        worker->argument = argument;
        pthread_cond_signal(&worker->wanted);
    }
    pthread_mutex_unlock(&workers_lock);
    if (!worker)
        begin_worker(what, argument);
}

#include "large.h"

#include <pthread.h>
#include <stdlib.h>

#include "sanitizers.h"

#define LARGE      0x20000u
#define KEPT_COUNT 8u

struct kept {
    void *address;
    SIZE_T size;
};

static pthread_mutex_t large_lock = PTHREAD_MUTEX_INITIALIZER;
static struct kept kept[KEPT_COUNT];
static unsigned next_kept;

void *sim_large_take(SIZE_T size)
{
    void *address = NULL;

    if (!SIM_ASAN || size < LARGE)
        return NULL;
    pthread_mutex_lock(&large_lock);
    for (unsigned i = 0; i < KEPT_COUNT && !address; i++) {
        if (kept[i].size == size) {
            address = kept[i].address;
            kept[i] = (struct kept){0};
        }
    }
    pthread_mutex_unlock(&large_lock);
    if (address)
        SIM_UNPOISON(address, size);
    return address;
}

bool sim_large_give(void *address, SIZE_T size)
{
    struct kept oldest;

    if (!SIM_ASAN || size < LARGE)
        return false;
    SIM_POISON(address, size);
    pthread_mutex_lock(&large_lock);
    oldest = kept[next_kept];
    kept[next_kept] = (struct kept){address, size};
    next_kept = (next_kept + 1) % KEPT_COUNT;
    pthread_mutex_unlock(&large_lock);
    if (oldest.address)
        SIM_UNPOISON(oldest.address, oldest.size);
    free(oldest.address);
    return true;
}

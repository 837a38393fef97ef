#include "lend.h"

#include <pthread.h>
#include <sys/mman.h>

#include "sanitizers.h"
#include "violation.h"
#include "world.h"

#define PAGE  4096u
#define ROOM  0x10000u /* for the longest text */
#define SLOT  (ROOM + PAGE)
#define SLOTS 2048u

static pthread_mutex_t lend_lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned char *arena;
static unsigned used; /* slots that have been lent, ever */
static unsigned free_slots[SLOTS], free_count;

static unsigned take_slot(void)
{
    unsigned slot = SLOTS;

    pthread_mutex_lock(&lend_lock);
    if (!arena) {
        arena =
            mmap(NULL, (size_t)SLOT * SLOTS, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (arena == MAP_FAILED)
            sim_violation("the test machine has no address space left for texts");
    }
    if (free_count) {
        slot = free_slots[--free_count];
    } else if (used < SLOTS) {
        slot = used++;
        mprotect(arena + (size_t)slot * SLOT, ROOM, PROT_READ | PROT_WRITE);
    }
    pthread_mutex_unlock(&lend_lock);
    if (slot == SLOTS)
        sim_violation("more than %u texts are lent at once", SLOTS);
    return slot;
}

void sim_lend(UNICODE_STRING *text)
{
    unsigned slot = take_slot();
    unsigned char *end = arena + (size_t)slot * SLOT + ROOM;
    UNICODE_STRING lent = {text->Length, text->Length, (PWSTR)(void *)(end - text->Length)};

    SIM_UNPOISON(lent.Buffer, lent.Length);
    memcpy(lent.Buffer, text->Buffer, text->Length);
    sim_text_free(text);
    *text = lent;
}

void sim_take_back(UNICODE_STRING *text)
{
    unsigned char *end = (unsigned char *)text->Buffer + text->Length;

    memset(text->Buffer, 0xDD, text->Length);
    SIM_POISON(text->Buffer, text->Length);
    pthread_mutex_lock(&lend_lock);
    free_slots[free_count++] = (unsigned)((size_t)(end - ROOM - arena) / SLOT);
    pthread_mutex_unlock(&lend_lock);
    *text = (UNICODE_STRING){0};
}

bool sim_is_lent(const void *address)
{
    const unsigned char *at = address;

    return arena && at >= arena && at < arena + (size_t)SLOT * SLOTS;
}

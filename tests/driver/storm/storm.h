/* The storm: many threads create and end processes and load images, readers come, fall behind and are killed,
 * policies are replaced, the driver is quiesced, unloaded and loaded again, all at once. Every record must be
 * delivered or reported lost, and every verdict must be the reference evaluator's for the policy that the
 * record names, which must have been in force while the start was under way.
 *
 * One life of the driver is what lies between its load and its unload. A phase is 2 * life + 1 while that
 * life is settled (loaded, boot confirmed, not about to stop), 2 * life in the gap before. */
#ifndef VG_TESTS_DRIVER_STORM_H
#define VG_TESTS_DRIVER_STORM_H

#include "../scenario.h"

#define STORM_STARTERS 64u
#define STORM_READERS  8u
#define STORM_LIVES    64u /* at most */

struct storm_settings {
    uint64_t seed;
    unsigned starts;       /* of processes, in all lives together; some more happen in the gaps */
    unsigned lives;        /* of the driver */
    unsigned replacements; /* of the policy, in all lives together */
    bool talks;            /* a line a life */
};
extern struct storm_settings storm;

/* Ends the run with the seed and this sentence: the threads of a storm cannot use cmocka's assertions. */
void storm_fail(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));
#define storm_expect(condition, ...) ((condition) ? (void)0 : storm_fail(__VA_ARGS__))

/* splitmix64. */
uint64_t storm_random(uint64_t *state);
void storm_nap(unsigned microseconds);

/* ---- main.c: what is going on ---- */

uint32_t storm_phase(void);
bool storm_is_over(void);
bool storm_gate_is_closed(void); /* nothing is started, so that readers catch up */

/* Generations of this life: the newest whose replacement has ended, and the newest whose has begun. */
uint32_t storm_oldest_generation(void);
uint32_t storm_newest_generation(void);

/* ---- policies.c ---- */

struct storm_policy {
    struct vg_model *model;
    struct blob blob;
    uint8_t identity[VG_POLICY_IDENTITY_SIZE];
    bool enforces;
    uint32_t deny_status;
};
void storm_policies_make(void);
void storm_policies_free(void);
/* Which policy a life's nth generation is. */
const struct storm_policy *storm_policy_of(unsigned life, uint64_t generation);

/* ---- starts.c ---- */

/* One start, by its number, which its command line holds. */
struct storm_start {
    /* By its starter. A phase that is the same and odd before and after was one settled life's throughout. */
    uint32_t phase_before, phase_after;
    uint32_t lowest, highest; /* generations */
    NTSTATUS creator_saw;
    const char *image, *parent_image;
    bool by_system, is_protected;
    uint32_t exit_before, exit_after; /* phases around its end; 0: it has not ended */

    /* By the reader that met its record first. */
    bool seen;
    uint32_t life;
    uint64_t sequence;
    uint64_t generation;
    uint32_t status;
    uint32_t process_id;
    uint8_t enforced, guard;
    bool verdict_fails;
};

void storm_machine(void); /* its disks and files, on a machine that has just started */
void storm_starters_begin(void);
void storm_starters_end(void);
unsigned storm_started(void); /* how many have begun */
bool storm_starters_are_parked(void);
void storm_recording_begins(void); /* the driver has been loaded: what the keeper lags is counted from here */
/* NULL when no such start has begun. */
struct storm_start *storm_start_of(uint64_t number);
/* How many image loads lay wholly in this life. */
unsigned storm_images_settled(unsigned life);

/* ---- readers.c ---- */

struct storm_account {
    uint64_t first;     /* sequence it began with; 0: nothing read yet */
    uint64_t next;      /* sequence it expects */
    uint64_t delivered; /* records */
    uint64_t lost;      /* sequences reported lost */
};

void storm_readers_begin(void);
void storm_readers_end(void);
bool storm_readers_have_read(unsigned life, uint64_t last_sequence); /* all of them, all there is */
bool storm_readers_are_away(void);                                   /* no handle is open */
/* The keeper, which is never killed and for which starters wait when it falls behind. */
struct storm_account storm_keeper(void);
uint64_t storm_keeper_next(void);
unsigned storm_kills(void);
uint64_t storm_lost(void); /* reported lost to all readers, ever */

/* ---- check.c: what records say ---- */

/* Records of one life, met for the first time by any reader. */
struct storm_tally {
    uint64_t starts, exits, images, states, enforced;
};
void storm_check_life(unsigned life); /* the last one is forgotten */
void storm_check_forget(void);

/* The records of exits that named this record as that of their start. */
struct storm_exit {
    uint32_t count;
    uint32_t process_id;
    uint8_t denied;
};
struct storm_exit storm_exit_of(uint64_t start_sequence);
void storm_check_record(unsigned life, const struct vg_event_header *event);
struct storm_tally storm_tally(void);

#endif

/* The storm (storm.h): what sets it going, and what must hold at the end of each life of the driver. */
#include "storm.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE_S 120u

struct storm_settings storm = {.seed = 1, .starts = 4000, .lives = 3, .replacements = 60};

static uint32_t phase;
static bool over, gate_closed;
static uint32_t oldest_generation, newest_generation;
static unsigned replaced, checked;

void storm_fail(const char *format, ...)
{
    va_list arguments;

    fprintf(stderr, "storm, seed %llu: ", (unsigned long long)storm.seed);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    abort();
}

uint64_t storm_random(uint64_t *state)
{
    uint64_t value = *state += 0x9E3779B97F4A7C15u;

    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9u;
    value = (value ^ value >> 27) * 0x94D049BB133111EBu;
    return value ^ value >> 31;
}

void storm_nap(unsigned microseconds)
{
    usleep(microseconds);
}

uint32_t storm_phase(void)
{
    return __atomic_load_n(&phase, __ATOMIC_SEQ_CST);
}

bool storm_is_over(void)
{
    return __atomic_load_n(&over, __ATOMIC_SEQ_CST);
}

bool storm_gate_is_closed(void)
{
    return __atomic_load_n(&gate_closed, __ATOMIC_SEQ_CST);
}

uint32_t storm_oldest_generation(void)
{
    return __atomic_load_n(&oldest_generation, __ATOMIC_SEQ_CST);
}

uint32_t storm_newest_generation(void)
{
    return __atomic_load_n(&newest_generation, __ATOMIC_SEQ_CST);
}

static void set_phase(uint32_t value)
{
    __atomic_store_n(&phase, value, __ATOMIC_SEQ_CST);
}

static void set(bool *flag, bool value)
{
    __atomic_store_n(flag, value, __ATOMIC_SEQ_CST);
}

static double seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* ---- what happens to the driver ---- */

static void send(unsigned life, uint32_t generation)
{
    const struct storm_policy *policy = storm_policy_of(life, generation);
    struct vg_abi_load_reply reply;

    __atomic_store_n(&newest_generation, generation, __ATOMIC_SEQ_CST);
    storm_expect(send_policy(policy->blob.bytes, policy->blob.size, &reply) == STATUS_SUCCESS &&
                     reply.check_length == 0,
                 "policy %u was refused", generation);
    __atomic_store_n(&oldest_generation, generation, __ATOMIC_SEQ_CST);
}

/* Its registry names the file of the first policy of this life. */
static void start_driver(unsigned life)
{
    const struct storm_policy *first = storm_policy_of(life, 1);

    sim_add_file(POLICY_PATH, first->blob.bytes, first->blob.size);
    __atomic_store_n(&newest_generation, 1, __ATOMIC_SEQ_CST);
    __atomic_store_n(&oldest_generation, 0, __ATOMIC_SEQ_CST);
    storm_check_life(life);
    storm_expect(load() == STATUS_SUCCESS, "the driver does not load");
    storm_recording_begins();
    confirm_boot();
    __atomic_store_n(&oldest_generation, 1, __ATOMIC_SEQ_CST);
    set_phase(2 * life + 1);
}

static void quiesce_for_a_moment(void)
{
    storm_expect(sim_ioctl(admin(), VG_IOCTL_QUIESCE, NULL, 0, NULL, 0, NULL) == STATUS_SUCCESS, "quiesce");
    storm_nap(2000);
    storm_expect(sim_ioctl(admin(), VG_IOCTL_RESUME, NULL, 0, NULL, 0, NULL) == STATUS_SUCCESS, "resume");
}

/* Waits until so many starts have begun, which they do unless something hangs. */
static void wait_for_starts(unsigned count)
{
    double end = seconds() + PATIENCE_S;
    unsigned before = storm_started();

    while (storm_started() < count) {
        storm_nap(300);
        if (storm_started() != before) {
            before = storm_started();
            end = seconds() + PATIENCE_S;
        }
        storm_expect(seconds() < end, "nothing has been started for %u s, after %u starts", PATIENCE_S,
                     before);
    }
}

/* Replaces the policy again and again while the life's share of programs starts. */
static void rage(unsigned life, unsigned starts, unsigned replacements)
{
    unsigned first = storm_started();

    for (unsigned i = 1; i <= replacements; i++) {
        wait_for_starts(first + (unsigned)((uint64_t)starts * i / (replacements + 1)));
        send(life, i + 1);
        replaced++;
        if (i % 16 == 8)
            quiesce_for_a_moment();
        if (i % 4 == 0) /* another content, so another hash, under the same name */
            sim_add_file("C:\\Users\\bob\\abd.exe", i % 8 ? "abc" : "abd", 3);
    }
    wait_for_starts(first + starts);
}

/* ---- what must hold ---- */

/* Nothing is being started, and all readers have read all there is. Returns the last sequence. */
static uint64_t settle(unsigned life)
{
    double end = seconds() + PATIENCE_S;
    uint64_t last = 0;

    set(&gate_closed, true);
    while (!storm_starters_are_parked()) {
        storm_nap(1000);
        storm_expect(seconds() < end, "a start has not ended for %u s", PATIENCE_S);
    }
    last = status().events_written + status().events_dropped;
    while (!storm_readers_have_read(life, last)) {
        storm_nap(1000);
        storm_expect(seconds() < end, "a reader has not read all there is for %u s", PATIENCE_S);
    }
    return last;
}

static void check_counts(uint64_t last)
{
    struct storm_account keeper = storm_keeper();
    struct storm_tally tally = storm_tally();
    struct vg_abi_status now = status();

    storm_expect(keeper.first == 1 && keeper.lost == 0 && keeper.delivered == last,
                 "the keeper began with %llu, was given %llu records and lost %llu; there were %llu",
                 (unsigned long long)keeper.first, (unsigned long long)keeper.delivered,
                 (unsigned long long)keeper.lost, (unsigned long long)last);
    storm_expect(tally.starts + tally.exits + tally.images + tally.states == last, "records are missing");
    storm_expect(tally.starts == now.starts, "%llu starts recorded, %llu counted",
                 (unsigned long long)tally.starts, (unsigned long long)now.starts);
    storm_expect(tally.exits == now.exits, "%llu exits recorded, %llu counted",
                 (unsigned long long)tally.exits, (unsigned long long)now.exits);
    storm_expect(tally.images == now.images, "%llu images recorded, %llu counted",
                 (unsigned long long)tally.images, (unsigned long long)now.images);
    storm_expect(tally.enforced == now.denied, "%llu denials recorded, %llu counted",
                 (unsigned long long)tally.enforced, (unsigned long long)now.denied);
    storm_expect(now.allowed + now.denied == now.starts && now.events_dropped == 0 && now.undone == 0,
                 "%llu starts, %llu allowed, %llu denied, %llu undone, %llu records dropped",
                 (unsigned long long)now.starts, (unsigned long long)now.allowed,
                 (unsigned long long)now.denied, (unsigned long long)now.undone,
                 (unsigned long long)now.events_dropped);
}

/* Whom a guard protects is certain in a settled life. */
static enum vg_guard guard_of(const struct storm_start *start)
{
    if (start->by_system)
        return VG_GUARD_SYSTEM_CREATOR;
    if (start->is_protected)
        return VG_GUARD_PROTECTED;
    return storm_policy_of(start->life, start->generation)->enforces ? VG_GUARD_NONE : VG_GUARD_MONITOR;
}

static void check_exit(const struct storm_start *start, unsigned number)
{
    struct storm_exit exit = storm_exit_of(start->sequence);
    bool ended = !NT_SUCCESS(start->creator_saw) ||
                 (start->exit_before == start->phase_before && start->exit_after == start->exit_before);

    storm_expect(exit.count == 1 || (!ended && exit.count == 0), "start %u has %u exits", number, exit.count);
    storm_expect(!exit.count || (exit.process_id == start->process_id && exit.denied == start->enforced),
                 "start %u: process %u, denied %u; its exit says process %u, denied %u", number,
                 start->process_id, start->enforced, exit.process_id, exit.denied);
}

static void check_settled(const struct storm_start *start, unsigned number, unsigned life)
{
    storm_expect(start->seen && start->life == life, "start %u has no record", number);
    storm_expect(start->lowest <= start->generation && start->generation <= start->highest,
                 "start %u was decided by policy %llu; %u to %u were in force", number,
                 (unsigned long long)start->generation, start->lowest, start->highest);
    storm_expect(!start->verdict_fails || start->guard == guard_of(start),
                 "start %u: the guard is %u, it should be %u", number, start->guard, guard_of(start));
    check_exit(start, number);
}

/* Starts since the last check: a settled one has its record; one in a gap may have none. */
static void check_starts(unsigned life)
{
    for (; checked < storm_started(); checked++) {
        const struct storm_start *start = storm_start_of(checked);
        bool settled = start->phase_before == start->phase_after && start->phase_before % 2;

        if (settled)
            check_settled(start, checked, start->phase_before / 2);
        if (start->seen)
            storm_expect((uint32_t)start->creator_saw == start->status,
                         "start %u: its creator saw 0x%08X, the record says 0x%08X", checked,
                         (unsigned)start->creator_saw, start->status);
        storm_expect(!settled || start->phase_before / 2 == life, "start %u was overlooked", checked);
    }
}

/* ---- from the first life to the last ---- */

static void stop_driver(unsigned life)
{
    double end = seconds() + PATIENCE_S;

    set_phase(2 * (life + 1));
    set(&gate_closed, false); /* programs go on starting while it stops */
    storm_expect(sim_ioctl(admin(), VG_IOCTL_QUIESCE, NULL, 0, NULL, 0, NULL) == STATUS_SUCCESS, "quiesce");
    close_admin();
    while (!storm_readers_are_away()) {
        storm_nap(300);
        storm_expect(seconds() < end, "a reader does not close its handle");
    }
    storm_expect(sim_unload_driver() == STATUS_SUCCESS, "the driver does not unload");
}

static void live(unsigned life)
{
    double begun = seconds();
    unsigned first = storm_started(), kills = storm_kills();
    uint64_t last = 0, lost = storm_lost();

    start_driver(life);
    rage(life, storm.starts / storm.lives, storm.replacements / storm.lives);
    last = settle(life);
    check_counts(last);
    check_starts(life);
    storm_expect(storm_tally().images >= storm_images_settled(life), "an image load has no record");
    if (storm.talks) {
        print_message("life %2u: %7u starts, %8llu records, %3u readers killed, %8llu told lost, %5.1f s\n",
                      life, storm_started() - first, (unsigned long long)last, storm_kills() - kills,
                      (unsigned long long)(storm_lost() - lost), seconds() - begun);
        fflush(stdout);
    }
    stop_driver(life);
}

static void every_verdict_is_the_references_and_every_record_is_delivered_or_reported_lost(void **state)
{
    double begun = seconds();

    (void)state;
    print_message("seed %llu: %u threads, %u readers, %u starts, %u policies, %u loads\n",
                  (unsigned long long)storm.seed, STORM_STARTERS, STORM_READERS, storm.starts,
                  storm.replacements, storm.lives);
    storm_policies_make();
    machine(&(struct sim_options){.windows = SIM_WINDOWS_11});
    storm_machine();
    sim_set_parameter_string("PolicyPath", "\\SystemRoot\\System32\\vigil.policy");
    sim_set_parameter_dword("WatchImages", 1);
    sim_set_parameter_dword("EventRingSize", 1024 * 1024); /* the smallest: slow readers lose records */
    set_phase(2);
    storm_starters_begin();
    storm_readers_begin();
    for (unsigned life = 1; life <= storm.lives; life++)
        live(life);
    set(&over, true);
    storm_readers_end();
    print_message("%u starts, %u checked, %u policies, %u readers killed, %.1f s\n", storm_started(), checked,
                  replaced, storm_kills(), seconds() - begun);
    storm_starters_end();
    storm_check_forget();
    end();
    storm_policies_free();
}

static bool number(const char *text, uint64_t *value)
{
    char *rest = NULL;

    *value = text ? strtoull(text, &rest, 10) : 0;
    return text && *text && !*rest;
}

static bool read_arguments(int count, char **words)
{
    for (int i = 1; i < count; i += 2) {
        uint64_t value = 0;

        if (!number(words[i + 1], &value))
            return false;
        if (!strcmp(words[i], "--seed"))
            storm.seed = value;
        else if (!strcmp(words[i], "--starts"))
            storm.starts = (unsigned)value;
        else if (!strcmp(words[i], "--lives"))
            storm.lives = (unsigned)value;
        else if (!strcmp(words[i], "--policies"))
            storm.replacements = (unsigned)value;
        else
            return false;
        storm.talks = true;
    }
    return storm.lives >= 1 && storm.lives <= STORM_LIVES;
}

int main(int count, char **words)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_verdict_is_the_references_and_every_record_is_delivered_or_reported_lost),
    };

    if (!read_arguments(count, words)) {
        fprintf(stderr,
                "usage: test_driver_storm [--seed N] [--starts N] [--policies N] [--lives N (1 to %u)]\n",
                STORM_LIVES);
        return 2;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}

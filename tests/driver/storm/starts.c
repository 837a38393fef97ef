/* The threads that start and end processes and load images. What a start is depends on the seed and its
 * number alone. */
#include "storm.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#define LIVING  6u   /* processes that one starter keeps at most */
#define LAG_MAX 200u /* records that the keeper may be behind; what is under way comes on top */

static const struct {
    const char *path, *content;
} images[] = {
    {"C:\\Windows\\System32\\cmd.exe", "cmd"},
    {"C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe", "powershell"},
    {"C:\\Windows\\System32\\notepad.exe", "abc"},
    {"C:\\Windows\\System32\\svchost.exe", "svchost"},
    {"C:\\Windows\\Temp\\setup.exe", "setup"},
    {"C:\\Program Files\\Office\\winword.exe", "winword"},
    {"C:\\Program Files\\Office\\excel.exe", "excel"},
    {"C:\\Program Files (x86)\\Tool\\tool.exe", "tool"},
    {"C:\\Users\\ann\\Downloads\\game.exe", "game"},
    {"C:\\Users\\ann\\Downloads\\abc.exe", "abc"},
    {"C:\\Users\\bob\\abd.exe", "abd"},
    {"C:\\Users\\bob\\cmd.exe", "abc"},
    {"C:\\Users\\bob\\readme.txt:x.exe", "abd"},
    {"C:\\Users\\Public\\\xC3\x9C"
     "bung.exe",
     "abd"},
    {"D:\\portable.exe", "abc"},
    {"D:\\cmd.exe", "cmd"},
    {"E:\\slow.exe", "abd"},
    {"\\\\server\\share\\installer.exe", "abc"},
};
#define IMAGES (sizeof(images) / sizeof(images[0]))

static const char *const arguments[] = {
    "",    " -nop -w hidden -enc AAAA", " odd=1", " /c echo", " -Enc B -NoP", " \"a b\"",
    " --", " odd=1 -nop -enc"};

/* A process that a starter keeps. */
struct living {
    PEPROCESS process;
    struct storm_start *start;
};

struct starter {
    pthread_t thread;
    uint64_t random;
    struct living living[LIVING];
    ULONG free_id; /* of a process that has ended; it is given away again now and then */
};

static struct starter starters[STORM_STARTERS];
static struct storm_start *starts;
static unsigned starts_max, started, parked;
static uint64_t recorded; /* what the driver has been given to record since its load */
static unsigned next_image, images_settled[STORM_LIVES + 1];

void storm_machine(void)
{
    sim_add_volume(&(struct sim_volume_options){.device = "\\Device\\HarddiskVolume3",
                                                .letter = "D:",
                                                .file_system = "FAT32",
                                                .characteristics = FILE_REMOVABLE_MEDIA,
                                                .bus = SIM_BUS_USB});
    sim_add_volume(
        &(struct sim_volume_options){.device = "\\Device\\HarddiskVolume4", .letter = "E:", .slow = true});
    sim_add_volume(&(struct sim_volume_options){.device = "\\Device\\Mup\\server\\share"});
    for (size_t i = 0; i < IMAGES; i++)
        sim_add_file(images[i].path, images[i].content, strlen(images[i].content));
}

unsigned storm_started(void)
{
    return __atomic_load_n(&started, __ATOMIC_SEQ_CST);
}

unsigned storm_images_settled(unsigned life)
{
    return __atomic_load_n(&images_settled[life], __ATOMIC_SEQ_CST);
}

bool storm_starters_are_parked(void)
{
    return __atomic_load_n(&parked, __ATOMIC_SEQ_CST) == STORM_STARTERS;
}

void storm_recording_begins(void)
{
    __atomic_store_n(&recorded, 0, __ATOMIC_SEQ_CST);
}

struct storm_start *storm_start_of(uint64_t number)
{
    return number < storm_started() ? &starts[number] : NULL;
}

/* ---- pace ---- */

static void record(unsigned records)
{
    __atomic_add_fetch(&recorded, records, __ATOMIC_SEQ_CST);
}

/* Here a starter waits while nothing is to be started, or while the keeper is far behind. */
static void pass_gate(void)
{
    if (storm_gate_is_closed()) {
        __atomic_add_fetch(&parked, 1, __ATOMIC_SEQ_CST);
        while (storm_gate_is_closed() && !storm_is_over())
            storm_nap(1000);
        __atomic_sub_fetch(&parked, 1, __ATOMIC_SEQ_CST);
    }
    if (storm_phase() % 2 == 0)
        storm_nap(2000); /* in a gap a few starts are enough */
    while (storm_phase() % 2 == 1 && !storm_is_over() && !storm_gate_is_closed() &&
           __atomic_load_n(&recorded, __ATOMIC_SEQ_CST) > storm_keeper_next() + LAG_MAX)
        storm_nap(200);
}

/* ---- what a starter does ---- */

static void end_one(struct starter *starter, struct living *living)
{
    struct storm_start *start = living->start;

    starter->free_id = (ULONG)(uintptr_t)PsGetProcessId(living->process);
    start->exit_before = storm_phase();
    sim_exit_process(living->process, 0);
    start->exit_after = storm_phase();
    record(1);
    *living = (struct living){0};
}

/* What is started, and how; the text of the command line is the caller's. */
static void choose(struct starter *starter, unsigned number, struct sim_process_options *options,
                   struct storm_start *start, char *command_line, size_t size)
{
    uint64_t random = storm.seed ^ (uint64_t)number << 20;
    unsigned image = (unsigned)(storm_random(&random) % IMAGES), how = (unsigned)storm_random(&random);
    const struct living *parent = &starter->living[how / 65536 % LIVING];

    *options = (struct sim_process_options){.image = images[image].path, .command_line = command_line};
    snprintf(command_line, size, "\"%s\"%s storm=%u", images[image].path, arguments[how % 8], number);
    if (how / 8 % 2 && parent->process) {
        options->parent = parent->process;
        start->parent_image = parent->start->image;
        options->creator = how / 16 % 8 ? parent->process : NULL; /* NULL: another than the parent */
    } else {
        start->parent_image = "C:\\Windows\\explorer.exe";
    }
    if (how / 128 % 64 == 1) {
        options->creator = sim_system_process();
        start->by_system = true;
        if (!options->parent)
            start->parent_image = NULL;
    }
    options->protected_process = start->is_protected = how / 128 % 64 == 2;
    options->file_closed = how / 128 % 8 == 3;
    options->no_open_name = how / 128 % 16 == 4;
    options->process_id = how / 128 % 16 == 5 ? starter->free_id : 0;
    start->image = images[image].path;
}

static void start_one(struct starter *starter, struct living *living)
{
    unsigned number = __atomic_fetch_add(&started, 1, __ATOMIC_SEQ_CST);
    struct storm_start *start = &starts[number];
    struct sim_process_options options;
    PEPROCESS process = NULL;
    char command_line[256];

    storm_expect(number < starts_max, "far more starts than were asked for");
    choose(starter, number, &options, start, command_line, sizeof(command_line));
    start->phase_before = storm_phase();
    start->lowest = storm_oldest_generation();
    start->creator_saw = sim_start_process(&options, &process);
    start->highest = storm_newest_generation();
    start->phase_after = storm_phase();
    record(process ? 1 : 2);
    if (process)
        *living = (struct living){process, start};
}

static void load_image(struct starter *starter)
{
    struct living *living = &starter->living[storm_random(&starter->random) % LIVING];
    unsigned number = __atomic_fetch_add(&next_image, 1, __ATOMIC_SEQ_CST);
    uint32_t before = storm_phase();
    char name[80];

    snprintf(name, sizeof(name), "\\Device\\HarddiskVolume2\\storm\\%u.dll", number);
    sim_load_image(&(struct sim_image_options){
        .name = name, .process = living->process, .base = starter, .size = 4096, .no_apcs = number % 8 == 0});
    if (storm_phase() == before && before % 2)
        __atomic_add_fetch(&images_settled[before / 2], 1, __ATOMIC_SEQ_CST);
    record(1);
}

static void *run(void *argument)
{
    struct starter *starter = argument;

    while (!storm_is_over()) {
        struct living *living = &starter->living[storm_random(&starter->random) % LIVING];

        pass_gate();
        if (storm_random(&starter->random) % 4 == 0)
            load_image(starter);
        if (living->process)
            end_one(starter, living);
        else
            start_one(starter, living);
    }
    for (unsigned i = 0; i < LIVING; i++) {
        if (starter->living[i].process)
            end_one(starter, &starter->living[i]);
    }
    return NULL;
}

void storm_starters_begin(void)
{
    starts_max = 2 * storm.starts + 1000000;
    starts = calloc(starts_max, sizeof(*starts)); /* what is not touched costs nothing */
    assert_non_null(starts);
    for (unsigned i = 0; i < STORM_STARTERS; i++) {
        starters[i] = (struct starter){.random = storm.seed * STORM_STARTERS + i};
        assert_int_equal(pthread_create(&starters[i].thread, NULL, run, &starters[i]), 0);
    }
}

void storm_starters_end(void)
{
    for (unsigned i = 0; i < STORM_STARTERS; i++)
        pthread_join(starters[i].thread, NULL);
    free(starts);
}

/* Runs a fuzz target without libFuzzer, as a test: every file of the folders named, then so many inputs made
 * of them by chance, the same ones each time.
 *
 * usage: try_TARGET [--mutations N] FOLDER... */
#include <dirent.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEEDS_MAX 4096u
#define INPUT_MAX 65536u

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv) __attribute__((weak));
void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));

struct input {
    uint8_t *bytes;
    size_t size;
};

static struct input seeds[SEEDS_MAX];
static size_t seed_count;
static struct input current; /* what the target runs on now */

/* In the working directory; the fuzzer takes the file as its argument. */
static void keep_input(void)
{
    FILE *file = fopen("fuzz-died-of", "wb");

    if (!file)
        return;
    fwrite(current.bytes, 1, current.size, file);
    fclose(file);
    fputs("the input it died of is in the file fuzz-died-of\n", stderr);
}

static void on_abort(int number)
{
    signal(number, SIG_DFL);
    keep_input();
}

static uint64_t next(void)
{
    static uint64_t state = 1;
    uint64_t value = state += 0x9E3779B97F4A7C15u; /* splitmix64 */

    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9u;
    value = (value ^ value >> 27) * 0x94D049BB133111EBu;
    return value ^ value >> 31;
}

static size_t below(size_t limit)
{
    return limit ? (size_t)(next() % limit) : 0;
}

static void run(const uint8_t *bytes, size_t size)
{
    /* Of exactly this size, so that AddressSanitizer sees the first byte beyond it. */
    current.bytes = malloc(size ? size : 1);
    current.size = size;
    if (!current.bytes)
        abort();
    memcpy(current.bytes, bytes, size);
    LLVMFuzzerTestOneInput(current.bytes, size);
    free(current.bytes);
}

/* ---- what is made of a seed ---- */

static void put_number(uint8_t *at, size_t room)
{
    static const uint64_t numbers[] = {0,         1,          2,          7,          8,
                                       0x7F,      0x80,       0xFF,       0x7FFF,     0x8000,
                                       0xFFFF,    0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x7FFFFFFFFFFFFFFF,
                                       UINT64_MAX};
    uint64_t number = numbers[below(sizeof(numbers) / sizeof(numbers[0]))];
    size_t width = (size_t)1 << below(4);

    memcpy(at, &number, width < room ? width : room);
}

/* A piece of another input takes the place of what was there. */
static void splice(uint8_t *bytes, size_t size)
{
    const struct input *other = &seeds[below(seed_count)];
    size_t from = below(other->size), at = below(size);
    size_t count = 1 + below(64);

    if (!other->size)
        return;
    count = count < other->size - from ? count : other->size - from;
    memcpy(bytes + at, other->bytes + from, count < size - at ? count : size - at);
}

static size_t change(uint8_t *bytes, size_t size)
{
    size_t at = below(size);

    switch (size ? below(6) : 5) {
    case 0:
        bytes[at] ^= (uint8_t)(1u << below(8));
        return size;
    case 1:
        bytes[at] = (uint8_t)next();
        return size;
    case 2:
        put_number(bytes + at, size - at);
        return size;
    case 3:
        splice(bytes, size);
        return size;
    case 4: {
        size_t count = 1 + below(size - at);
        memmove(bytes + at, bytes + at + count, size - at - count);
        return size - count;
    }
    default: {
        size_t count = 1 + below(32);
        if (size + count > INPUT_MAX)
            return size;
        memmove(bytes + at + count, bytes + at, size - at);
        for (size_t i = 0; i < count; i++)
            bytes[at + i] = (uint8_t)next();
        return size + count;
    }
    }
}

static void run_mutation(void)
{
    static uint8_t bytes[INPUT_MAX];
    const struct input *seed = &seeds[below(seed_count)];
    size_t size = seed->size;

    memcpy(bytes, seed->bytes, size);
    for (size_t i = 1 + below(8); i > 0; i--)
        size = change(bytes, size);
    run(bytes, size);
}

/* ---- seeds ---- */

static void read_seed(const char *name)
{
    struct input *seed = &seeds[seed_count];
    FILE *file = fopen(name, "rb");

    seed->bytes = malloc(INPUT_MAX);
    if (!file || !seed->bytes) {
        fprintf(stderr, "%s cannot be read\n", name);
        exit(1);
    }
    seed->size = fread(seed->bytes, 1, INPUT_MAX, file);
    fclose(file);
    seed_count++;
}

static void read_folder(const char *folder)
{
    struct dirent **entries;
    int count = scandir(folder, &entries, NULL, alphasort); /* in an order that is everywhere the same */
    char name[4096];

    for (int i = 0; i < count; i++) {
        if (entries[i]->d_name[0] != '.' && seed_count < SEEDS_MAX) {
            snprintf(name, sizeof(name), "%s/%s", folder, entries[i]->d_name);
            read_seed(name);
        }
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
}

int main(int argc, char **argv)
{
    unsigned long mutations = 0;

    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--mutations") && i + 1 < argc)
            mutations = strtoul(argv[++i], NULL, 10);
        else
            read_folder(argv[i]);
    }
    if (!seed_count) {
        fprintf(stderr, "usage: %s [--mutations N] FOLDER...\n", argv[0]);
        return 2;
    }
    if (__sanitizer_set_death_callback)
        __sanitizer_set_death_callback(keep_input);
    signal(SIGABRT, on_abort);
    if (LLVMFuzzerInitialize)
        LLVMFuzzerInitialize(&argc, &argv);
    for (size_t i = 0; i < seed_count; i++)
        run(seeds[i].bytes, seeds[i].size);
    for (unsigned long i = 0; i < mutations; i++)
        run_mutation();
    printf("%zu seeds, %lu inputs made of them\n", seed_count, mutations);
    for (size_t i = 0; i < seed_count; i++)
        free(seeds[i].bytes);
    return 0;
}

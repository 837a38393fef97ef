/* What gathering a start's facts takes, by the driver's own code on a machine of the sim: names alone, with
 * the version resource, with every hash; the first time a file is seen, and again. The time is what lies
 * between two other drivers' routines, called before and after Vigil's. It is not Windows' time: there is no
 * disk, no file system and no CNG (hashes are OpenSSL's).
 *     bench_gather [--quick] */
#include "machine.h"
#include "measure.h"

#include "../tests/image/rich_pe.h"

#include <stdlib.h>
#include <string.h>

#define IMAGE  "C:\\Program Files\\Vendor\\Product\\program.exe"
#define POLICY "vigil: 1\nmode: enforce\ndefault: allow\nrules:\n"
#define NAMES  "  - deny: a name\n    when: { Image|endswith: '\\never.exe' }\n"
#define STRING "  - deny: a string\n    when: { OriginalFileName: never.exe }\n"
#define HEX8   "12345678"
#define HEX32  HEX8 HEX8 HEX8 HEX8
#define HASHES                                                                                               \
    "  - deny: a hash\n    when: { SHA256: '" HEX32 HEX32 "' }\n"                                            \
    "  - deny: a hash\n    when: { AuthentiHash: '" HEX32 HEX32 "' }\n"                                      \
    "  - deny: a hash\n    when: { SHA1: '" HEX32 HEX8 "' }\n"                                               \
    "  - deny: a hash\n    when: { MD5: '" HEX32 "' }\n"                                                     \
    "  - deny: a hash\n    when: { IMPHASH: '" HEX32 "' }\n"

static double begun, ended;

static void before(PEPROCESS process, HANDLE id, PPS_CREATE_NOTIFY_INFO info)
{
    (void)process;
    (void)id;
    if (info != NULL)
        begun = bench_now();
}

static void after(PEPROCESS process, HANDLE id, PPS_CREATE_NOTIFY_INFO info)
{
    (void)process;
    (void)id;
    if (info != NULL)
        ended = bench_now();
}

static double start_once(void)
{
    const struct sim_process_options options = {.image = IMAGE,
                                                .command_line = "program.exe --type=renderer"};
    PEPROCESS process;

    bench_machine_must(NT_SUCCESS(sim_start_process(&options, &process)), "a start");
    sim_exit_process(process, STATUS_SUCCESS);
    return ended - begun;
}

/* What a file costs when it is new, and when it is known. */
static void measure(struct sim_handle *device, const char *metric, const char *policy, unsigned char *content,
                    size_t size)
{
    struct sim_file *file = sim_add_file(IMAGE, content, size);
    double first[BENCH_ROUNDS], again[BENCH_ROUNDS];
    unsigned read_first = 0, read_again = 0;

    (void)bench_machine_policy(device, policy, NULL);
    for (unsigned round = 0; round < BENCH_ROUNDS; round++) {
        unsigned reads;

        sim_write_file(file, content, size);
        reads = sim_file_reads(file);
        first[round] = start_once();
        read_first = sim_file_reads(file) - reads;
        reads = sim_file_reads(file);
        again[round] = start_once();
        read_again = sim_file_reads(file) - reads;
    }
    bench_result(bench_quantile(first, BENCH_ROUNDS, 0.5), "gather.%zu.%s.first", size >> 20, metric);
    bench_result(bench_quantile(again, BENCH_ROUNDS, 0.5), "gather.%zu.%s.again", size >> 20, metric);
    bench_result((double)read_first / (double)size, "gather.%zu.%s.read-first", size >> 20, metric);
    bench_result((double)read_again / (double)size, "gather.%zu.%s.read-again", size >> 20, metric);
}

static void measure_size(struct sim_handle *device, size_t size)
{
    unsigned char *content = malloc(size);
    struct rich_pe pe;

    if (content == NULL)
        bench_fail("out of memory");
    rich_build(&pe, true);
    memset(content, 0x5A, size);
    memcpy(content, pe.bytes, pe.size);
    measure(device, "names", POLICY NAMES, content, size);
    measure(device, "version", POLICY NAMES STRING, content, size);
    measure(device, "hashes", POLICY NAMES STRING HASHES, content, size);
    free(content);
}

int main(int argc, char **argv)
{
    bool quick = argc > 1 && strcmp(argv[1], "--quick") == 0;
    struct sim_handle *device;

    bench_machine_start();
    bench_machine_must(NT_SUCCESS(sim_load_driver(VG_DRIVER_MODULE)), "loading the driver");
    device = bench_machine_open();
    sim_add_other_routine(before, true);
    sim_add_other_routine(after, false);
    measure_size(device, (size_t)1 << 20);
    if (!quick)
        measure_size(device, (size_t)100 << 20);
    bench_machine_unload(device);
    bench_machine_end();
    return 0;
}

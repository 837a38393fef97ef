/* Writes the seeds that are not text: make_seeds FOLDER, with the folders blob, event, image and ioctl in it.
 */
#include "fuzz_ioctl.h"

#include "cli/event_builder.h"
#include "image/pe_builder.h"
#include "image/rich_pe.h"

#include "../src/policy/model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *folder;

static void write_seed(const char *name, const void *bytes, size_t size)
{
    char path[4096];
    FILE *out;

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    out = fopen(path, "wb");
    if (!out || fwrite(bytes, 1, size, out) != size || fclose(out) != 0) {
        fprintf(stderr, "make_seeds: %s cannot be written\n", path);
        exit(1);
    }
}

/* ---- compiled policies ---- */

static void complain(void *context, enum vg_severity severity, struct vg_place place, const char *message,
                     const char *hint)
{
    (void)context;
    (void)hint;
    if (severity == VG_ERROR)
        fprintf(stderr, "make_seeds: line %u: %s\n", place.line, message);
}

struct blob {
    void *bytes;
    size_t size;
};

static struct blob compile(const char *rules)
{
    const struct vg_reporter reporter = {complain, NULL};
    struct vg_read_options options = {.variables = vg_default_path_variables};
    struct vg_model model;
    struct blob blob;
    char yaml[2048];

    snprintf(yaml, sizeof(yaml), "vigil: 1\nmode: enforce\ndefault: deny\nrules:\n%s", rules);
    if (!vg_model_read_text("seed", yaml, strlen(yaml), &options, &reporter, &model) ||
        !vg_model_compile(&model, &reporter, &blob.bytes, &blob.size))
        exit(1);
    vg_model_free(&model);
    return blob;
}

static void write_blob(const char *name, const char *rules)
{
    struct blob blob = compile(rules);

    write_seed(name, blob.bytes, blob.size);
    free(blob.bytes);
}

static void write_blobs(void)
{
    write_blob("blob/names", "  - deny: shells\n    when: { Image|endswith: ['\\cmd.exe', '\\pwsh.exe'] }\n"
                             "  - allow: Windows\n    when: { Image|under: '%WINDIR%' }\n"
                             "    except: { Image|path: '%WINDIR%\\Temp\\*' }\n");
    write_blob("blob/texts",
               "  - deny: hidden\n    when: { CommandLine|contains|all: [' -enc', 'hidden'] }\n"
               "  - audit: wild\n    when: { CommandLine: '*a?b*c*', ParentImage|exists: true }\n"
               "  - deny: unseen\n    when: { CommandLine|windash|contains: '-nop' }\n");
    write_blob(
        "blob/regexes",
        "  - deny: shells\n    when: { Image|re|i: '\\\\(?:cmd|pwsh)\\.exe\\b', CommandLine|re: '\\d{2}' }\n"
        "  - allow: but those\n    when: { Image|re: '^C:' }\n    except: { CommandLine|re: 'm32.*:s$' }\n");
    write_blob("blob/facts",
               "  - allow: known\n    when: { SHA256: "
               "'00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff' }\n"
               "  - deny: other kinds\n    when:\n"
               "      - MD5: [900150983cd24fb0d6963f7d28e17f72, d41d8cd98f00b204e9800998ecf8427e]\n"
               "      - IMPHASH: f34d5f2d4577ed6d9ceec516c1f5a744\n"
               "      - { SHA1: a9993e364706816aba3e25717850c26c9cd0d89d, AuthentiHash: null }\n"
               "  - ask: removable\n    when: { Drive: removable }\n"
               "  - deny: sessions\n    when: { TerminalSessionId|gte: 2 }\n"
               "  - deny: nobody\n    when: { User: null }\n");
}

/* ---- events, images ---- */

static void write_events(void)
{
    static const struct vg_event_exit exit_event = {.process_id = 4312, .run_time = 10000000};
    static const struct vg_event_image image = {.process_id = 4312, .base = 0x10000, .image_size = 4096};
    static const struct vg_event_lost lost = {.first_sequence = 3, .last_sequence = 9};
    static const struct vg_event_state state = {.policy_generation = 1, .rule_count = 4};
    static const uint16_t name[] = u"\\SystemRoot\\System32\\ntdll.dll";
    struct event_builder builder;

    event_full_start(&builder);
    write_seed("event/start", builder.bytes, builder.size);
    event_begin(&builder, VG_EVENT_EXIT, &exit_event, sizeof(exit_event));
    EVENT_TEXT(&builder, VG_FIELD_IMAGE, "C:\\Windows\\System32\\cmd.exe");
    event_finish(&builder);
    write_seed("event/exit", builder.bytes, builder.size);
    event_begin(&builder, VG_EVENT_IMAGE, &image, sizeof(image));
    EVENT_AS(&builder, struct vg_event_image)->name_offset = event_append(&builder, name, sizeof(name) - 2);
    EVENT_AS(&builder, struct vg_event_image)->name_size = sizeof(name) - 2;
    event_finish(&builder);
    write_seed("event/image", builder.bytes, builder.size);
    event_begin(&builder, VG_EVENT_LOST, &lost, sizeof(lost));
    event_finish(&builder);
    write_seed("event/lost", builder.bytes, builder.size);
    event_begin(&builder, VG_EVENT_STATE, &state, sizeof(state));
    event_finish(&builder);
    write_seed("event/state", builder.bytes, builder.size);
}

static void write_images(void)
{
    static struct rich_pe rich;
    struct pe_options options = pe_good_options();
    struct pe_file file;

    pe_build(&file, &options);
    write_seed("image/driver", file.bytes, file.size);
    options.certificate = 100;
    options.pe32_plus = false;
    pe_build(&file, &options);
    write_seed("image/signed", file.bytes, file.size);
    rich_build(&rich, true);
    write_seed("image/described", rich.bytes, rich.size);
}

/* ---- conversations with the driver ---- */

#define HANDLE(n)   ((n)*16)
#define LOAD_POLICY (1 + 8) /* and mend its checksum */

static void write_talks(void)
{
    /* An administrator reads what a start and an exit make, while the policy changes. */
    static const uint8_t watch[] = {
        64, FUZZ_OPEN,   0, FUZZ_READ, 0,  0xC0,        0xFF, FUZZ_START, 4,         0,          FUZZ_REAP,
        0,  FUZZ_POLICY, 1, 128,       0,  FUZZ_START,  0,    0,          FUZZ_READ, 1,          0,
        16, FUZZ_READ,   2, 0,         16, FUZZ_CANCEL, 1,    FUZZ_IMAGE, 0,         FUZZ_CLOSE,
    };
    /* Each request once; quiesced with a read pended; resumed; two handles. */
    static const uint8_t ask[] = {
        3,    FUZZ_OPEN,
        0,    FUZZ_CONTROL,
        0,    0,
        0,    0,
        2,    FUZZ_CONTROL,
        2,    8,
        0,    1,
        0,    0,
        0,    0,
        0,    0,
        0,    0,
        0,    FUZZ_CONTROL,
        3,    8,
        0,    3,
        0,    0,
        0,    1,
        0,    0,
        0,    0,
        0,    FUZZ_CONTROL,
        4,    0,
        0,    0,
        0,    FUZZ_CONTROL,
        5,    8,
        0,    1,
        0,    0,
        0,    0,
        0,    0,
        0,    0,
        0,    HANDLE(1) + FUZZ_OPEN,
        1,    HANDLE(1) + FUZZ_READ,
        3,    0,
        4,    FUZZ_CONTROL,
        6,    0,
        0,    0,
        0,    FUZZ_CONTROL,
        7,    0,
        0,    0,
        0,    FUZZ_CONTROL,
        128,  0x34,
        0x12, 0xE2,
        0x80, 0,
        0,    16,
        0,
    };
    /* Memory fails, the driver is told to go with a handle open, comes back, time passes. */
    static const uint8_t leave[] = {
        128,        FUZZ_OPEN,  0,         FUZZ_FAIL, 3, FUZZ_START,  4,    1,    FUZZ_UNLOAD, FUZZ_START, 5,
        2,          FUZZ_CLOSE, FUZZ_LOAD, FUZZ_OPEN, 0, FUZZ_TIME,   0xFF, 0x7F, FUZZ_START,  6,          4,
        FUZZ_START, 6,          8,         FUZZ_FAIL, 1, FUZZ_POLICY, 0,    0,    0,
    };
    struct blob blob = compile("  - allow: all\n    when: { Image|contains: '\\' }\n");
    uint8_t *talk = calloc(1, blob.size + 16);
    const uint8_t before[] = {
        2, FUZZ_OPEN, 0, FUZZ_CONTROL, LOAD_POLICY, (uint8_t)blob.size, (uint8_t)(blob.size >> 8)};
    const uint8_t after[] = {128, 0, FUZZ_START, 0, 0};

    if (!talk)
        exit(1);
    memcpy(talk, before, sizeof(before));
    memcpy(talk + sizeof(before), blob.bytes, blob.size);
    memcpy(talk + sizeof(before) + blob.size, after, sizeof(after));
    write_seed("ioctl/policy", talk, sizeof(before) + blob.size + sizeof(after));
    write_seed("ioctl/watch", watch, sizeof(watch));
    write_seed("ioctl/ask", ask, sizeof(ask));
    write_seed("ioctl/leave", leave, sizeof(leave));
    free(blob.bytes);
    free(talk);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("usage: make_seeds FOLDER\n", stderr);
        return 2;
    }
    folder = argv[1];
    write_blobs();
    write_events();
    write_images();
    write_talks();
    return 0;
}

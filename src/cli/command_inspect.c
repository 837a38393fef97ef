#include "command.h"
#include "image_facts.h"
#include "image_text.h"
#include "message.h"
#include "visible.h"
#include "whole_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIZE_LIMIT ((size_t)1 << 30)

static yyjson_mut_val *number_or_name(struct vg_json_writer *writer, const char *name, uint16_t number)
{
    return name != NULL ? vg_json_utf8(writer, name) : vg_json_formatted(writer, "0x%04X", (unsigned)number);
}

static yyjson_mut_val *findings_json(struct vg_json_writer *writer, const struct vg_image *image)
{
    struct vg_image_finding findings[VG_IMAGE_FINDINGS_MAX];
    unsigned count = vg_image_findings(image, findings);
    yyjson_mut_val *array = vg_json_array(writer);

    for (unsigned i = 0; i < count; i++) {
        yyjson_mut_val *object = vg_json_object(writer);

        vg_json_put_text(writer, object, "Id", findings[i].id);
        vg_json_put_boolean(writer, object, "Problem", findings[i].problem);
        vg_json_put_text(writer, object, "Meaning", findings[i].words);
        vg_json_put_text(writer, object, "Advice", findings[i].advice);
        vg_json_add(writer, array, object);
    }
    return array;
}

static void put_image(struct vg_json_writer *writer, yyjson_mut_val *object, const struct vg_image *image)
{
    vg_json_put(writer, object, "Machine",
                number_or_name(writer, vg_machine_name(image->machine), image->machine));
    vg_json_put(writer, object, "Subsystem",
                number_or_name(writer, vg_subsystem_name(image->subsystem), image->subsystem));
    vg_json_put_boolean(writer, object, "Is64BitFormat", image->pe32_plus);
    vg_json_put_number(writer, object, "SectionCount", image->section_count);
    vg_json_put_number(writer, object, "TimeDateStamp", image->time_date_stamp);
    vg_json_put_boolean(writer, object, "IsDll", (image->characteristics & 0x2000) != 0);
    vg_json_put_boolean(writer, object, "ForceIntegrity",
                        (image->dll_characteristics & VG_IMAGE_FORCE_INTEGRITY) != 0);
    vg_json_put(writer, object, "Checksum", vg_json_formatted(writer, "0x%08X", (unsigned)image->checksum));
    vg_json_put(writer, object, "ComputedChecksum",
                vg_json_formatted(writer, "0x%08X", (unsigned)image->computed_checksum));
    vg_json_put_boolean(writer, object, "ChecksumRight", image->checksum == image->computed_checksum);
    vg_json_put_boolean(writer, object, "SignatureEmbedded", image->signature_in_file);
    vg_json_put_number(writer, object, "SignatureOffset", image->signature_offset);
    vg_json_put_number(writer, object, "SignatureSize", image->signature_size);
    vg_json_put_boolean(writer, object, "LoadConfiguration", image->has_load_config);
    vg_json_put_boolean(writer, object, "WritableExecutableSection", image->writable_executable_section);
    vg_json_put_boolean(writer, object, "UninitialisedWithRawData", image->uninitialised_with_raw_data);
    vg_json_put(writer, object, "Findings", findings_json(writer, image));
}

static bool print_json(const char *path, enum vg_image_status status, const struct vg_image *image,
                       const struct vg_image_facts *values)
{
    struct vg_json_writer writer;
    yyjson_mut_val *object;

    vg_json_begin(&writer);
    object = vg_json_object(&writer);
    vg_json_put_text(&writer, object, "File", path);
    vg_json_put_boolean(&writer, object, "Image", status == VG_IMAGE_OK);
    if (status == VG_IMAGE_OK) {
        put_image(&writer, object, image);
        vg_image_facts_add_json(values, &writer, object);
    } else {
        vg_json_put_text(&writer, object, "Problem", vg_image_status_text(status));
    }
    return vg_json_write(&writer, object, stdout);
}

static void print_number(const char *label, const char *name, uint16_t number)
{
    if (name != NULL)
        printf("  %-14s %s (0x%04X)\n", label, name, (unsigned)number);
    else
        printf("  %-14s 0x%04X, not known\n", label, (unsigned)number);
}

static void print_text(const char *path, const struct vg_image *image, const struct vg_image_facts *values)
{
    bool colour = vg_colour_wanted(stdout);
    struct vg_image_finding findings[VG_IMAGE_FINDINGS_MAX];
    unsigned count = vg_image_findings(image, findings);

    vg_print_visible(stdout, path, strlen(path));
    puts(":");
    print_number("machine", vg_machine_name(image->machine), image->machine);
    print_number("subsystem", vg_subsystem_name(image->subsystem), image->subsystem);
    printf("  %-14s %s\n", "integrity bit",
           (image->dll_characteristics & VG_IMAGE_FORCE_INTEGRITY) != 0 ? "set" : "not set");
    printf("  %-14s 0x%08X, %s", "checksum", (unsigned)image->checksum,
           image->checksum == image->computed_checksum ? "right\n" : "but it is ");
    if (image->checksum != image->computed_checksum)
        printf("0x%08X\n", (unsigned)image->computed_checksum);
    if (image->signature_in_file)
        printf("  %-14s embedded, %u bytes at 0x%X\n", "signature", (unsigned)image->signature_size,
               (unsigned)image->signature_offset);
    else
        printf("  %-14s %s\n", "signature", image->signature_offset != 0 ? "damaged" : "none embedded");
    printf("  %-14s %u\n\n", "sections", (unsigned)image->section_count);
    vg_image_facts_print(values);
    putchar('\n');
    for (unsigned i = 0; i < count; i++) {
        printf("  %s%s%s %s\n", vg_colour(colour, findings[i].problem ? VG_COLOUR_RED : VG_COLOUR_GREEN),
               findings[i].problem ? "!" : "-", vg_colour_end(colour), findings[i].words);
        if (findings[i].advice != NULL)
            printf("    -> %s\n", findings[i].advice);
    }
}

static int inspect(const char *path, bool json)
{
    uint8_t *bytes;
    size_t size;
    struct vg_image image = {0};
    enum vg_image_status status;
    struct vg_image_facts values = {0};
    bool written = true;

    if (!vg_read_whole_file(path, SIZE_LIMIT, &bytes, &size))
        return VG_EXIT_ERROR;
    status = vg_image_read(bytes, size, &image);
    if (status == VG_IMAGE_OK)
        written = vg_image_facts_read(path, bytes, size, &values);
    free(bytes);
    if (!written) {
        /* it was complained about */
    } else if (json) {
        written = print_json(path, status, &image, &values);
    } else if (status == VG_IMAGE_OK) {
        print_text(path, &image, &values);
    } else {
        vg_print_visible(stdout, path, strlen(path));
        printf(":\n  ! %s\n    -> The loader would answer 0xC000007B (STATUS_INVALID_IMAGE_FORMAT, Win32 "
               "193).\n",
               vg_image_status_text(status));
    }
    vg_image_facts_free(&values);
    return written && status == VG_IMAGE_OK ? VG_EXIT_OK : VG_EXIT_ERROR;
}

static int run(const struct vg_arguments *arguments)
{
    int result = VG_EXIT_OK;

    for (size_t i = 0; i < arguments->operand_count; i++) {
        if (inspect(arguments->operands[i], vg_arguments_flag(arguments, "json")) != VG_EXIT_OK)
            result = VG_EXIT_ERROR;
    }
    return result;
}

static const struct vg_option options[] = {
    {.name = "json", .text = "one JSON object a line"},
    {0},
};

const struct vg_command vg_command_inspect = {
    .name = "inspect",
    .summary = "what Windows would say about an executable file",
    .usage = "[--json] FILE...",
    .description =
        "Says what an executable is made for, whether it carries the integrity bit, a right checksum and a "
        "signature,\n"
        "and in words what the loader and PsSetCreateProcessNotifyRoutineEx would answer to it and what to "
        "do\n"
        "about that; then what rules can ask of it: the strings of its version resource, its hashes, IMPHASH "
        "(of what it\n"
        "imports) and AuthentiHash (of what a signature covers). Signatures are found, not verified. Reads "
        "damaged files as far as they make sense.\n",
    .options = options,
    .examples = "  vigil inspect vigil.sys\n"
                "  vigil inspect --json *.sys | jq 'select(.SignatureEmbedded | not) | .File'\n",
    .exit_codes = "  0  every file is an image that was read, whatever it is worth\n"
                  "  1  some file could not be read or is no image\n"
                  "  2  the command line was wrong\n",
    .operands_min = 1,
    .operands_max = SIZE_MAX,
    .operand = "FILE",
    .run = run,
};

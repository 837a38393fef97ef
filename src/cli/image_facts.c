#include "image_facts.h"

#include "memory_image.h"
#include "message.h"
#include "visible.h"
#include "whole_file.h"

#include <stdlib.h>
#include <string.h>

#define SIZE_LIMIT ((size_t)1 << 30)

/* Sysmon's names, which rules use, by enum vg_image_string. */
static const char *const titles[VG_IMAGE_STRING_COUNT] = {
    [VG_IMAGE_ORIGINAL_FILE_NAME] = "OriginalFileName",
    [VG_IMAGE_DESCRIPTION] = "Description",
    [VG_IMAGE_PRODUCT] = "Product",
    [VG_IMAGE_COMPANY] = "Company",
    [VG_IMAGE_FILE_VERSION] = "FileVersion",
};

static bool read_version(const uint8_t *bytes, size_t size, struct vg_image_facts *facts)
{
    struct vg_memory_image image = {.bytes = bytes, .size = size};
    struct vg_image_reader *reader = malloc(sizeof(*reader));

    facts->room = malloc(VG_IMAGE_VERSION_ROOM);
    if (reader == NULL || facts->room == NULL) {
        free(reader);
        return false;
    }
    if (vg_memory_image_open(reader, &image) == VG_ANSWER_READ)
        (void)vg_image_version(reader, facts->room, &facts->version);
    free(reader);
    return true;
}

bool vg_image_facts_read(const char *path, const uint8_t *bytes, size_t size, struct vg_image_facts *facts)
{
    *facts = (struct vg_image_facts){0};
    if (!read_version(bytes, size, facts)) {
        vg_say_error("cannot read %s: out of memory", path);
        return false;
    }
    return vg_hashes_of_bytes(path, bytes, size, VG_HASHES_SYSMON | VG_HASH_BIT(VG_HASH_AUTHENTIHASH),
                              &facts->hashes);
}

bool vg_image_facts_of_version(const char *path, struct vg_image_facts *facts)
{
    uint8_t *bytes = NULL;
    size_t size = 0;
    bool done = false;

    *facts = (struct vg_image_facts){0};
    if (!vg_read_whole_file(path, SIZE_LIMIT, &bytes, &size))
        return false;
    done = read_version(bytes, size, facts);
    if (!done)
        vg_say_error("cannot read %s: out of memory", path);
    free(bytes);
    return done;
}

struct vg_span vg_image_facts_string(const struct vg_image_facts *facts, enum vg_field field)
{
    for (unsigned i = 0; i < VG_IMAGE_STRING_COUNT; i++) {
        if (strcmp(titles[i], vg_field_name(field)) == 0)
            return facts->version.strings[i];
    }
    return (struct vg_span){0};
}

void vg_image_facts_free(struct vg_image_facts *facts)
{
    free(facts->room);
    facts->room = NULL;
}

/* UTF-8 with a NUL, malloc'ed; NULL without memory. */
static char *utf8_of(struct vg_span text, size_t *size)
{
    char *utf8 = NULL;

    *size = vg_utf8_from_utf16(text, NULL, 0);
    utf8 = malloc(*size + 1);
    if (utf8 != NULL) {
        vg_utf8_from_utf16(text, utf8, *size);
        utf8[*size] = '\0';
    }
    return utf8;
}

static void print_string(const char *title, struct vg_span text)
{
    size_t size = 0;
    char *utf8 = text.size == 0 ? NULL : utf8_of(text, &size);

    printf("  %-16s ", title);
    if (utf8 != NULL)
        vg_print_visible(stdout, utf8, size);
    else
        putchar('-');
    putchar('\n');
    free(utf8);
}

void vg_image_facts_print(const struct vg_image_facts *facts)
{
    char digits[2 * VG_DIGEST_SIZE_MAX + 1];

    for (unsigned i = 0; i < VG_IMAGE_STRING_COUNT; i++)
        print_string(titles[i], facts->version.strings[i]);
    for (unsigned name = 0; name < VG_HASH_COUNT; name++) {
        bool known = (facts->hashes.known & VG_HASH_BIT(name)) != 0;

        if (known)
            vg_hash_digits(&facts->hashes, (enum vg_hash_name)name, digits);
        printf("  %-16s %s\n", vg_hash_title((enum vg_hash_name)name), known ? digits : "-");
    }
}

void vg_image_facts_add_json(const struct vg_image_facts *facts, struct vg_json_writer *writer,
                             yyjson_mut_val *object)
{
    char digits[2 * VG_DIGEST_SIZE_MAX + 1];

    for (unsigned i = 0; i < VG_IMAGE_STRING_COUNT; i++) {
        struct vg_span text = facts->version.strings[i];

        vg_json_put(writer, object, titles[i],
                    text.size != 0 ? vg_json_utf16(writer, text) : vg_json_null(writer));
    }
    for (unsigned name = 0; name < VG_HASH_COUNT; name++) {
        bool known = (facts->hashes.known & VG_HASH_BIT(name)) != 0;

        if (known)
            vg_hash_digits(&facts->hashes, (enum vg_hash_name)name, digits);
        vg_json_put_text(writer, object, vg_hash_title((enum vg_hash_name)name), known ? digits : NULL);
    }
}

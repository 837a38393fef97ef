#include "bytes.h"
#include "resource.h"
#include "window.h"

#include <vigil/bits.h>

#include <string.h>

#define RT_VERSION      16u
#define VS_VERSION_INFO 1u

/* A structure of the version resource: its header, its key, its value, and then further structures, each part
 * at a multiple of 4. Offsets are from the start of the resource; all lie inside it. */
struct block {
    uint32_t key;
    uint32_t key_units; /* without the NUL */
    uint32_t value;
    uint32_t children; /* where they begin */
    uint32_t end;
};

static uint32_t aligned(uint32_t offset)
{
    return (offset + 3) & ~3u;
}

static uint32_t smaller(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

#define LOWEST_OF_EACH_UNIT 0x0001000100010001u

/* How many units stand before the first NUL, of those that end before `end`. */
static uint32_t units_of(const uint8_t *bytes, uint32_t at, uint32_t end)
{
    uint32_t room = (end - at) / 2;
    uint32_t count = 0;

    for (; room - count >= 4; count += 4) {
        uint64_t four = vg_read64(bytes + at + 2 * count);
        uint64_t zeros = (four - LOWEST_OF_EACH_UNIT) & ~four & LOWEST_OF_EACH_UNIT << 15;

        /* Of the units marked the first one is NUL, whatever those behind it are. */
        if (zeros != 0)
            return count + vg_lowest_bit(zeros) / 16;
    }
    while (count < room && vg_read16(bytes + at + 2 * count) != 0)
        count++;
    return count;
}

/* The structure at `at`, which ends before `limit`. Every one has more than 6 bytes, so walking ends. */
static bool read_block(const uint8_t *bytes, uint32_t at, uint32_t limit, struct block *block)
{
    uint32_t value_size = 0;

    if (at > limit || limit - at < 6 || vg_read16(bytes + at) <= 6)
        return false;
    block->end = at + smaller(vg_read16(bytes + at), limit - at);
    value_size = vg_read16(bytes + at + 2);
    if (vg_read16(bytes + at + 4) == 1)
        value_size *= 2; /* text is counted in units */
    block->key = at + 6;
    block->key_units = units_of(bytes, block->key, block->end);
    block->value = smaller(aligned(block->key + 2 * (block->key_units + 1)), block->end);
    block->children =
        smaller(aligned(block->value + smaller(value_size, block->end - block->value)), block->end);
    return true;
}

/* What a key is called; `text` is ASCII in UTF-16, and NULL stands for any. */
struct name {
    const uint16_t *text;
    uint32_t units;
};

#define NAME(literal)                                                                                        \
    {                                                                                                        \
        .text = u"" literal, .units = sizeof(u"" literal) / 2 - 1                                            \
    }

/* Whether they differ at most in the case of an ASCII letter. */
static bool is_letter_of(uint16_t unit, uint16_t letter)
{
    uint32_t difference = (uint32_t)unit ^ letter;

    return difference == 0 ||
           (difference == ('a' ^ 'A') && (letter | difference) >= 'a' && (letter | difference) <= 'z');
}

static bool has_letters(const uint8_t *key, const struct name *name)
{
    for (uint32_t i = 0; i < name->units; i++) {
        if (!is_letter_of(vg_read16(key + 2 * i), name->text[i]))
            return false;
    }
    return true;
}

/* Nearly every key is spelled as the compilers spell it. */
static inline bool has_key(const uint8_t *bytes, const struct block *block, const struct name *name)
{
    const uint8_t *key = bytes + block->key;

    if (name->text == NULL)
        return true;
    return block->key_units == name->units &&
           (memcmp(key, name->text, 2 * name->units) == 0 || has_letters(key, name));
}

/* The first child of that name. */
static bool find_child(const uint8_t *bytes, const struct block *parent, const struct name *name,
                       struct block *child)
{
    uint32_t at = parent->children;

    while (read_block(bytes, at, parent->end, child)) {
        if (has_key(bytes, child, name))
            return true;
        at = aligned(child->end);
    }
    return false;
}

static void write_hex(uint16_t number, uint16_t *out)
{
    for (unsigned i = 0; i < 4; i++)
        out[i] = u"0123456789abcdef"[number >> (12 - 4 * i) & 15];
}

/* The name of the table of strings for the first translation, such as 040904b0. */
static bool first_translation(const uint8_t *bytes, const struct block *root, uint16_t name[8])
{
    static const struct name of_files = NAME("VarFileInfo");
    static const struct name of_translation = NAME("Translation");
    struct block files;
    struct block translation;

    if (!find_child(bytes, root, &of_files, &files) ||
        !find_child(bytes, &files, &of_translation, &translation) || translation.end - translation.value < 4)
        return false;
    write_hex(vg_read16(bytes + translation.value), name);
    write_hex(vg_read16(bytes + translation.value + 2), name + 4);
    return true;
}

static bool find_table(const uint8_t *bytes, const struct block *root, struct block *table)
{
    static const struct name of_files = NAME("StringFileInfo");
    static const struct name fallbacks[] = {NAME("040904b0"), NAME("040904e4"), NAME("04090000"), {NULL, 0}};
    uint16_t translation[8];
    struct block files;

    if (!find_child(bytes, root, &of_files, &files))
        return false;
    if (first_translation(bytes, root, translation) &&
        find_child(bytes, &files, &(struct name){translation, sizeof(translation) / 2}, table))
        return true;
    for (unsigned i = 0; i < sizeof(fallbacks) / sizeof(*fallbacks); i++) {
        if (find_child(bytes, &files, &fallbacks[i], table))
            return true;
    }
    return false;
}

/* Its length field is not believed: compilers disagree whether it counts units or bytes. */
static struct vg_span text_of(const uint8_t *bytes, const struct block *string)
{
    return (struct vg_span){.bytes = bytes + string->value,
                            .size = 2 * units_of(bytes, string->value, string->end)};
}

/* The strings that are asked for, each the first of its name. False when there is none but empty ones. */
static bool read_table(const uint8_t *bytes, const struct block *table, struct vg_image_version *version)
{
    static const struct name names[VG_IMAGE_STRING_COUNT] = {
        [VG_IMAGE_ORIGINAL_FILE_NAME] = NAME("OriginalFilename"),
        [VG_IMAGE_DESCRIPTION] = NAME("FileDescription"),
        [VG_IMAGE_PRODUCT] = NAME("ProductName"),
        [VG_IMAGE_COMPANY] = NAME("CompanyName"),
        [VG_IMAGE_FILE_VERSION] = NAME("FileVersion"),
    };
    struct block string;
    uint32_t at = table->children;
    uint32_t seen = 0; /* bits */
    bool any = false;

    while (read_block(bytes, at, table->end, &string)) {
        for (unsigned i = 0; i < VG_IMAGE_STRING_COUNT; i++) {
            if ((seen >> i & 1) != 0 || !has_key(bytes, &string, &names[i]))
                continue;
            seen |= 1u << i;
            version->strings[i] = text_of(bytes, &string);
            any = any || version->strings[i].size != 0;
            break;
        }
        at = aligned(string.end);
    }
    return any;
}

static bool read_strings(const uint8_t *bytes, uint32_t size, struct vg_image_version *version)
{
    static const struct name of_root = NAME("VS_VERSION_INFO");
    struct block root;
    struct block table;

    if (!read_block(bytes, 0, size, &root) || !has_key(bytes, &root, &of_root) ||
        !find_table(bytes, &root, &table))
        return false;
    return read_table(bytes, &table, version);
}

enum vg_image_answer vg_image_version(struct vg_image_reader *reader, void *room,
                                      struct vg_image_version *version)
{
    struct vg_image_version found = {0};
    uint32_t address = 0;
    uint32_t size = 0;
    uint32_t available = 0;
    uint64_t offset = 0;

    reader->failed = false;
    if (!vg_resource_find(reader, RT_VERSION, VS_VERSION_INFO, &address, &size) ||
        !vg_window_find(reader, address, &offset, &available))
        return reader->failed ? VG_ANSWER_FAILED : VG_ANSWER_NONE;
    size = smaller(smaller(size, available), VG_IMAGE_VERSION_ROOM);
    if (!vg_window_read(reader, offset, room, size))
        return VG_ANSWER_FAILED;
    if (!read_strings(room, size, &found))
        return VG_ANSWER_NONE;
    *version = found;
    return VG_ANSWER_READ;
}

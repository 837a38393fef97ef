#include "bytes.h"
#include "ordinals.h"
#include "window.h"

#include <string.h>

#define DIRECTORY_IMPORT 1u
#define DESCRIPTOR_SIZE  20u /* PE/COFF 6.4.1 */

/* One walk over the import table. */
struct walk {
    struct vg_image_reader *reader;
    vg_image_feed *feed;
    void *context;
    uint32_t library_length; /* of reader->library, as it is looked up */
    uint32_t stem_length;    /* of it, as it is fed */
    uint32_t imports;        /* seen so far */
    bool fed;                /* anything */
};

static bool is_letter_or_digit(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9');
}

static bool is_among(char byte, const char *others)
{
    while (*others != 0 && *others != byte)
        others++;
    return *others != 0;
}

/* Whether pefile takes the text for a name: it holds nothing but letters, digits and `others`. */
static bool is_name(const char *text, uint32_t length, const char *others)
{
    for (uint32_t i = 0; i < length; i++) {
        if (!is_letter_or_digit(text[i]) && !is_among(text[i], others))
            return false;
    }
    return true;
}

static void lower(char *text, uint32_t length)
{
    for (uint32_t i = 0; i < length; i++) {
        if (text[i] >= 'A' && text[i] <= 'Z')
            text[i] = (char)(text[i] + ('a' - 'A'));
    }
}

/* The length of a name in lower case without an extension that says nothing. */
static uint32_t stem_of(const char *text, uint32_t length)
{
    static const char extensions[][4] = {{'.', 'd', 'l', 'l'}, {'.', 'o', 'c', 'x'}, {'.', 's', 'y', 's'}};

    for (unsigned i = 0; length >= 4 && i < 3; i++) {
        if (memcmp(text + length - 4, extensions[i], 4) == 0)
            return length - 4;
    }
    return length;
}

/* False when there is no name, and so nothing to be said of the library. */
static bool read_library(struct walk *walk, uint32_t address)
{
    static const char invalid[] = "*invalid*";
    char *name = walk->reader->library;
    uint32_t length = 0;

    if (!vg_window_text_at(walk->reader, address, name, VG_IMAGE_NAME_MAX, &length) || length == 0)
        return false;
    if (!is_name(name, length, "!#$%&'()-@^_`{}~+,.;=[]\\/")) {
        length = sizeof(invalid) - 1;
        memcpy(name, invalid, length);
    }
    lower(name, length);
    walk->library_length = length;
    walk->stem_length = stem_of(name, length);
    return true;
}

static void feed_import(struct walk *walk, const char *name, uint32_t length)
{
    if (walk->fed)
        walk->feed(walk->context, ",", 1);
    walk->fed = true;
    walk->feed(walk->context, walk->reader->library, walk->stem_length);
    walk->feed(walk->context, ".", 1);
    walk->feed(walk->context, name, length);
}

static void feed_ordinal(struct walk *walk, uint16_t ordinal)
{
    const char *known = vg_ordinal_name(walk->reader->library, walk->library_length, ordinal);
    char text[8] = "ord";
    uint32_t length = 3;
    uint32_t named = 0;
    uint32_t unit = 10000;

    if (ordinal == 0)
        return; /* pefile sees no import in it */
    if (known != NULL) {
        while (known[named] != 0)
            named++;
        feed_import(walk, known, named);
        return;
    }
    while (unit > ordinal)
        unit /= 10;
    for (; unit != 0; unit /= 10)
        text[length++] = (char)('0' + ordinal / unit % 10);
    feed_import(walk, text, length);
}

static void feed_name(struct walk *walk, uint64_t address)
{
    char *name = walk->reader->name;
    uint32_t length = 0;

    if (address + 2 > UINT32_MAX ||
        !vg_window_text_at(walk->reader, (uint32_t)address + 2, name, VG_IMAGE_NAME_MAX, &length) ||
        length == 0 || !is_name(name, length, "._?@$()<>"))
        return;
    lower(name, length);
    feed_import(walk, name, length);
}

/* An entry of an import look-up table (PE/COFF 6.4.2). False at its end. */
static bool read_entry(struct walk *walk, uint64_t address, uint64_t *entry)
{
    uint8_t bytes[8];
    uint32_t size = walk->reader->pe32_plus ? 8 : 4;

    if (address > UINT32_MAX || !vg_window_read_at(walk->reader, (uint32_t)address, bytes, size))
        return false;
    *entry = vg_read32(bytes);
    if (size == 8)
        *entry |= (uint64_t)vg_read32(bytes + 4) << 32;
    return *entry != 0;
}

/* False beyond the limit. */
static bool walk_entries(struct walk *walk, uint64_t table)
{
    uint32_t size = walk->reader->pe32_plus ? 8 : 4;
    uint64_t by_ordinal = (uint64_t)1 << (8 * size - 1);
    uint64_t entry = 0;

    for (; read_entry(walk, table, &entry); table += size) {
        if (++walk->imports > VG_IMAGE_IMPORTS_MAX)
            return false;
        if ((entry & by_ordinal) != 0)
            feed_ordinal(walk, (uint16_t)entry);
        else
            feed_name(walk, entry);
    }
    return true;
}

/* The look-up table, or where it is missing (old linkers) the address table, which is the same until it is
 * bound. */
static bool walk_library(struct walk *walk, const uint8_t descriptor[DESCRIPTOR_SIZE])
{
    uint32_t look_up = vg_read32(descriptor);
    uint32_t addresses = vg_read32(descriptor + 16);
    uint64_t entry = 0;

    if (!read_library(walk, vg_read32(descriptor + 12)))
        return true;
    return walk_entries(walk, look_up != 0 && read_entry(walk, look_up, &entry) ? look_up : addresses);
}

static bool is_zero(const uint8_t *bytes, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++) {
        if (bytes[i] != 0)
            return false;
    }
    return true;
}

enum vg_image_answer vg_image_imports(struct vg_image_reader *reader, vg_image_feed *feed, void *context)
{
    struct walk walk = {.reader = reader, .feed = feed, .context = context};
    uint64_t at = reader->directories[DIRECTORY_IMPORT].address;
    uint32_t libraries = 0;
    uint8_t descriptor[DESCRIPTOR_SIZE];

    reader->failed = false;
    if (at == 0)
        return VG_ANSWER_NONE;
    for (; at <= UINT32_MAX && vg_window_read_at(reader, (uint32_t)at, descriptor, DESCRIPTOR_SIZE) &&
           !is_zero(descriptor, DESCRIPTOR_SIZE);
         at += DESCRIPTOR_SIZE) {
        if (++libraries > VG_IMAGE_LIBRARIES_MAX || !walk_library(&walk, descriptor))
            return VG_ANSWER_FAILED;
    }
    if (reader->failed)
        return VG_ANSWER_FAILED;
    return walk.fed ? VG_ANSWER_READ : VG_ANSWER_NONE;
}

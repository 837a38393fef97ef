#include "../cmocka_all.h"

#include <vigil/image_reader.h>

#include "rich_pe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX 65536u

/* A file in memory of exactly its size, so that AddressSanitizer sees the first byte read too many. */
struct source {
    uint8_t *bytes;
    size_t size;
    unsigned reads;
    unsigned reads_allowed; /* later ones fail */
};

struct text {
    char bytes[TEXT_MAX];
    size_t size;
};

static struct vg_image_reader reader;
static struct text text;
static uint16_t room[VG_IMAGE_VERSION_ROOM / 2];

static bool read_at(void *context, uint64_t offset, void *buffer, uint32_t size)
{
    struct source *source = context;

    assert_true(size >= 1 && size <= VG_IMAGE_BLOCK_SIZE);
    assert_true(offset <= source->size && size <= source->size - offset);
    if (source->reads++ >= source->reads_allowed)
        return false;
    memcpy(buffer, source->bytes + offset, size);
    return true;
}

static struct source source_of(const uint8_t *bytes, size_t size)
{
    struct source source = {.bytes = malloc(size != 0 ? size : 1), .size = size, .reads_allowed = UINT32_MAX};

    assert_non_null(source.bytes);
    memcpy(source.bytes, bytes, size);
    return source;
}

static void feed(void *context, const void *bytes, uint32_t size)
{
    (void)context;
    if (size > TEXT_MAX - text.size)
        size = (uint32_t)(TEXT_MAX - text.size);
    memcpy(text.bytes + text.size, bytes, size);
    text.size += size;
}

static void assert_span(struct vg_span span, const char *expected)
{
    char utf8[256];
    size_t size = vg_utf8_from_utf16(span, utf8, sizeof(utf8) - 1);

    assert_true(size < sizeof(utf8));
    utf8[size] = '\0';
    assert_string_equal(utf8, expected);
}

static enum vg_image_answer read_version(const struct rich_pe *pe, struct vg_image_version *version)
{
    struct source source = source_of(pe->bytes, pe->size);
    enum vg_image_answer answer = vg_image_open(&reader, read_at, &source, source.size);

    if (answer == VG_ANSWER_READ)
        answer = vg_image_version(&reader, room, version);
    free(source.bytes);
    return answer;
}

static enum vg_image_answer read_imports(const struct rich_pe *pe)
{
    struct source source = source_of(pe->bytes, pe->size);
    enum vg_image_answer answer = vg_image_open(&reader, read_at, &source, source.size);

    text.size = 0;
    if (answer == VG_ANSWER_READ)
        answer = vg_image_imports(&reader, feed, NULL);
    text.bytes[text.size < TEXT_MAX ? text.size : TEXT_MAX - 1] = '\0';
    free(source.bytes);
    return answer;
}

static void the_strings_are_those_of_the_first_translation(void **state)
{
    struct vg_image_version version = {0};
    struct rich_pe pe;

    (void)state;
    rich_build(&pe, true);
    assert_int_equal(read_version(&pe, &version), VG_ANSWER_READ);
    assert_span(version.strings[VG_IMAGE_ORIGINAL_FILE_NAME], "Rich.EXE");
    assert_span(version.strings[VG_IMAGE_DESCRIPTION], "A program");
    assert_span(version.strings[VG_IMAGE_COMPANY], "Vigil's tests");
    assert_span(version.strings[VG_IMAGE_FILE_VERSION], "1.2.3.4");
    assert_int_equal(version.strings[VG_IMAGE_PRODUCT].size, 0);
}

static size_t find(const struct rich_pe *pe, const char *ascii)
{
    for (size_t at = pe->version; at < pe->end; at += 2) {
        size_t i = 0;

        while (ascii[i] != '\0' && pe->bytes[at + 2 * i] == (uint8_t)ascii[i])
            i++;
        if (ascii[i] == '\0')
            return at;
    }
    fail_msg("no %s", ascii);
    return 0;
}

static void a_translation_without_a_table_falls_back_to_english_then_to_the_first(void **state)
{
    struct vg_image_version version = {0};
    struct rich_pe pe;

    (void)state;
    rich_build(&pe, false);
    rich_write16(&pe, find(&pe, "Translation") + 24 + 2, 0x0411);
    assert_int_equal(read_version(&pe, &version), VG_ANSWER_READ);
    assert_span(version.strings[VG_IMAGE_DESCRIPTION], "A program");
    rich_write16(&pe, find(&pe, "040904B0"), 'A');
    assert_int_equal(read_version(&pe, &version), VG_ANSWER_READ);
    assert_span(version.strings[VG_IMAGE_DESCRIPTION], "Ein Programm");
}

static void a_string_ends_at_its_nul_or_with_its_structure(void **state)
{
    struct vg_image_version version = {0};
    struct rich_pe pe;
    size_t value = 0;

    (void)state;
    rich_build(&pe, true);
    rich_write16(&pe, find(&pe, "A program") + 2 * 5, 0);
    assert_int_equal(read_version(&pe, &version), VG_ANSWER_READ);
    assert_span(version.strings[VG_IMAGE_DESCRIPTION], "A pro");
    rich_build(&pe, true);
    value = find(&pe, "A program") + 2 * 9;
    rich_write16(&pe, value, 0x0021);
    assert_int_equal(read_version(&pe, &version), VG_ANSWER_READ);
    assert_span(version.strings[VG_IMAGE_DESCRIPTION], "A program!");
}

static void of_several_languages_the_neutral_one_is_read_then_english(void **state)
{
    struct vg_image_version version = {0};
    struct rich_pe pe;
    size_t languages = 0;

    (void)state;
    rich_build(&pe, true);
    /* A new level of two languages behind everything: the first leads nowhere. */
    languages = pe.end;
    rich_write16(&pe, languages + 14, 2);
    rich_write32(&pe, languages + 16, 0x0407);
    rich_write32(&pe, languages + 20, 0x00700000);
    rich_write32(&pe, languages + 24, 0x0409);
    rich_write32(&pe, languages + 28, 72);
    rich_write32(&pe, pe.resources + 24 + 20, 0x80000000u + (uint32_t)(languages - pe.resources));
    assert_int_equal(read_version(&pe, &version), VG_ANSWER_READ);
    rich_write32(&pe, languages + 16, 0);
    assert_int_equal(read_version(&pe, &version), VG_ANSWER_NONE);
}

static void a_directory_that_leads_to_itself_leads_nowhere(void **state)
{
    struct vg_image_version version = {0};
    struct rich_pe pe;

    (void)state;
    rich_build(&pe, true);
    for (unsigned level = 0; level < 3; level++) {
        rich_write32(&pe, pe.resources + level * 24 + 16, level == 0 ? 16 : 1);
        rich_write32(&pe, pe.resources + level * 24 + 20, 0x80000000u);
    }
    assert_int_equal(read_version(&pe, &version), VG_ANSWER_NONE);
}

static void a_file_without_resources_or_imports_has_none(void **state)
{
    struct vg_image_version version = {0};
    struct rich_pe pe;

    (void)state;
    rich_build(&pe, true);
    rich_write32(&pe, pe.directories + 2 * 8, 0);
    rich_write32(&pe, pe.directories + 8, 0);
    assert_int_equal(read_version(&pe, &version), VG_ANSWER_NONE);
    assert_int_equal(read_imports(&pe), VG_ANSWER_NONE);
}

static void imports_are_listed_as_pefile_lists_them(void **state)
{
    struct rich_pe pe;

    (void)state;
    for (unsigned wide = 0; wide < 2; wide++) {
        rich_build(&pe, wide != 0);
        assert_int_equal(read_imports(&pe), VG_ANSWER_READ);
        assert_string_equal(text.bytes, RICH_IMPORTS);
    }
}

static void names_that_no_linker_writes_are_left_out(void **state)
{
    struct rich_pe pe;

    (void)state;
    rich_build(&pe, true);
    for (size_t at = pe.imports; at < pe.end; at++) {
        if (memcmp(pe.bytes + at, "ExitProcess", 11) == 0)
            pe.bytes[at] = '%';
        if (memcmp(pe.bytes + at, "old.ocx", 7) == 0)
            pe.bytes[at] = '*';
    }
    assert_int_equal(read_imports(&pe), VG_ANSWER_READ);
    assert_string_equal(text.bytes,
                        "kernel32.loadlibrarya,ws2_32.socket,ws2_32.ord3000,plain.drv.ord7,*invalid*.foo@4");
}

static void a_file_beyond_the_limit_of_imports_is_not_guessed(void **state)
{
    size_t size = RICH_RAW + 0x200000;
    struct rich_pe *pe = calloc(1, sizeof(*pe));
    struct source source = {.size = size, .reads_allowed = UINT32_MAX};
    size_t section = 0;

    (void)state;
    assert_non_null(pe);
    rich_build(pe, false);
    section = pe->directories + 16 * 8;
    rich_write32(pe, section + 8, 0x200000);
    rich_write32(pe, section + 16, 0x200000);
    rich_write32(pe, pe->imports, RICH_ADDRESS + 0x1000); /* a look-up table up to the end of the file */
    source.bytes = malloc(size);
    assert_non_null(source.bytes);
    memset(source.bytes, 0x80, size);
    memcpy(source.bytes, pe->bytes, pe->size);
    text.size = 0;
    assert_int_equal(vg_image_open(&reader, read_at, &source, size), VG_ANSWER_READ);
    assert_int_equal(vg_image_imports(&reader, feed, NULL), VG_ANSWER_FAILED);
    free(source.bytes);
    free(pe);
}

static void a_read_that_fails_is_told_from_a_fact_that_is_not_there(void **state)
{
    struct vg_image_version version = {0};
    struct rich_pe pe;
    struct source source;
    unsigned failures = 0;

    (void)state;
    rich_build(&pe, true);
    source = source_of(pe.bytes, pe.size);
    for (unsigned allowed = 0;; allowed++) {
        enum vg_image_answer opened = VG_ANSWER_FAILED;
        enum vg_image_answer strings = VG_ANSWER_FAILED;
        enum vg_image_answer imports = VG_ANSWER_FAILED;

        source.reads = 0;
        source.reads_allowed = allowed;
        opened = vg_image_open(&reader, read_at, &source, source.size);
        if (opened == VG_ANSWER_READ) {
            strings = vg_image_version(&reader, room, &version);
            imports = vg_image_imports(&reader, feed, NULL);
        }
        if (source.reads <= allowed) {
            assert_int_equal(strings, VG_ANSWER_READ);
            assert_int_equal(imports, VG_ANSWER_READ);
            break;
        }
        assert_int_equal(imports, VG_ANSWER_FAILED);
        failures++;
    }
    assert_int_equal(failures, 2); /* its headers and what they lead to: two blocks, each read once */
    free(source.bytes);
}

static void the_signed_part_leaves_out_checksum_directory_entry_and_certificates(void **state)
{
    struct rich_pe pe;
    struct source source;
    struct vg_image_hashed hashed;
    size_t checksum = 0;

    (void)state;
    rich_build(&pe, true);
    checksum = 0x80 + 24 + 64;
    rich_write32(&pe, pe.directories + 4 * 8, 0x1000);
    rich_write32(&pe, pe.directories + 4 * 8 + 4, 0x100);
    source = source_of(pe.bytes, pe.size);
    assert_int_equal(vg_image_open(&reader, read_at, &source, source.size), VG_ANSWER_READ);
    vg_image_authentihash(&reader, &hashed);
    assert_int_equal(hashed.ranges[0].offset, 0);
    assert_int_equal(hashed.ranges[0].size, checksum);
    assert_int_equal(hashed.ranges[1].offset, checksum + 4);
    assert_int_equal(hashed.ranges[1].size, pe.directories + 32 - checksum - 4);
    assert_int_equal(hashed.ranges[2].offset, pe.directories + 40);
    assert_int_equal(hashed.ranges[2].size, 0x1000 - pe.directories - 40);
    assert_int_equal(hashed.ranges[3].offset, 0x1100);
    assert_int_equal(hashed.ranges[3].size, pe.size - 0x1100);
    assert_int_equal(hashed.padding, 0);
    free(source.bytes);
}

static void an_unsigned_file_is_hashed_as_if_filled_up_for_signing(void **state)
{
    struct rich_pe pe;
    struct source source;
    struct vg_image_hashed hashed;

    (void)state;
    rich_build(&pe, true);
    pe.size += 3;
    source = source_of(pe.bytes, pe.size);
    assert_int_equal(vg_image_open(&reader, read_at, &source, source.size), VG_ANSWER_READ);
    vg_image_authentihash(&reader, &hashed);
    assert_int_equal(hashed.ranges[2].size, 0);
    assert_int_equal(hashed.ranges[3].offset + hashed.ranges[3].size, pe.size);
    assert_int_equal(hashed.padding, 5);
    free(source.bytes);
}

/* Everything that can be asked of any bytes: answers are what they are, but nothing lies outside. */
static void ask_everything(const uint8_t *bytes, size_t size)
{
    struct source source = source_of(bytes, size);
    struct vg_image_version version = {0};
    struct vg_image_hashed hashed;
    uint64_t at = 0;

    text.size = 0;
    if (vg_image_open(&reader, read_at, &source, size) == VG_ANSWER_READ) {
        (void)vg_image_version(&reader, room, &version);
        (void)vg_image_imports(&reader, feed, NULL);
        vg_image_authentihash(&reader, &hashed);
        for (unsigned i = 0; i < VG_IMAGE_HASHED_RANGES; i++) {
            if (hashed.ranges[i].size == 0)
                continue;
            assert_true(hashed.ranges[i].offset >= at);
            at = hashed.ranges[i].offset + hashed.ranges[i].size;
            assert_true(at <= size);
        }
    }
    for (unsigned i = 0; i < VG_IMAGE_STRING_COUNT; i++) {
        struct vg_span string = version.strings[i];

        if (string.size == 0)
            continue;
        assert_true((const uint8_t *)string.bytes >= (const uint8_t *)room && string.size % 2 == 0);
        assert_true((const uint8_t *)string.bytes + string.size <= (const uint8_t *)room + sizeof(room));
    }
    free(source.bytes);
}

static void a_file_cut_off_anywhere_is_read_within_its_bounds(void **state)
{
    struct rich_pe pe;

    (void)state;
    rich_build(&pe, true);
    for (size_t size = 0; size < pe.size; size++)
        ask_everything(pe.bytes, size);
}

static uint32_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*state >> 33);
}

/* Values that lie at the edges of what the format's fields can say. */
static uint32_t hostile(uint64_t *seed)
{
    static const uint32_t values[] = {
        0,          1,          6,          7,          0xFFFF,       0x10000,
        0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFFFFFC, RICH_ADDRESS, 0x80000018};
    uint32_t choice = next_random(seed) % 16;

    return choice < 12 ? values[choice] : next_random(seed);
}

static void a_hundred_thousand_mutations_are_read_within_their_bounds(void **state)
{
    uint64_t seed = 20;
    struct rich_pe original[2];

    (void)state;
    rich_build(&original[0], false);
    rich_build(&original[1], true);
    for (unsigned round = 0; round < 100000; round++) {
        struct rich_pe pe = original[round % 2];
        unsigned changes = 1 + next_random(&seed) % 8;

        for (unsigned i = 0; i < changes; i++) {
            size_t at = next_random(&seed) % (pe.end - 4);

            switch (next_random(&seed) % 3) {
            case 0:
                pe.bytes[at] = (uint8_t)next_random(&seed);
                break;
            case 1:
                rich_write16(&pe, at, (uint16_t)hostile(&seed));
                break;
            default:
                rich_write32(&pe, at & ~(size_t)3, hostile(&seed));
            }
        }
        ask_everything(pe.bytes, next_random(&seed) % 4 == 0 ? next_random(&seed) % pe.size : pe.size);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_strings_are_those_of_the_first_translation),
        cmocka_unit_test(a_translation_without_a_table_falls_back_to_english_then_to_the_first),
        cmocka_unit_test(a_string_ends_at_its_nul_or_with_its_structure),
        cmocka_unit_test(of_several_languages_the_neutral_one_is_read_then_english),
        cmocka_unit_test(a_directory_that_leads_to_itself_leads_nowhere),
        cmocka_unit_test(a_file_without_resources_or_imports_has_none),
        cmocka_unit_test(imports_are_listed_as_pefile_lists_them),
        cmocka_unit_test(names_that_no_linker_writes_are_left_out),
        cmocka_unit_test(a_file_beyond_the_limit_of_imports_is_not_guessed),
        cmocka_unit_test(a_read_that_fails_is_told_from_a_fact_that_is_not_there),
        cmocka_unit_test(the_signed_part_leaves_out_checksum_directory_entry_and_certificates),
        cmocka_unit_test(an_unsigned_file_is_hashed_as_if_filled_up_for_signing),
        cmocka_unit_test(a_file_cut_off_anywhere_is_read_within_its_bounds),
        cmocka_unit_test(a_hundred_thousand_mutations_are_read_within_their_bounds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

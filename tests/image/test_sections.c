/* Tables of many sections, which the reader takes several headers at a time. */
#include "../cmocka_all.h"

#include <vigil/image_reader.h>

#include "rich_pe.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define HEADER      40u
#define COUNT       (0x80u + 6) /* where the file says how many there are */
#define ELSEWHERE   0x100000u   /* addresses of sections that hold nothing */
#define DIRECTORIES (16u * 8u)

static struct vg_image_reader reader;
static uint16_t room[VG_IMAGE_VERSION_ROOM / 2];
static unsigned reads_allowed;

static bool read_at(void *context, uint64_t offset, void *buffer, uint32_t size)
{
    if (reads_allowed == 0)
        return false;
    reads_allowed--;
    memcpy(buffer, (const uint8_t *)context + offset, size);
    return true;
}

/* The bytes are a copy of exactly that size, so that AddressSanitizer sees the first one read too many. */
static enum vg_image_answer read_description(const struct rich_pe *pe, size_t size, unsigned allowed,
                                             char *description)
{
    struct vg_image_version version = {0};
    uint8_t *bytes = malloc(size);
    enum vg_image_answer answer;
    size_t length;

    assert_non_null(bytes);
    memcpy(bytes, pe->bytes, size);
    reads_allowed = allowed;
    answer = vg_image_open(&reader, read_at, bytes, size);
    if (answer == VG_ANSWER_READ)
        answer = vg_image_version(&reader, room, &version);
    length = vg_utf8_from_utf16(version.strings[VG_IMAGE_DESCRIPTION], description, 31);
    assert_in_range(length, 0, 31);
    description[length] = '\0';
    free(bytes);
    return answer;
}

static size_t table_of(const struct rich_pe *pe)
{
    return pe->directories + DIRECTORIES;
}

/* The file's one section becomes the last of so many. */
static void build(struct rich_pe *pe, uint16_t count)
{
    uint8_t header[HEADER];

    rich_build(pe, true);
    assert_in_range(table_of(pe) + count * HEADER, 1, RICH_RAW);
    memcpy(header, pe->bytes + table_of(pe), HEADER);
    for (uint32_t i = 0; i + 1 < count; i++) {
        size_t at = table_of(pe) + i * HEADER;

        memset(pe->bytes + at, 0, HEADER);
        rich_write32(pe, at + 8, 0x1000);
        rich_write32(pe, at + 12, ELSEWHERE + i * 0x1000);
    }
    memcpy(pe->bytes + table_of(pe) + (count - 1u) * HEADER, header, HEADER);
    rich_write16(pe, COUNT, count);
}

static void what_lies_in_the_last_of_many_sections_is_found(void **state)
{
    static const uint16_t counts[] = {1, 2, 7, 8, 9, 15, 16, 17, 24, 25, 100};
    char description[32];
    struct rich_pe pe;

    (void)state;
    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        build(&pe, counts[i]);
        assert_int_equal(read_description(&pe, pe.size, UINT_MAX, description), VG_ANSWER_READ);
        assert_string_equal(description, "A program");
        assert_int_equal(reader.section_count, counts[i]);
    }
}

static void a_table_that_leaves_the_file_is_no_images(void **state)
{
    static const uint16_t counts[] = {1, 7, 8, 9, 16, 17};
    char description[32];
    struct rich_pe pe;

    (void)state;
    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        size_t end;

        build(&pe, counts[i]);
        end = table_of(&pe) + counts[i] * HEADER;
        /* To its end it is an image; the resources are beyond. */
        assert_int_equal(read_description(&pe, end, UINT_MAX, description), VG_ANSWER_NONE);
        assert_int_equal(reader.section_count, counts[i]);
        assert_int_equal(read_description(&pe, end - 1, UINT_MAX, description), VG_ANSWER_NONE);
        assert_int_equal(reader.section_count, 0);
    }
}

static void a_table_that_cannot_be_read_is_not_taken_for_none(void **state)
{
    char description[32];
    struct rich_pe pe;

    (void)state;
    build(&pe, 100); /* its end is in the second block */
    assert_in_range(table_of(&pe) + 100 * HEADER, VG_IMAGE_BLOCK_SIZE + 1, 2 * VG_IMAGE_BLOCK_SIZE);
    assert_int_equal(read_description(&pe, pe.size, 1, description), VG_ANSWER_FAILED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_lies_in_the_last_of_many_sections_is_found),
        cmocka_unit_test(a_table_that_leaves_the_file_is_no_images),
        cmocka_unit_test(a_table_that_cannot_be_read_is_not_taken_for_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "../cmocka_all.h"

#include <vigil/image.h>

#include "pe_builder.h"

#include <stdlib.h>
#include <string.h>

/* Reads from a heap copy of exactly `size` bytes, so that AddressSanitizer sees the first byte read too many.
 */
static enum vg_image_status read_exact(const uint8_t *bytes, size_t size, struct vg_image *image)
{
    uint8_t *copy = malloc(size != 0 ? size : 1);
    enum vg_image_status status;

    assert_non_null(copy);
    memcpy(copy, bytes, size);
    status = vg_image_read(copy, size, image);
    free(copy);
    return status;
}

static struct vg_image read_good(const struct pe_options *options)
{
    struct pe_file file;
    struct vg_image image = {0};

    pe_build(&file, options);
    assert_int_equal(read_exact(file.bytes, file.size, &image), VG_IMAGE_OK);
    return image;
}

static void a_good_driver_is_read_whole(void **state)
{
    struct pe_options options = pe_good_options();
    struct vg_image image = read_good(&options);

    (void)state;
    assert_int_equal(image.machine, 0x8664);
    assert_int_equal(image.characteristics, 0x0022);
    assert_int_equal(image.subsystem, 1);
    assert_int_equal(image.dll_characteristics, 0x01E0);
    assert_int_equal(image.section_count, 2);
    assert_true(image.pe32_plus);
    assert_int_equal(image.time_date_stamp, 0x5F3E2D1C);
    assert_int_equal(image.signature_offset, 0);
    assert_false(image.signature_in_file);
    assert_false(image.has_load_config);
    assert_false(image.writable_executable_section);
    assert_false(image.uninitialised_with_raw_data);
}

static void a_32_bit_program_is_read_too(void **state)
{
    struct pe_options options = pe_good_options();
    struct vg_image image;

    (void)state;
    options.pe32_plus = false;
    options.native = false;
    options.load_config = true;
    image = read_good(&options);
    assert_int_equal(image.machine, 0x014C);
    assert_int_equal(image.subsystem, 3);
    assert_false(image.pe32_plus);
    assert_true(image.has_load_config);
}

static void the_integrity_bit_is_seen(void **state)
{
    struct pe_options options = pe_good_options();

    (void)state;
    assert_true((read_good(&options).dll_characteristics & VG_IMAGE_FORCE_INTEGRITY) != 0);
    options.integrity = false;
    assert_true((read_good(&options).dll_characteristics & VG_IMAGE_FORCE_INTEGRITY) == 0);
}

static void the_checksum_agrees_with_the_plain_algorithm_at_any_length(void **state)
{
    struct pe_options options = pe_good_options();

    (void)state;
    for (options.extra = 0; options.extra < 9; options.extra++) {
        struct vg_image image = read_good(&options);

        assert_int_not_equal(image.checksum, 0);
        assert_int_equal(image.checksum, image.computed_checksum);
    }
}

/* Worked out by hand: a file whose words are all zero but MZ (0x5A4D), e_lfanew (0x40), PE (0x4550), the
 * optional header's size (0x70), magic (0x20B): 0x5A4D + 0x40 + 0x4550 + 0x70 + 0x20B = 0xA258, and the
 * length 0xC8. */
static void the_checksum_agrees_with_one_worked_out_by_hand(void **state)
{
    struct pe_file file = {.size = 0xC8};
    struct vg_image image = {0};

    (void)state;
    memcpy(file.bytes, "MZ", 2);
    pe_write32(&file, 60, 0x40);
    memcpy(file.bytes + 0x40, "PE\0\0", 4);
    pe_write16(&file, 0x44 + 16, 112);
    pe_write16(&file, 0x58, 0x020B);
    assert_int_equal(read_exact(file.bytes, file.size, &image), VG_IMAGE_OK);
    assert_int_equal(image.computed_checksum, 0xA258 + 0xC8);
}

static void a_changed_byte_makes_the_checksum_wrong(void **state)
{
    struct pe_options options = pe_good_options();
    struct pe_file file;
    struct vg_image image = {0};

    (void)state;
    pe_build(&file, &options);
    file.bytes[0x500] ^= 1;
    assert_int_equal(read_exact(file.bytes, file.size, &image), VG_IMAGE_OK);
    assert_int_not_equal(image.checksum, image.computed_checksum);
}

static void the_stated_checksum_does_not_change_the_computed_one(void **state)
{
    struct pe_options options = pe_good_options();
    struct pe_file file;
    struct vg_image image = {0};
    uint32_t right;

    (void)state;
    pe_build(&file, &options);
    assert_int_equal(read_exact(file.bytes, file.size, &image), VG_IMAGE_OK);
    right = image.computed_checksum;
    pe_write32(&file, PE_OPTIONAL + 64, 0xFFFFFFFF);
    assert_int_equal(read_exact(file.bytes, file.size, &image), VG_IMAGE_OK);
    assert_int_equal(image.computed_checksum, right);
    pe_write32(&file, PE_OPTIONAL + 64, 0);
    assert_int_equal(read_exact(file.bytes, file.size, &image), VG_IMAGE_OK);
    assert_int_equal(image.computed_checksum, right);
}

static void a_signature_is_seen_where_the_directory_says(void **state)
{
    struct pe_options options = pe_good_options();
    struct pe_file file;
    struct vg_image image = {0};

    (void)state;
    options.certificate = 100;
    pe_build(&file, &options);
    assert_int_equal(read_exact(file.bytes, file.size, &image), VG_IMAGE_OK);
    assert_true(image.signature_in_file);
    assert_int_equal(image.signature_offset, file.certificates);
    assert_int_equal(image.signature_size, 112);
}

static bool signature_after(size_t offset_in_table, uint32_t value)
{
    struct pe_options options = pe_good_options();
    struct pe_file file;
    struct vg_image image = {0};

    options.certificate = 100;
    pe_build(&file, &options);
    pe_write32(&file, file.certificates + offset_in_table, value);
    assert_int_equal(read_exact(file.bytes, file.size, &image), VG_IMAGE_OK);
    return image.signature_in_file;
}

static void a_damaged_certificate_table_is_no_signature(void **state)
{
    (void)state;
    assert_true(signature_after(0, 108));         /* as it was */
    assert_false(signature_after(0, 0));          /* would never advance */
    assert_false(signature_after(0, 8));          /* no content */
    assert_false(signature_after(0, 113));        /* past the table */
    assert_false(signature_after(0, 0xFFFFFFFF)); /* wraps when rounded */
    assert_false(signature_after(4, 0x00010200)); /* X.509, not PKCS #7 */
}

static void a_certificate_table_past_the_end_is_no_signature(void **state)
{
    struct pe_options options = pe_good_options();
    struct pe_file file;
    struct vg_image image = {0};

    (void)state;
    options.certificate = 100;
    pe_build(&file, &options);
    assert_int_equal(read_exact(file.bytes, file.size - 1, &image), VG_IMAGE_OK);
    assert_false(image.signature_in_file);
    assert_int_not_equal(image.signature_offset, 0);
}

static void a_pkcs7_entry_behind_another_is_found(void **state)
{
    struct pe_options options = pe_good_options();
    struct pe_file file;
    struct vg_image image = {0};

    (void)state;
    options.certificate = 100;
    pe_build(&file, &options);
    pe_write32(&file, file.certificates, 21);
    pe_write16(&file, file.certificates + 6, 1);
    pe_write32(&file, file.certificates + 24, 88);
    pe_write16(&file, file.certificates + 30, 2);
    assert_int_equal(read_exact(file.bytes, file.size, &image), VG_IMAGE_OK);
    assert_true(image.signature_in_file);
}

static void sections_that_windows_dislikes_are_named(void **state)
{
    struct pe_options options = pe_good_options();
    struct vg_image image;

    (void)state;
    options.section_flags[1] = 0xE0000040;
    image = read_good(&options);
    assert_true(image.writable_executable_section);
    assert_false(image.uninitialised_with_raw_data);
    options.section_flags[1] = 0xC0000080;
    image = read_good(&options);
    assert_false(image.writable_executable_section);
    assert_true(image.uninitialised_with_raw_data);
    options.raw_pointer[1] = 0;
    image = read_good(&options);
    assert_false(image.uninitialised_with_raw_data);
}

static void check_refused(const struct pe_file *file, enum vg_image_status expected)
{
    struct vg_image image;
    struct vg_image before;

    memset(&image, 0x5A, sizeof(image));
    before = image;
    assert_int_equal(read_exact(file->bytes, file->size, &image), expected);
    assert_memory_equal(&image, &before, sizeof(image));
    assert_true(strlen(vg_image_status_text(expected)) > 20);
}

static void broken_files_are_refused_by_name_with_the_output_untouched(void **state)
{
    struct pe_options options = pe_good_options();
    struct pe_file good;
    struct pe_file file;

    (void)state;
    pe_build(&good, &options);
    file = good;
    file.size = 0;
    check_refused(&file, VG_IMAGE_NOT_MZ);
    file = good;
    file.bytes[0] = 'Z';
    check_refused(&file, VG_IMAGE_NOT_MZ);
    file = good;
    file.size = 63;
    check_refused(&file, VG_IMAGE_TRUNCATED);
    file = good;
    pe_write32(&file, 60, 0xFFFFFFFE);
    check_refused(&file, VG_IMAGE_NOT_PE);
    file = good;
    pe_write32(&file, 60, (uint32_t)file.size - 4);
    check_refused(&file, VG_IMAGE_NOT_PE);
    file = good;
    file.bytes[PE_OFFSET] = 'N';
    check_refused(&file, VG_IMAGE_NOT_PE);
    file = good;
    file.size = PE_OPTIONAL - 1;
    check_refused(&file, VG_IMAGE_TRUNCATED);
    file = good;
    pe_write16(&file, PE_OPTIONAL, 0x0107); /* a ROM image */
    check_refused(&file, VG_IMAGE_BAD_OPTIONAL);
    file = good;
    pe_write16(&file, PE_COFF + 16, 0);
    check_refused(&file, VG_IMAGE_BAD_OPTIONAL);
    file = good;
    pe_write16(&file, PE_COFF + 16, 111);
    check_refused(&file, VG_IMAGE_BAD_OPTIONAL);
    file = good;
    pe_write16(&file, PE_COFF + 16, 0xFFFF);
    check_refused(&file, VG_IMAGE_TRUNCATED);
    file = good;
    pe_write16(&file, PE_COFF + 2, 0xFFFF);
    check_refused(&file, VG_IMAGE_BAD_SECTIONS);
}

static void directories_that_the_header_does_not_have_are_absent(void **state)
{
    struct pe_options options = pe_good_options();
    struct pe_file file;
    struct vg_image image = {0};

    (void)state;
    options.certificate = 40;
    options.load_config = true;
    pe_build(&file, &options);
    pe_write32(&file, PE_OPTIONAL + 108, 4); /* NumberOfRvaAndSizes */
    assert_int_equal(read_exact(file.bytes, file.size, &image), VG_IMAGE_OK);
    assert_int_equal(image.signature_offset, 0);
    assert_false(image.has_load_config);
    pe_write32(&file, PE_OPTIONAL + 108, 0xFFFFFFFF);
    assert_int_equal(read_exact(file.bytes, file.size, &image), VG_IMAGE_OK);
    assert_true(image.signature_in_file);
}

static void directories_behind_the_end_of_the_header_are_absent(void **state)
{
    struct pe_options options = pe_good_options();
    struct pe_file file;
    struct vg_image image = {0};

    (void)state;
    options.certificate = 40;
    options.load_config = true;
    pe_build(&file, &options);
    pe_write16(&file, PE_COFF + 2, 0);
    pe_write16(&file, PE_COFF + 16, 112); /* no room for a directory, although the header counts 16 */
    assert_int_equal(read_exact(file.bytes, file.size, &image), VG_IMAGE_OK);
    assert_int_equal(image.signature_offset, 0);
    assert_false(image.has_load_config);
    assert_int_equal(read_exact(file.bytes, PE_OPTIONAL + 112, &image), VG_IMAGE_OK);
}

static void every_truncation_is_read_within_bounds(void **state)
{
    struct pe_options options = pe_good_options();
    struct pe_file file;

    (void)state;
    options.certificate = 100;
    pe_build(&file, &options);
    for (size_t size = 0; size < file.size; size++) {
        struct vg_image image;
        enum vg_image_status status = read_exact(file.bytes, size, &image);

        if (size < file.sections + 80)
            assert_int_not_equal(status, VG_IMAGE_OK);
        else
            assert_false(status != VG_IMAGE_OK || image.signature_in_file);
    }
}

static uint32_t next_random(uint32_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

static void random_damage_is_read_within_bounds(void **state)
{
    struct pe_options options = pe_good_options();
    struct pe_file good;
    uint32_t seed = 20240229;
    unsigned read = 0;
    unsigned refused = 0;

    (void)state;
    options.certificate = 100;
    pe_build(&good, &options);
    for (unsigned round = 0; round < 100000; round++) {
        struct pe_file file = good;
        struct vg_image image;

        for (unsigned n = next_random(&seed) % 6 + 1; n != 0; n--) {
            /* Half of the changes hit the headers, where they matter. */
            size_t range = n % 2 != 0 ? good.sections + 80 : good.size;

            file.bytes[next_random(&seed) % range] = (uint8_t)next_random(&seed);
        }
        if (next_random(&seed) % 4 == 0)
            file.size = next_random(&seed) % (good.size + 1);
        if (read_exact(file.bytes, file.size, &image) == VG_IMAGE_OK)
            read++;
        else
            refused++;
    }
    assert_true(read > 1000);
    assert_true(refused > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_driver_is_read_whole),
        cmocka_unit_test(a_32_bit_program_is_read_too),
        cmocka_unit_test(the_integrity_bit_is_seen),
        cmocka_unit_test(the_checksum_agrees_with_the_plain_algorithm_at_any_length),
        cmocka_unit_test(the_checksum_agrees_with_one_worked_out_by_hand),
        cmocka_unit_test(a_changed_byte_makes_the_checksum_wrong),
        cmocka_unit_test(the_stated_checksum_does_not_change_the_computed_one),
        cmocka_unit_test(a_signature_is_seen_where_the_directory_says),
        cmocka_unit_test(a_damaged_certificate_table_is_no_signature),
        cmocka_unit_test(a_certificate_table_past_the_end_is_no_signature),
        cmocka_unit_test(a_pkcs7_entry_behind_another_is_found),
        cmocka_unit_test(sections_that_windows_dislikes_are_named),
        cmocka_unit_test(broken_files_are_refused_by_name_with_the_output_untouched),
        cmocka_unit_test(directories_that_the_header_does_not_have_are_absent),
        cmocka_unit_test(directories_behind_the_end_of_the_header_are_absent),
        cmocka_unit_test(every_truncation_is_read_within_bounds),
        cmocka_unit_test(random_damage_is_read_within_bounds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

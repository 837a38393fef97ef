/* Every kind of hash: computed when an undecided rule asks, the file read once for all that need it whole. */
#include "scenario.h"

#include "../image/rich_pe.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>

#define ABC_MD5     "900150983cd24fb0d6963f7d28e17f72"
#define ABC_SHA1    "a9993e364706816aba3e25717850c26c9cd0d89d"
#define ABC_SHA256  "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define NO_SHA256   "0000000000000000000000000000000000000000000000000000000000000001"
#define LARGE_SIZE  (200u * 1024u + 13u)
#define RULES       "vigil: 1\nmode: enforce\ndefault: allow\nrules:\n"
#define ALLOW_RULES "vigil: 1\nmode: enforce\ndefault: deny\nrules:\n"

static struct rich_pe pe;

/* An executable of several chunks, with a certificate table over the border of two. */
static unsigned char large[LARGE_SIZE];

static struct sim_file *add_rich(const char *path)
{
    rich_build(&pe, true);
    return sim_add_file(path, pe.bytes, pe.size);
}

/* Makes `large`, and unless `path` is NULL a file of it. */
static struct sim_file *add_large(const char *path, unsigned certificates, unsigned certificates_size)
{
    rich_build(&pe, true);
    rich_write32(&pe, pe.directories + 4 * 8, certificates);
    rich_write32(&pe, pe.directories + 4 * 8 + 4, certificates_size);
    for (unsigned i = 0; i < LARGE_SIZE; i++)
        large[i] = (unsigned char)(i * 7 + i / 256);
    memcpy(large, pe.bytes, pe.size);
    return path ? sim_add_file(path, large, LARGE_SIZE) : NULL;
}

static void digits_of(const EVP_MD *algorithm, const void *bytes, size_t size, char *out)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned length = 0;

    assert_int_equal(EVP_Digest(bytes, size, digest, &length, algorithm, NULL), 1);
    for (unsigned i = 0; i < length; i++)
        sprintf(out + 2 * i, "%02x", digest[i]);
}

/* What the specification of Authenticode says, over a copy in one piece. */
static void authentihash_of_large(unsigned certificates, unsigned certificates_size, char *out)
{
    const size_t holes[3][2] = {{pe.directories - 48, 4},
                                {pe.directories + 4 * 8, 8},
                                {certificates ? certificates : LARGE_SIZE, certificates_size}};
    unsigned char *copy = calloc(1, LARGE_SIZE + 8);
    size_t size = 0, at = 0;

    assert_non_null(copy);
    for (unsigned i = 0; i < 3; i++) {
        memcpy(copy + size, large + at, holes[i][0] - at);
        size += holes[i][0] - at;
        at = holes[i][0] + holes[i][1];
    }
    memcpy(copy + size, large + at, LARGE_SIZE - at);
    size += LARGE_SIZE - at;
    if (!certificates)
        size += (8 - LARGE_SIZE % 8) % 8;
    digits_of(EVP_sha256(), copy, size, out);
    free(copy);
}

static void a_rule_of_md5_alone_reads_the_file_once(void **state)
{
    struct sim_file *cmd;
    const struct vg_event_start *event;

    (void)state;
    begin(RULES "  - deny: abc\n    when: { MD5: " ABC_MD5 " }\n");
    cmd = sim_add_file(CMD, "abc", 3);
    assert_int_equal(try_start(CMD, NULL), DENIED);
    assert_int_equal(sim_file_reads(cmd), 3);
    event = next_start();
    assert_string_equal(fact(event, VG_FIELD_MD5), ABC_MD5);
    assert_string_equal(fact(event, VG_FIELD_SHA256), "(pending)");
    assert_string_equal(fact(event, VG_FIELD_SHA1), "(pending)");
    assert_string_equal(fact(event, VG_FIELD_IMPHASH), "(pending)");
    assert_string_equal(fact(event, VG_FIELD_AUTHENTIHASH), "(pending)");
    end();
}

static void nothing_is_read_where_a_rules_other_condition_fails(void **state)
{
    struct sim_file *cmd;

    (void)state;
    begin(RULES "  - allow: notepad\n    when: { Image|endswith: '\\notepad.exe' }\n"
                "  - deny: all kinds\n    when:\n"
                "      Image|endswith: '\\other.exe'\n"
                "      MD5: " ABC_MD5 "\n      SHA1: " ABC_SHA1 "\n      SHA256: " ABC_SHA256 "\n"
                "      IMPHASH: " ABC_MD5 "\n      AuthentiHash: " ABC_SHA256 "\n");
    cmd = add_rich(CMD);
    assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
    assert_int_equal(sim_file_reads(cmd), 0);
    assert_int_equal(sim_file_reads(add_rich(NOTEPAD)), 0);
    assert_int_equal(try_start(NOTEPAD, NULL), STATUS_SUCCESS);
    assert_int_equal(sim_file_reads(sim_find_file(NOTEPAD)), 0);
    end();
}

static void one_reading_serves_every_rule_that_asks(void **state)
{
    struct sim_file *cmd;
    const struct vg_event_start *event;

    (void)state;
    begin(RULES "  - deny: by SHA-256\n    when: { SHA256: " NO_SHA256 " }\n"
                "  - deny: by MD5\n    when: { MD5: 00000000000000000000000000000001 }\n"
                "  - deny: by SHA-1\n    when: { SHA1: " ABC_SHA1 " }\n");
    cmd = sim_add_file(CMD, "abc", 3);
    assert_int_equal(try_start(CMD, NULL), DENIED);
    assert_int_equal(sim_file_reads(cmd), 3);
    assert_int_equal(status().files_hashed, 1);
    event = next_start();
    assert_string_equal(rule_name(event), "by SHA-1");
    assert_string_equal(fact(event, VG_FIELD_MD5), ABC_MD5);
    assert_string_equal(fact(event, VG_FIELD_SHA1), ABC_SHA1);
    assert_string_equal(fact(event, VG_FIELD_SHA256), ABC_SHA256);
    end();
}

static void what_is_asked_for_after_a_reading_that_failed_is_not_read_again(void **state)
{
    const struct vg_event_start *event;
    struct sim_file *cmd;

    (void)state;
    begin(RULES "  - deny: by MD5\n    when: { MD5: " ABC_MD5 " }\n"
                "  - deny: by SHA-1\n    when: { SHA1: " ABC_SHA1 " }\n");
    cmd = add_large(CMD, 0, 0);
    sim_set_file_flags(cmd, SIM_FILE_READ_FAILS); /* beyond its first half */
    assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
    event = next_start();
    assert_string_equal(fact(event, VG_FIELD_MD5), "(unknown)");
    assert_string_equal(fact(event, VG_FIELD_SHA1), "(unknown)");
    assert_int_equal(event->unknown_fields, 1ull << VG_FIELD_MD5 | 1ull << VG_FIELD_SHA1);
    assert_int_equal(sim_file_reads(cmd), 64 * 1024);
    assert_int_equal(status().files_hashed, 0);
    end();
}

static void the_record_has_the_sha256_besides_when_it_is_wanted_in_every_record(void **state)
{
    struct sim_file *cmd;
    const struct vg_event_start *event;

    (void)state;
    begin("vigil: 1\nmode: enforce\nrecord-hashes: true\nrules:\n  - deny: abc\n    when: { MD5: " ABC_MD5
          " }\n");
    cmd = sim_add_file(CMD, "abc", 3);
    assert_int_equal(try_start(CMD, NULL), DENIED);
    assert_int_equal(sim_file_reads(cmd), 3);
    event = next_start();
    assert_string_equal(fact(event, VG_FIELD_MD5), ABC_MD5);
    assert_string_equal(fact(event, VG_FIELD_SHA256), ABC_SHA256);
    end();
}

/* The expected text is pefile's for the same file (tests/image). What a later rule would ask for is not read
 * with it: that takes the whole file. */
static void an_imphash_takes_the_import_table_and_no_more(void **state)
{
    char expected[33], policy[400];
    struct sim_file *cmd;
    const struct vg_event_start *event;

    (void)state;
    digits_of(EVP_md5(), RICH_IMPORTS, sizeof(RICH_IMPORTS) - 1, expected);
    snprintf(policy, sizeof(policy),
             RULES "  - deny: renamed\n    when: { IMPHASH: %s, Image|endswith: '\\cmd.exe' }\n"
                   "  - deny: abc\n    when: { MD5: " ABC_MD5 " }\n",
             expected);
    begin(policy);
    cmd = add_large(CMD, 0, 0);
    assert_int_equal(try_start(CMD, NULL), DENIED);
    event = next_start();
    assert_string_equal(fact(event, VG_FIELD_IMPHASH), expected);
    assert_string_equal(fact(event, VG_FIELD_MD5), "(pending)");
    assert_in_range(sim_file_reads(cmd), 1, 32 * 1024);
    assert_int_equal(status().files_hashed, 0);
    assert_int_equal(try_start(NOTEPAD, NULL), STATUS_SUCCESS);
    assert_string_equal(fact(next_start(), VG_FIELD_IMPHASH), "(pending)");
    end();
}

static void an_authentihash_is_of_what_a_signature_covers(void **state)
{
    /* None; at the end; over the border of two chunks; a chunk and more of it. */
    static const unsigned tables[][2] = {{0, 0},
                                         {LARGE_SIZE - 1000, 1000},
                                         {128 * 1024 - 8, 16},
                                         {60 * 1024, 80 * 1024},
                                         {64 * 1024, 64 * 1024}};
    char expected[65], policy[300];

    (void)state;
    for (unsigned i = 0; i < sizeof(tables) / sizeof(*tables); i++) {
        struct sim_file *cmd;
        unsigned read;

        add_large(NULL, tables[i][0], tables[i][1]);
        authentihash_of_large(tables[i][0], tables[i][1], expected);
        snprintf(policy, sizeof(policy), RULES "  - deny: signed\n    when: { AuthentiHash: %s }\n",
                 expected);
        begin(policy);
        cmd = add_large(CMD, tables[i][0], tables[i][1]);
        assert_int_equal(try_start(CMD, NULL), DENIED);
        assert_string_equal(fact(next_start(), VG_FIELD_AUTHENTIHASH), expected);
        read = sim_file_reads(cmd);
        assert_in_range(read, LARGE_SIZE, LARGE_SIZE + 8 * 1024);      /* once, and its headers */
        large[tables[i][0] ? tables[i][0] : pe.directories - 48] ^= 1; /* not covered */
        sim_write_file(cmd, large, LARGE_SIZE);
        assert_int_equal(try_start(CMD, NULL), DENIED);
        large[0x1000] ^= 1;
        sim_write_file(cmd, large, LARGE_SIZE);
        assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
        end();
    }
}

static void what_is_no_image_has_neither_imphash_nor_authentihash(void **state)
{
    const struct vg_event_start *event;

    (void)state;
    begin(RULES "  - deny: no image\n    when: { IMPHASH: null, AuthentiHash: null, MD5: " ABC_MD5 " }\n");
    sim_add_file(CMD, "abc", 3);
    assert_int_equal(try_start(CMD, NULL), DENIED);
    event = next_start();
    assert_string_equal(fact(event, VG_FIELD_IMPHASH), "(absent)");
    assert_string_equal(fact(event, VG_FIELD_AUTHENTIHASH), "(absent)");
    add_rich(NOTEPAD);
    assert_int_equal(try_start(NOTEPAD, NULL), STATUS_SUCCESS);
    end();
}

static void all_kinds_are_remembered_by_what_the_file_is(void **state)
{
    struct sim_file *cmd;
    unsigned read;

    (void)state;
    begin(RULES "  - deny: any\n    when:\n      - Hashes|contains: ['MD5=" ABC_MD5 "', 'SHA1=" ABC_SHA1
                "', 'SHA256=" ABC_SHA256 "', 'IMPHASH=" ABC_MD5 "']\n      - AuthentiHash: " ABC_SHA256 "\n");
    cmd = add_rich(CMD);
    assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
    read = sim_file_reads(cmd);
    assert_int_equal(status().files_hashed, 1);
    assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
    assert_int_equal(sim_file_reads(cmd), read);
    assert_int_equal(status().files_hashed, 1);
    assert_int_equal(status().cache_hits, 1); /* all that is remembered comes at once */
    sim_write_file(cmd, "abc", 3);
    assert_int_equal(try_start(CMD, NULL), DENIED);
    assert_int_equal(try_start(CMD, NULL), DENIED);
    assert_int_equal(status().files_hashed, 2);
    end();
}

static void only_what_is_not_remembered_yet_is_computed(void **state)
{
    struct sim_file *cmd;
    const struct vg_event_start *event;

    (void)state;
    begin(RULES "  - deny: abc\n    when: { SHA256: " NO_SHA256 " }\n");
    cmd = sim_add_file(CMD, "abc", 3);
    assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
    assert_string_equal(fact(next_start(), VG_FIELD_SHA256), ABC_SHA256);
    use_policy(RULES "  - deny: abc\n    when: { SHA256: " NO_SHA256 " }\n"
                     "  - deny: abc by MD5\n    when: { MD5: " ABC_MD5 " }\n");
    assert_int_equal(try_start(CMD, NULL), DENIED);
    assert_int_equal(sim_file_reads(cmd), 6);
    event = next_start();
    assert_string_equal(fact(event, VG_FIELD_MD5), ABC_MD5);
    assert_string_equal(fact(event, VG_FIELD_SHA256), ABC_SHA256);
    assert_int_equal(try_start(CMD, NULL), DENIED);
    assert_int_equal(sim_file_reads(cmd), 6);
    end();
}

/* A server can give the hash's reader other bytes than the one who maps the image: also none of an image. */
static void no_allow_rests_on_a_hash_of_bytes_that_others_supply(void **state)
{
    static const char *const rules[] = {
        "MD5: " ABC_MD5,
        "SHA1: " ABC_SHA1,
        "IMPHASH: null",
        "AuthentiHash: null",
    };
    static const enum vg_field fields[] = {VG_FIELD_MD5, VG_FIELD_SHA1, VG_FIELD_IMPHASH,
                                           VG_FIELD_AUTHENTIHASH};

    (void)state;
    for (unsigned i = 0; i < sizeof(rules) / sizeof(*rules); i++) {
        char policy[200];

        snprintf(policy, sizeof(policy), ALLOW_RULES "  - allow: abc\n    when: { %s }\n", rules[i]);
        begin(policy);
        sim_add_volume(&(struct sim_volume_options){.device = "\\Device\\Mup\\server\\share"});
        sim_add_file("\\\\server\\share\\a.exe", "abc", 3);
        sim_add_file(CMD, "abc", 3);
        assert_int_equal(try_start("\\\\server\\share\\a.exe", NULL), DENIED);
        assert_true(fact_is_claimed(next_start(), fields[i]));
        assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
        assert_false(fact_is_claimed(next_start(), fields[i]));
        sim_set_file_flags(sim_find_file(CMD), SIM_FILE_WRITABLE_REFERENCES);
        assert_int_equal(try_start(CMD, NULL), DENIED);
        end();
    }
}

static void an_algorithm_that_cng_lacks_leaves_the_others(void **state)
{
    const struct vg_event_start *event;
    const char *fired = "";

    (void)state;
    for (unsigned n = 1; strcmp(fired, "BCryptOpenAlgorithmProvider") != 0; n++) {
        machine(&(struct sim_options){.windows = SIM_WINDOWS_11});
        policy_file(RULES "  - deny: by MD5\n    when: { MD5: " ABC_MD5 " }\n"
                          "  - deny: by IMPHASH\n    when: { IMPHASH: " ABC_MD5 " }\n"
                          "  - deny: by SHA-1\n    when: { SHA1: " ABC_SHA1 " }\n");
        sim_fail_nth(n); /* the first algorithm is MD5 */
        (void)load();
        fired = sim_fail_fired();
        assert_non_null(fired);
        sim_fail_nth(0);
        if (strcmp(fired, "BCryptOpenAlgorithmProvider") != 0)
            end();
    }
    confirm_boot();
    sim_add_file(CMD, "abc", 3);
    assert_int_equal(try_start(CMD, NULL), DENIED);
    event = next_start();
    assert_string_equal(rule_name(event), "by SHA-1");
    assert_string_equal(fact(event, VG_FIELD_MD5), "(unknown)");
    assert_string_equal(fact(event, VG_FIELD_IMPHASH), "(absent)"); /* that takes no MD5 */
    assert_string_equal(fact(event, VG_FIELD_SHA1), ABC_SHA1);
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rule_of_md5_alone_reads_the_file_once),
        cmocka_unit_test(nothing_is_read_where_a_rules_other_condition_fails),
        cmocka_unit_test(one_reading_serves_every_rule_that_asks),
        cmocka_unit_test(what_is_asked_for_after_a_reading_that_failed_is_not_read_again),
        cmocka_unit_test(the_record_has_the_sha256_besides_when_it_is_wanted_in_every_record),
        cmocka_unit_test(an_imphash_takes_the_import_table_and_no_more),
        cmocka_unit_test(an_authentihash_is_of_what_a_signature_covers),
        cmocka_unit_test(what_is_no_image_has_neither_imphash_nor_authentihash),
        cmocka_unit_test(all_kinds_are_remembered_by_what_the_file_is),
        cmocka_unit_test(only_what_is_not_remembered_yet_is_computed),
        cmocka_unit_test(no_allow_rests_on_a_hash_of_bytes_that_others_supply),
        cmocka_unit_test(an_algorithm_that_cng_lacks_leaves_the_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

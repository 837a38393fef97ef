/* What `vigil import` makes of other systems' policies, where a transcript cannot show it. */
#include "import.h"
#include "import_sid.h"

#include "../../src/policy/arena.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../cmocka_all.h"

struct told {
    unsigned errors;
    struct vg_place place;
};

static void tell(void *context, enum vg_severity severity, struct vg_place place, const char *message,
                 const char *hint)
{
    struct told *told = context;

    (void)message;
    (void)hint;
    told->errors += severity == VG_ERROR;
    told->place = place;
}

/* An import that came to an end: its policy's text, or NULL. */
struct outcome {
    struct told told;
    size_t translated;
    size_t listed;
    char *text;
};

static struct outcome import(bool (*format)(struct vg_import *, const struct vg_xml *), const void *bytes,
                             size_t size)
{
    struct outcome outcome = {.text = NULL};
    struct vg_reporter reporter = {.report = tell, .context = &outcome.told};
    struct vg_import import = {.arena = vg_arena_new(), .reporter = &reporter, .file = "x.xml"};
    struct vg_buffer text = {0};
    const struct vg_xml *root;

    assert_non_null(import.arena);
    root = vg_xml_read(import.arena, "x.xml", bytes, size, &reporter);
    if (root != NULL && format(&import, root)) {
        assert_true(vg_import_write(&import, &text));
        vg_buffer_put(&text, "", 1);
        outcome.text = (char *)text.bytes;
        outcome.translated = vg_import_count(&import, true);
        outcome.listed = vg_import_count(&import, false);
    }
    vg_buffer_free(&import.rules);
    vg_buffer_free(&import.notes);
    vg_arena_free(import.arena);
    return outcome;
}

#define ONE_RULE(name, condition)                                                                            \
    "<AppLockerPolicy Version='1'><RuleCollection Type='Exe' EnforcementMode='Enabled'>"                     \
    "<FilePathRule Id='1' Name='" name "' UserOrGroupSid='S-1-1-0' Action='Deny'><Conditions>" condition     \
    "</Conditions></FilePathRule></RuleCollection></AppLockerPolicy>"

/* What the policy decides about a start of which nothing is known to exist but this. */
static enum vg_verdict verdict(const char *policy, enum vg_field field, const uint8_t *hash, unsigned flags)
{
    struct told told = {0};
    struct vg_reporter reporter = {.report = tell, .context = &told};
    struct vg_read_options options = {.variables = vg_default_path_variables};
    struct vg_record record = {0};
    struct vg_decision decision;
    struct vg_policy opened;
    struct vg_model model;
    void *blob;
    void *scratch;
    size_t size;

    assert_true(vg_model_read_text("x.yaml", policy, strlen(policy), &options, &reporter, &model));
    assert_true(vg_model_compile(&model, &reporter, &blob, &size));
    vg_model_free(&model);
    assert_true(vg_policy_open(&opened, blob, size, NULL));
    scratch = malloc(vg_policy_scratch_size(&opened));
    assert_non_null(scratch);
    vg_policy_scratch_init(&opened, scratch);
    vg_policy_begin(scratch);
    for (int i = 0; i < VG_FIELD_COUNT; i++)
        vg_record_set_state(&record, (enum vg_field)i, VG_FACT_ABSENT);
    if (hash != NULL)
        vg_record_set(&record, field, (struct vg_span){hash, vg_field_digest_size(field)});
    record.facts[field].flags = (uint8_t)flags;
    assert_int_equal(VG_DECIDED, vg_policy_decide(&record, scratch, &decision));
    free(scratch);
    free(blob);
    return decision.verdict;
}

#define HASH_OF(digit) DIGITS_16(digit) DIGITS_16(digit) DIGITS_16(digit) DIGITS_16(digit)
#define DIGITS_16(digit)                                                                                     \
    digit digit digit digit digit digit digit digit digit digit digit digit digit digit digit digit

/* Everything but an image of this AuthentiHash gets the other verdict: another one, a file that is no image,
 * a flat hash of the same digits. */
static void assert_decided_by_authentihash(const char *policy, uint8_t byte, enum vg_verdict expected,
                                           enum vg_verdict otherwise)
{
    uint8_t hash[32];

    memset(hash, byte, sizeof hash);
    assert_int_equal(expected, verdict(policy, VG_FIELD_AUTHENTIHASH, hash, 0));
    assert_int_equal(otherwise, verdict(policy, VG_FIELD_SHA256, hash, 0));
    assert_int_equal(otherwise, verdict(policy, VG_FIELD_AUTHENTIHASH, NULL, 0));
    hash[31] ^= 1;
    assert_int_equal(otherwise, verdict(policy, VG_FIELD_AUTHENTIHASH, hash, 0));
}

/* AppLocker's hashes are made as for a signature. No flat hash of the file stands in for them. */
static void a_hash_rule_of_applocker_decides_by_the_authentihash(void **state)
{
    static const char document[] =
        "<AppLockerPolicy Version='1'><RuleCollection Type='Exe' EnforcementMode='Enabled'>"
        "<FileHashRule Id='1' Name='x' UserOrGroupSid='S-1-1-0' "
        "Action='Allow'><Conditions><FileHashCondition>"
        "<FileHash Type='SHA256' Data='0x" HASH_OF(
            "1") "' SourceFileName='x.exe'/>"
                 "<FileHash Type='SHA256' Data='0x" HASH_OF(
                     "a") "' SourceFileName='y.exe'/>"
                          "</FileHashCondition></Conditions></FileHashRule></RuleCollection></"
                          "AppLockerPolicy>";
    struct outcome outcome = import(vg_import_applocker, document, strlen(document));
    uint8_t hash[32];

    (void)state;
    assert_non_null(outcome.text);
    assert_int_equal(0, outcome.listed);
    assert_decided_by_authentihash(outcome.text, 0x11, VG_ALLOW, VG_DENY);
    assert_decided_by_authentihash(outcome.text, 0xAA, VG_ALLOW, VG_DENY);
    memset(hash, 0x11, sizeof hash);
    assert_int_equal(VG_DENY, verdict(outcome.text, VG_FIELD_AUTHENTIHASH, hash, VG_FACT_CLAIMED));
    free(outcome.text);
}

static void a_hash_rule_of_wdac_decides_by_the_authentihash(void **state)
{
    static const char document[] =
        "<SiPolicy xmlns='urn:schemas-microsoft-com:sipolicy'>"
        "<Rules><Rule><Option>Enabled:UMCI</Option></Rule></Rules><FileRules>"
        "<Allow ID='ID_1' FriendlyName='a Hash Sha256' Hash='" HASH_OF(
            "1") "'/>"
                 "<Allow ID='ID_2' FriendlyName='b Hash Sha256' Hash='" HASH_OF(
                     "a") "'/>"
                          "<Deny ID='ID_3' FriendlyName='b Hash Sha256' Hash='" HASH_OF(
                              "A") "'/>"
                                   "<Deny ID='ID_4' FriendlyName='c Hash Sha1' "
                                   "Hash='0123456789012345678901234567890123456789'/>"
                                   "</FileRules><SigningScenarios><SigningScenario Value='12' "
                                   "ID='ID_S'><ProductSigners><FileRulesRef>"
                                   "<FileRuleRef RuleID='ID_1'/><FileRuleRef RuleID='ID_2'/><FileRuleRef "
                                   "RuleID='ID_3'/>"
                                   "<FileRuleRef "
                                   "RuleID='ID_4'/></FileRulesRef></ProductSigners></SigningScenario></"
                                   "SigningScenarios>"
                                   "</SiPolicy>";
    struct outcome outcome = import(vg_import_wdac, document, strlen(document));
    uint8_t hash[32];

    (void)state;
    assert_non_null(outcome.text);
    assert_int_equal(3, outcome.translated);
    assert_int_equal(1, outcome.listed);
    assert_decided_by_authentihash(outcome.text, 0x11, VG_ALLOW, VG_DENY);
    memset(hash, 0xAA, sizeof hash);
    assert_int_equal(VG_DENY, verdict(outcome.text, VG_FIELD_AUTHENTIHASH, hash, 0)); /* denials win */
    free(outcome.text);
}

/* Where everything else is allowed, a claim speaks against a start too. */
static void a_denial_of_wdac_denies_one_image_of_all(void **state)
{
    static const char document[] =
        "<SiPolicy xmlns='urn:schemas-microsoft-com:sipolicy'>"
        "<Rules><Rule><Option>Enabled:UMCI</Option></Rule></Rules><FileRules>"
        "<Allow ID='ID_1' FriendlyName='all' FileName='*'/>"
        "<Deny ID='ID_2' FriendlyName='Powershell 3' Hash='" HASH_OF(
            "1") "'/>"
                 "</FileRules><SigningScenarios><SigningScenario Value='12' "
                 "ID='ID_S'><ProductSigners><FileRulesRef>"
                 "<FileRuleRef RuleID='ID_1'/><FileRuleRef RuleID='ID_2'/>"
                 "</FileRulesRef></ProductSigners></SigningScenario></SigningScenarios></SiPolicy>";
    struct outcome outcome = import(vg_import_wdac, document, strlen(document));
    uint8_t hash[32];

    (void)state;
    assert_non_null(outcome.text);
    assert_int_equal(0, outcome.listed);
    assert_decided_by_authentihash(outcome.text, 0x11, VG_DENY, VG_ALLOW);
    memset(hash, 0x11, sizeof hash);
    assert_int_equal(VG_DENY, verdict(outcome.text, VG_FIELD_AUTHENTIHASH, hash, VG_FACT_CLAIMED));
    free(outcome.text);
}

static void a_document_in_utf16_is_read(void **state)
{
    static const char document[] = ONE_RULE("x", "<FilePathCondition Path='C:\\x.exe'/>");
    uint8_t wide[2 * sizeof document];
    struct outcome outcome;

    (void)state;
    wide[0] = 0xFF;
    wide[1] = 0xFE;
    for (size_t i = 0; i + 1 < sizeof document; i++) {
        wide[2 * i + 2] = (uint8_t)document[i];
        wide[2 * i + 3] = 0;
    }
    outcome = import(vg_import_applocker, wide, sizeof wide);
    assert_non_null(outcome.text);
    assert_non_null(strstr(outcome.text, "Image|path: 'C:\\x.exe'"));
    free(outcome.text);
}

static void a_listed_rule_cannot_leave_its_comment(void **state)
{
    static const char document[] = ONE_RULE("a&#10;  - allow: b&#x2028;c&#x85;d",
                                            "<FilePathCondition Path='C:\\?&#13;&#10;mode: monitor'/>");
    struct outcome outcome = import(vg_import_applocker, document, strlen(document));
    const char *line;

    (void)state;
    assert_non_null(outcome.text);
    assert_int_equal(1, outcome.listed);
    line = strstr(outcome.text, "# NOT TRANSLATED");
    assert_non_null(line);
    for (; line != NULL && *line != '\0'; line = strchr(line, '\n'), line += line != NULL)
        assert_int_equal('#', *line);
    assert_null(strstr(outcome.text, "\xE2\x80\xA8"));
    assert_null(strstr(outcome.text, "\xC2\x85"));
    free(outcome.text);
}

static void a_document_cut_anywhere_is_refused_with_its_place(void **state)
{
    static const char document[] = ONE_RULE("x", "<FilePathCondition Path='C:\\x.exe'/>");

    (void)state;
    for (size_t size = 0; size < strlen(document); size++) {
        struct outcome outcome = import(vg_import_applocker, document, size);

        assert_null(outcome.text);
        assert_int_equal(1, outcome.told.errors);
        assert_int_equal(1, outcome.told.place.line);
        assert_true(outcome.told.place.column >= 1);
    }
}

static void a_sid_is_a_users_only_where_its_form_says_so(void **state)
{
    static const struct {
        const char *sid;
        enum vg_sid_kind kind;
    } cases[] = {
        {"S-1-1-0", VG_SID_EVERYONE},
        {"S-1-5-18", VG_SID_USER},
        {"S-1-5-21-1-2-3-500", VG_SID_USER},
        {"S-1-5-21-1-2-3-512", VG_SID_GROUP},
        {"S-1-5-21-1-2-3-1105", VG_SID_EITHER},
        {"S-1-12-1-1-2-3-4", VG_SID_EITHER},
        {"S-1-5-32-544", VG_SID_GROUP},
        {"S-1-5-11", VG_SID_GROUP},
        {"S-1-5-", VG_SID_BROKEN},
        {"S-1-5-18\n", VG_SID_BROKEN},
        {"everyone", VG_SID_BROKEN},
        {"", VG_SID_BROKEN},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(cases[i].kind, vg_sid_kind(cases[i].sid));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hash_rule_of_applocker_decides_by_the_authentihash),
        cmocka_unit_test(a_hash_rule_of_wdac_decides_by_the_authentihash),
        cmocka_unit_test(a_denial_of_wdac_denies_one_image_of_all),
        cmocka_unit_test(a_document_in_utf16_is_read),
        cmocka_unit_test(a_listed_rule_cannot_leave_its_comment),
        cmocka_unit_test(a_document_cut_anywhere_is_refused_with_its_place),
        cmocka_unit_test(a_sid_is_a_users_only_where_its_form_says_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The policies of the storm: compiled for the driver, as models for the reference. */
#include "storm.h"

#include <stdlib.h>

#include <policy/model.h>

#define ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define ABD "a52d159f262b2c6ddb724a61840befc36eb30c88877a4030b65cbe86298449c9"

static const char *const texts[] = {
    /* by parent and name */
    "vigil: 1\nmode: enforce\ndefault: allow\nrules:\n"
    "  - audit: a shell\n    when: { Image|endswith: ['\\cmd.exe', '\\powershell.exe'] }\n"
    "  - deny: Office starts a shell\n"
    "    when:\n"
    "      ParentImage|endswith: ['\\winword.exe', '\\excel.exe']\n"
    "      Image|endswith: ['\\cmd.exe', '\\powershell.exe']\n"
    "  - deny: encoded\n    when: { CommandLine|contains|all: [' -nop', ' -enc'] }\n",
    /* by folder, nothing else */
    "vigil: 1\nmode: enforce\ndefault: deny\nrules:\n"
    "  - deny: temporary\n    when: { Image|under: 'C:\\Windows\\Temp' }\n"
    "  - allow: Windows\n    when: { Image|under: ['%WINDIR%', '%PROGRAMFILES%'] }\n"
    "  - allow: downloads of one user\n    when: { Image|path: '%OSDRIVE%\\Users\\ann\\*' }\n",
    /* by hash, and what cannot be hashed is denied */
    "vigil: 1\nmode: enforce\ndefault: allow\nunknown: match\ndeny-status: access-denied\nrules:\n"
    "  - deny: abc\n    when: { SHA256: '" ABC "', Image|under: 'C:\\Users' }\n"
    "  - audit: abd\n    when: { SHA256: '" ABD "' }\n",
    /* only recorded */
    "vigil: 1\nmode: monitor\ndefault: deny\nrules:\n"
    "  - allow: shells\n    when: { Image|endswith: '\\cmd.exe' }\n",
    /* by who, and by numbers */
    "vigil: 1\nmode: enforce\ndefault: allow\ndeny-status: 0xC0000906\nrules:\n"
    "  - allow: the system\n    when: { User: S-1-5-18 }\n"
    "  - deny: from other drives\n    when: { Drive: [removable, network] }\n"
    "  - deny: reparented shells\n    when: { Reparented: true, Image|endswith: '\\powershell.exe' }\n"
    "  - deny: odd\n    when: { CommandLine|contains: 'odd=1', ParentProcessId|gt: 600 }\n",
    /* by what stands in the command line only */
    "vigil: 1\nmode: enforce\ndefault: allow\nrules:\n"
    "  - deny: threes\n    when: { CommandLine|endswith: ['3', '33', '7'] }\n"
    "  - audit: same as its parent\n    when: { Image|fieldref: ParentImage }\n"
    "  - deny: tampered\n    when: { Tampered|exists: true }\n",
    /* by a version resource that no file here has, so that the files are read */
    "vigil: 1\nmode: enforce\ndefault: allow\nrules:\n"
    "  - deny: renamed\n    when: { OriginalFileName: 'psexec.exe' }\n"
    "  - deny: no company\n    when: { Company: null, Image|under: 'C:\\Users' }\n",
};

#define POLICIES (sizeof(texts) / sizeof(texts[0]))

static struct storm_policy policies[POLICIES];
static struct vg_model models[POLICIES];

static void ignore(void *context, enum vg_severity severity, struct vg_place place, const char *message,
                   const char *hint)
{
    (void)context, (void)place, (void)hint;
    if (severity == VG_ERROR)
        print_error("%s\n", message);
}

static void make(struct storm_policy *policy, struct vg_model *model, const char *yaml)
{
    const struct vg_reporter reporter = {ignore, NULL};
    struct vg_read_options options = {.variables = vg_default_path_variables};
    struct vg_policy opened;
    struct vg_policy_info info;

    assert_true(vg_model_read_text("storm", yaml, strlen(yaml), &options, &reporter, model));
    assert_true(vg_model_compile(model, &reporter, &policy->blob.bytes, &policy->blob.size));
    assert_true(vg_policy_open(&opened, policy->blob.bytes, policy->blob.size, NULL));
    vg_policy_info(&opened, &info);
    memcpy(policy->identity, info.identity, sizeof(policy->identity));
    policy->enforces = info.mode == VG_MODE_ENFORCE;
    policy->deny_status = info.deny_status;
    policy->model = model;
}

void storm_policies_make(void)
{
    for (size_t i = 0; i < POLICIES; i++)
        make(&policies[i], &models[i], texts[i]);
}

void storm_policies_free(void)
{
    for (size_t i = 0; i < POLICIES; i++) {
        vg_model_free(&models[i]);
        free(policies[i].blob.bytes);
    }
}

const struct storm_policy *storm_policy_of(unsigned life, uint64_t generation)
{
    uint64_t state = storm.seed ^ ((uint64_t)life << 32 | generation);

    return &policies[storm_random(&state) % POLICIES];
}

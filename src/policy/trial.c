#include "trial.h"

#include "arena.h"

#include <stdlib.h>
#include <string.h>

const struct vg_trial_user vg_trial_person = {"S-1-5-21-1004336348-1177238915-682003330-1001", NULL, "Medium",
                                              "0x2b3c4", "1"};

static const uint8_t no_hash[VG_DIGEST_SIZE_MAX];

bool vg_trial_begin(struct vg_trial *trial, const struct vg_policy *policy,
                    const struct vg_path_variables *variables)
{
    *trial = (struct vg_trial){
        .policy = policy,
        .variables = variables,
        .scratch = malloc(vg_policy_scratch_size(policy)),
        .arena = vg_arena_new(),
    };
    if (trial->scratch == NULL || trial->arena == NULL)
        return false;
    vg_policy_scratch_init(policy, trial->scratch);
    return true;
}

void vg_trial_end(struct vg_trial *trial)
{
    free(trial->scratch);
    vg_arena_free(trial->arena);
}

const char *vg_trial_expand(struct vg_trial *trial, const char *text)
{
    static const char windir[] = "%WINDIR%", osdrive[] = "%OSDRIVE%";

    if (strncmp(text, windir, strlen(windir)) == 0)
        return vg_arena_format(trial->arena, "%s%s", trial->variables->windir, text + strlen(windir));
    if (strncmp(text, osdrive, strlen(osdrive)) == 0)
        return vg_arena_format(trial->arena, "%s%s", trial->variables->osdrive, text + strlen(osdrive));
    return text;
}

/* The text as UTF-16 in the arena; empty when there is no memory, which vg_arena_failed tells. */
static struct vg_span wide(struct vg_trial *trial, const char *text)
{
    size_t most = text == NULL ? 0 : strlen(text), count = 0;
    uint16_t *units = vg_arena_array(trial->arena, most, sizeof(*units));

    if (units == NULL || most == 0 || !vg_utf16_from_utf8(text, most, units, most, &count, NULL))
        return (struct vg_span){.bytes = no_hash};
    return (struct vg_span){.bytes = units, .size = (uint32_t)(count * sizeof(*units))};
}

static void set(struct vg_trial *trial, struct vg_record *record, enum vg_field field, const char *text)
{
    vg_record_set(record, field, wide(trial, text));
}

static void set_user(struct vg_trial *trial, struct vg_record *record, const struct vg_trial_user *user)
{
    set(trial, record, VG_FIELD_USER, user->sid);
    if (user->name != NULL)
        (void)vg_record_add(record, VG_FIELD_USER, wide(trial, user->name));
    set(trial, record, VG_FIELD_INTEGRITY_LEVEL, user->integrity);
    set(trial, record, VG_FIELD_LOGON_ID, user->logon);
    set(trial, record, VG_FIELD_TERMINAL_SESSION_ID, user->session);
}

static void set_version(struct vg_trial *trial, struct vg_record *record, const char *image)
{
    const char *name = strrchr(image, '\\');

    set(trial, record, VG_FIELD_ORIGINAL_FILE_NAME, name == NULL ? image : name + 1);
    set(trial, record, VG_FIELD_DESCRIPTION, "Windows");
    set(trial, record, VG_FIELD_PRODUCT, "Microsoft\xC2\xAE Windows\xC2\xAE Operating System");
    set(trial, record, VG_FIELD_COMPANY, "Microsoft Corporation");
    set(trial, record, VG_FIELD_FILE_VERSION, "10.0.19041.1 (WinBuild.160101.0800)");
}

/* Everything that the driver would know without opening the file, and its version resource. What is left over
 * is absent, so that a policy which takes the unknown for a match meets none. */
static bool describe(struct vg_trial *trial, const struct vg_trial_start *start, struct vg_record *record)
{
    const char *image = vg_trial_expand(trial, start->image);
    const char *parent = vg_trial_expand(trial, start->parent);

    memset(record, 0, sizeof(*record));
    if (image == NULL || parent == NULL)
        return false;
    for (unsigned field = 0; field < VG_FIELD_COUNT; field++)
        if (vg_field_digest_size((enum vg_field)field) == 0)
            vg_record_set_state(record, (enum vg_field)field, VG_FACT_ABSENT);
    set(trial, record, VG_FIELD_IMAGE, image);
    set(trial, record, VG_FIELD_COMMAND_LINE,
        start->command_line != NULL ? vg_trial_expand(trial, start->command_line)
                                    : vg_arena_format(trial->arena, "\"%s\"", image));
    set(trial, record, VG_FIELD_PARENT_IMAGE, parent);
    set(trial, record, VG_FIELD_PARENT_COMMAND_LINE, parent);
    set(trial, record, VG_FIELD_CREATOR_IMAGE, parent);
    set(trial, record, VG_FIELD_REPARENTED, "false");
    set(trial, record, VG_FIELD_SUBSYSTEM, "Win32");
    set(trial, record, VG_FIELD_DRIVE, "fixed");
    set_user(trial, record, start->user);
    if (start->is_windows_own)
        set_version(trial, record, image);
    return !vg_arena_failed(trial->arena);
}

bool vg_trial_decide(struct vg_trial *trial, const struct vg_trial_start *start,
                     struct vg_trial_outcome *outcome)
{
    struct vg_record record;
    struct vg_decision decision;
    struct vg_policy_info info;
    bool asked = false;

    if (!describe(trial, start, &record))
        return false;
    vg_policy_info(trial->policy, &info);
    vg_policy_begin(trial->scratch);
    while (vg_policy_decide(&record, trial->scratch, &decision) == VG_NEED_FACT) {
        asked = true;
        vg_record_set(&record, decision.need,
                      (struct vg_span){.bytes = no_hash, .size = vg_field_digest_size(decision.need)});
    }
    *outcome = (struct vg_trial_outcome){
        .verdict = decision.verdict == VG_ASK ? info.ask_otherwise : decision.verdict,
        .rule = decision.rule,
        .asked_for_hash = asked,
    };
    return true;
}

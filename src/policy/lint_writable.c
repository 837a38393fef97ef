/* Allow rules that cover folders in which ordinary users can put programs of their own. */
#include <string.h>

#include "arena.h"
#include "lint_starts.h"

/* So many rules are told of; of the others only how many there are. */
#define TOLD_MAX 20u

/* A pattern's sample is no longer than this. */
#define SAMPLE_MAX 1024u

/* Folders in which ordinary users may create files, or folders, on a Windows that was left alone: those of
 * the published lists of AppLocker's weak places (AaronLocker; the Ultimate AppLocker ByPass List), and what
 * everybody knows. */
static const char *const writable_folders[] = {
    "%WINDIR%\\Temp",
    "%WINDIR%\\Tasks",
    "%WINDIR%\\tracing",
    "%WINDIR%\\Registration\\CRMLog",
    "%WINDIR%\\debug\\WIA",
    "%WINDIR%\\System32\\Tasks",
    "%WINDIR%\\System32\\FxsTmp",
    "%WINDIR%\\System32\\com\\dmp",
    "%WINDIR%\\System32\\Microsoft\\Crypto\\RSA\\MachineKeys",
    "%WINDIR%\\System32\\spool\\PRINTERS",
    "%WINDIR%\\System32\\spool\\SERVERS",
    "%WINDIR%\\System32\\spool\\drivers\\color",
    "%WINDIR%\\SysWOW64\\Tasks",
    "%WINDIR%\\SysWOW64\\FxsTmp",
    "%WINDIR%\\SysWOW64\\com\\dmp",
    "%OSDRIVE%\\ProgramData",
    "%OSDRIVE%\\Users\\Public",
    "%OSDRIVE%\\Users\\somebody\\AppData\\Local\\Temp",
    "%OSDRIVE%\\Users\\somebody\\AppData\\Roaming",
    "%OSDRIVE%\\Users\\somebody\\Downloads",
    "%OSDRIVE%\\Users\\somebody\\Desktop",
    "%OSDRIVE%\\new-folder",
};

#define FOLDER_COUNT (sizeof(writable_folders) / sizeof(*writable_folders))

/* All of it belongs to ordinary users, whatever is below. */
static const char users_folder[] = "%OSDRIVE%\\Users";

struct writable {
    struct vg_trial *trial;
    const struct vg_model *model;
    uint32_t allowed_by[FOLDER_COUNT]; /* the rule that allows a program in the folder, or VG_RULE_NONE */
    size_t found;
};

/* The rule that allows this program to an ordinary user, or VG_RULE_NONE. */
static bool rule_that_allows(struct vg_trial *trial, const char *image, uint32_t *rule)
{
    struct vg_trial_start start = {
        .image = image, .parent = "%WINDIR%\\explorer.exe", .user = &vg_trial_person};
    struct vg_trial_outcome outcome;

    if (image == NULL || !vg_trial_decide(trial, &start, &outcome))
        return false;
    *rule = outcome.verdict == VG_ALLOW ? outcome.rule : VG_RULE_NONE;
    return true;
}

static bool try_folders(struct writable *writable)
{
    for (size_t i = 0; i < FOLDER_COUNT; i++) {
        const char *image = vg_arena_format(writable->trial->arena, "%s\\program.exe", writable_folders[i]);

        if (!rule_that_allows(writable->trial, image, &writable->allowed_by[i]))
            return false;
    }
    return true;
}

/* Appends a literal as UTF-8, or an x for a wildcard; false when it does not fit. */
static bool append_token(char *sample, size_t *size, const struct vg_token *token)
{
    size_t room = SAMPLE_MAX - *size, length = 1;

    if (token->kind == VG_TOKEN_LITERAL)
        length = vg_utf8_from_utf16(token->text, sample + *size, room);
    else if (room > 0)
        sample[*size] = 'x';
    *size += length;
    return length <= room;
}

/* A path that the predicate matches, or NULL when it is none that is worth a try. */
static const char *sample_of(struct vg_trial *trial, const struct vg_predicate *predicate)
{
    char sample[SAMPLE_MAX];
    size_t size = 0;

    if (predicate->field != VG_FIELD_IMAGE || predicate->token_count == 0 ||
        (predicate->test != VG_TEST_PATTERN && predicate->test != VG_TEST_UNDER))
        return NULL;
    for (size_t i = 0; i < predicate->token_count; i++)
        if (!append_token(sample, &size, &predicate->tokens[i]))
            return NULL;
    return vg_arena_format(trial->arena, predicate->test == VG_TEST_UNDER ? "%.*s\\x.exe" : "%.*s", (int)size,
                           sample);
}

static char lower(char letter)
{
    return letter >= 'A' && letter <= 'Z' ? (char)(letter - 'A' + 'a') : letter;
}

static bool is_below(const char *path, const char *folder)
{
    while (*folder && lower(*path) == lower(*folder)) {
        path++;
        folder++;
    }
    return *folder == '\0' && *path == '\\';
}

/* Whether the rule allows something below the users' folder that one of its own patterns spells. */
static bool tries_sample(struct writable *writable, const struct vg_expr *expr, uint32_t index,
                         const char *users, bool *found)
{
    uint32_t rule = VG_RULE_NONE;
    const char *sample;

    if (*found || expr->kind == VG_EXPR_NOT)
        return true;
    for (size_t i = 0; i < expr->child_count; i++)
        if (!tries_sample(writable, expr->children[i], index, users, found))
            return false;
    if (expr->kind != VG_EXPR_PREDICATE)
        return true;
    sample = sample_of(writable->trial, expr->predicate);
    if (sample == NULL || !is_below(sample, users))
        return true;
    if (!rule_that_allows(writable->trial, sample, &rule))
        return false;
    *found = rule == index;
    return true;
}

static void tell(struct writable *writable, const struct vg_reporter *reporter, uint32_t index,
                 const char *where)
{
    const struct vg_rule *rule = &writable->model->rules[index];

    if (++writable->found > TOLD_MAX)
        return;
    reporter->report(
        reporter->context, VG_WARNING, rule->place,
        vg_arena_format(writable->trial->arena,
                        "the rule %s allows programs in %s, where ordinary users can put their own",
                        vg_lint_rule_shown(writable->trial, rule), where),
        "except such folders (docs/policy.md lists them), or ask for the hash as well");
}

/* Of every allow rule: the folders it covers, or else that it reaches below the users' own. */
static bool look_at_rule(struct writable *writable, const struct vg_reporter *reporter, uint32_t index,
                         const char *users)
{
    const char *folders[FOLDER_COUNT];
    size_t count = 0;
    bool found = false;

    for (size_t i = 0; i < FOLDER_COUNT; i++)
        if (writable->allowed_by[i] == index)
            folders[count++] = vg_trial_expand(writable->trial, writable_folders[i]);
    if (count != 0) {
        tell(writable, reporter, index, vg_lint_listed(writable->trial, folders, count));
        return true;
    }
    if (!tries_sample(writable, writable->model->rules[index].condition, index, users, &found))
        return false;
    if (found)
        tell(writable, reporter, index, vg_arena_format(writable->trial->arena, "folders below %s", users));
    return true;
}

bool vg_lint_writable(struct vg_trial *trial, const struct vg_model *model,
                      const struct vg_reporter *reporter)
{
    struct writable writable = {.trial = trial, .model = model};
    const char *users = vg_trial_expand(trial, users_folder);

    if (users == NULL || !try_folders(&writable))
        return false;
    for (size_t i = 0; i < model->rule_count; i++)
        if (model->rules[i].action == VG_ACTION_ALLOW &&
            !look_at_rule(&writable, reporter, (uint32_t)i, users))
            return false;
    if (writable.found > TOLD_MAX)
        reporter->report(
            reporter->context, VG_WARNING, (struct vg_place){.file = model->rules[0].place.file},
            vg_arena_format(trial->arena,
                            "%zu more rules allow programs where ordinary users can put their own",
                            writable.found - TOLD_MAX),
            NULL);
    return !vg_arena_failed(trial->arena);
}

#include "validate.h"

/* A trial of a test that has tokens. */
static bool check_trial_of_tokens(struct vg_check *check, const struct vg_blob_predicate *predicate,
                                  const struct vg_blob_trial *trial, struct vg_predicates_used *used)
{
    const unsigned known = VG_TRIAL_CASED | VG_TRIAL_SPELLS_STREAM | VG_TRIAL_LAST;
    uint32_t test = vg_trial_test(trial);
    struct vg_token_owner owner = {trial->text, trial->units, test, trial};

    if (trial->flags & ((1u << VG_TRIAL_TEST_SHIFT) - 1) & ~known)
        return vg_check_failed(check, "unknown flag of a trial", trial);
    if (test != VG_BLOB_TEST_PATTERN && test != VG_BLOB_TEST_UNDER && !vg_blob_test_is_number(test))
        return vg_check_failed(check, "a trial of tokens that none has", trial);
    if (vg_blob_test_is_number(test) && vg_field_kind((enum vg_field)predicate->field) != VG_KIND_NUMBER)
        return vg_check_failed(check, "a number is compared with what is none", trial);
    return vg_check_tokens(check, &owner, used);
}

static bool check_trial(struct vg_check *check, const struct vg_blob_predicate *predicate,
                        const struct vg_blob_trial *trial, struct vg_predicates_used *used)
{
    bool regex = trial->kind == VG_TRIAL_REGEX;

    if (trial->kind >= VG_TRIAL_KIND_COUNT)
        return vg_check_failed(check, "unknown kind of trial", trial);
    if (regex != (predicate->test == VG_BLOB_TEST_REGEX))
        return vg_check_failed(check, "a trial of an expression where none belongs", trial);
    if (trial->kind == VG_TRIAL_TOKENS)
        return check_trial_of_tokens(check, predicate, trial, used);
    if (trial->flags & ~VG_TRIAL_LAST)
        return vg_check_failed(check, "unknown flag of a trial", trial);
    if ((trial->kind == VG_TRIAL_CONTAINS || regex) && trial->units > VG_BLOB_SEARCHED_MAX)
        return vg_check_failed(check, "a text takes too long to look for", trial);
    return vg_check_text(check, trial->text, trial->units, trial);
}

bool vg_check_trials(struct vg_check *check, const struct vg_blob_predicate *predicate, bool tried,
                     struct vg_predicates_used *used)
{
    const struct vg_blob_trial *trial;

    if (tried != (predicate->trials != VG_BLOB_NONE))
        return vg_check_failed(check, "a predicate is tried that is not, or is not that is", predicate);
    if (!tried)
        return true;
    if (predicate->test != VG_BLOB_TEST_ANY && predicate->test != VG_BLOB_TEST_REGEX)
        return vg_check_failed(check, "a predicate is tried for what has no trials", predicate);
    if (predicate->rule != VG_BLOB_NONE || predicate->anchors != VG_BLOB_NONE)
        return vg_check_failed(check, "a predicate that is tried decides or announces", predicate);
    if (!vg_check_is_text(predicate->field) || !vg_check_has_field(check, predicate->field))
        return vg_check_failed(check, "a trial on a field that is not there or holds no text", predicate);
    if (predicate->trials != used->trials)
        return vg_check_failed(check, "a predicate's trials are not its own", predicate);
    do {
        if (used->trials >= vg_check_count(check, VG_BLOB_TRIALS))
            return vg_check_failed(check, "the trials of a predicate do not end", predicate);
        trial = &check->blob.TRIALS[used->trials++];
        if (!check_trial(check, predicate, trial, used))
            return false;
    } while (!(trial->flags & VG_TRIAL_LAST));
    return true;
}

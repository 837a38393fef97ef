#include "validate.h"

#include "../regex/match.h"

bool vg_check_regexes(struct vg_check *check)
{
    const struct vg_blob_regex *regexes = check->blob.REGEXES;
    uint32_t count = vg_check_count(check, VG_BLOB_REGEXES);
    uint32_t words = vg_check_count(check, VG_BLOB_AUTOMATA);
    uint32_t used = 0;

    if (count > VG_BLOB_REGEXES_MAX || words > VG_BLOB_AUTOMATA_MAX)
        return vg_check_failed(check, "too many regular expressions", regexes);
    for (uint32_t i = 0; i < count; i++) {
        const uint64_t *automaton = check->blob.AUTOMATA + used;
        const char *failed;

        if (regexes[i].automaton != used || regexes[i].words > words - used)
            return vg_check_failed(check, "a regular expression lies outside", &regexes[i]);
        failed = vg_regex_check(automaton, (size_t)regexes[i].words * sizeof(*automaton));
        if (failed)
            return vg_check_failed(check, failed, automaton);
        used += regexes[i].words;
    }
    if (used != words)
        return vg_check_failed(check, "automata of no regular expression", check->blob.AUTOMATA + used);
    return true;
}

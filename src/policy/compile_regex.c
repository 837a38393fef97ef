#include "compile.h"
#include "hash.h"

#include "../regex/compile.h"

#include <string.h>

static uint64_t hash_table(const struct vg_regex *regex)
{
    const uint64_t *words = regex->table;
    uint64_t hash = 0;

    for (size_t i = 0; i < regex->size / sizeof(*words); i++)
        hash = vg_hash_word(hash, words[i]);
    return vg_hash_end(hash, 0, (uint32_t)regex->size);
}

/* Expressions that match the same often have the same table, however they are written. */
static bool same_table(const void *context, uint32_t index, const void *wanted)
{
    const struct vg_compile *compile = context;
    const struct vg_regex *regex = wanted;
    const struct vg_blob_regex *written =
        VG_BUFFER_AT(&compile->sections[VG_BLOB_REGEXES], struct vg_blob_regex) + index;
    const uint64_t *words = VG_BUFFER_AT(&compile->sections[VG_BLOB_AUTOMATA], uint64_t) + written->automaton;

    return written->words == regex->size / sizeof(*words) && memcmp(words, regex->table, regex->size) == 0;
}

static uint64_t table_hash_of(const void *context, uint32_t index)
{
    const struct vg_compile *compile = context;

    return VG_BUFFER_AT(&compile->regexes, uint64_t)[index];
}

static bool fits(struct vg_compile *compile, const struct vg_predicate *predicate)
{
    size_t words = predicate->regex->size / sizeof(uint64_t);
    const char *hint = "look for parts of the text with |contains";

    if (VG_BUFFER_COUNT(&compile->regexes, uint64_t) == VG_BLOB_REGEXES_MAX)
        vg_compile_error(compile, predicate->place, "more than 4,096 different regular expressions", hint);
    else if (words > VG_BLOB_AUTOMATA_MAX - VG_BUFFER_COUNT(&compile->sections[VG_BLOB_AUTOMATA], uint64_t))
        vg_compile_error(compile, predicate->place,
                         "the regular expressions up to here take more than 32 MiB together", hint);
    return !compile->failed;
}

uint32_t vg_compile_regex(struct vg_compile *compile, const struct vg_predicate *predicate)
{
    struct vg_buffer *automata = &compile->sections[VG_BLOB_AUTOMATA];
    const struct vg_regex *regex = predicate->regex;
    uint64_t hash = hash_table(regex);
    struct vg_blob_regex added;
    uint32_t index;

    if (vg_index_set_find(&compile->regex_set, hash, same_table, compile, regex, &index))
        return index;
    if (!fits(compile, predicate))
        return 0;
    index = VG_BUFFER_COUNT(&compile->regexes, uint64_t);
    added.automaton = VG_BUFFER_COUNT(automata, uint64_t);
    added.words = (uint32_t)(regex->size / sizeof(uint64_t));
    vg_buffer_put(automata, regex->table, regex->size);
    vg_buffer_put(&compile->sections[VG_BLOB_REGEXES], &added, sizeof(added));
    vg_buffer_put(&compile->regexes, &hash, sizeof(hash));
    if (compile->regexes.failed ||
        !vg_index_set_add(&compile->regex_set, index, hash, table_hash_of, compile))
        automata->failed = true;
    return index;
}

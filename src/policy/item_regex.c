/* Values of `re`: regular expressions, compiled here so that what cannot be is told where it stands. */
#include "item.h"

#include <string.h>

#include "pattern.h"

#include "../regex/compile.h"
#include "../regex/table.h"

/* An expression that was compiled; the same under the same flags is compiled once. */
struct vg_known_regex {
    struct vg_span pattern;
    unsigned flags;
    struct vg_regex regex; /* its table lives in the arena, too */
    struct vg_known_regex *next;
};

static struct vg_span pattern_of(const struct vg_predicate *predicate)
{
    return predicate->token_count ? predicate->tokens[0].text : (struct vg_span){.bytes = "", .size = 0};
}

static const struct vg_regex *find_known(const struct vg_reader *reader, struct vg_span pattern,
                                         unsigned flags)
{
    for (const struct vg_known_regex *known = reader->regexes; known; known = known->next)
        if (known->flags == flags && vg_text_equal(known->pattern, pattern))
            return &known->regex;
    return NULL;
}

static const struct vg_regex *keep(struct vg_reader *reader, struct vg_span pattern, unsigned flags,
                                   const struct vg_regex *regex)
{
    struct vg_known_regex *known = vg_arena_alloc(reader->arena, sizeof(*known));
    void *table = vg_arena_alloc(reader->arena, regex->size);
    if (!known || !table)
        return NULL;
    memcpy(table, regex->table, regex->size);
    *known = (struct vg_known_regex){pattern, flags, *regex, reader->regexes};
    known->regex.table = table;
    reader->regexes = known;
    return &known->regex;
}

/* The first character is not worth naming, and a limit of the whole has no other place. */
static void refuse(struct vg_reader *reader, const struct vg_yaml *value, const struct vg_regex_error *error)
{
    const char *shown = vg_shown(reader, value->text, value->size);
    const char *hint = "docs/policy.md says what `re` takes";
    if (error->offset == 0)
        vg_unsupported(reader, vg_place_of(reader, value), hint,
                       "the regular expression %s cannot be used: %s", shown, error->message);
    else
        vg_unsupported(reader, vg_place_of(reader, value), hint,
                       "the regular expression %s cannot be used: %s (at its character %u)", shown,
                       error->message, error->offset + 1);
}

static const struct vg_regex *compile(struct vg_reader *reader, const struct vg_yaml *value,
                                      struct vg_span pattern, unsigned flags)
{
    struct vg_regex_error error;
    struct vg_regex regex;
    const struct vg_regex *kept = find_known(reader, pattern, flags);
    if (kept)
        return kept;
    if (!vg_regex_compile_within(pattern, flags, &reader->regex_steps, &regex, &error)) {
        if (reader->regex_steps == 0)
            error = (struct vg_regex_error){.message = "all those up to it take too long to compile"};
        refuse(reader, value, &error);
        return NULL;
    }
    kept = keep(reader, pattern, flags, &regex);
    vg_regex_free(&regex);
    return kept;
}

/* Whether the expression is nothing but a text: no sign in it that means more than itself. */
static bool is_text(const char *pattern, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        bool escaped = pattern[i] == '\\';
        i += escaped;
        if (escaped && (i == size || !strchr("\\.[](){}*+?|^$-/\"' ", pattern[i])))
            return false;
        if (!escaped && strchr(".[](){}*+?|^$", pattern[i]))
            return false;
    }
    return size > 0;
}

/* What is legal and hardly meant, told to whoever wrote the policy. */
static void warn_of_traps(struct vg_reader *reader, const struct vg_item_key *key,
                          const struct vg_yaml *value, const struct vg_regex *regex)
{
    const struct vg_regex_header *table = regex->table;
    struct vg_place place = vg_place_of(reader, value);
    if (reader->sigma)
        return;
    if (table->start == VG_REGEX_MATCHED)
        vg_warn(reader, place, "to ask whether there is a value, write |exists: true",
                "this regular expression is found in every text");
    else if (table->start == VG_REGEX_NEVER)
        vg_warn(reader, place, NULL, "this regular expression is found in no text");
    else if (is_text(value->text, value->size))
        vg_warn(reader, place,
                key->regex_flags & VG_REGEX_CASELESS ? "write |contains" : "write |contains|cased",
                "this regular expression is a text and nothing more, which |contains finds faster");
}

struct vg_expr *vg_regex_value_read(struct vg_reader *reader, const struct vg_item_key *key,
                                    const struct vg_yaml *value)
{
    struct vg_predicate *predicate = vg_predicate_new(reader, key, value);
    if (!predicate || !vg_codes_from_text(reader, vg_place_of(reader, value), value->text, value->size))
        return NULL;
    predicate->test = VG_TEST_REGEX;
    predicate->regex_flags = key->regex_flags;
    predicate->cased = true; /* so that the expression is kept as it was written */
    if (!vg_pattern_finish(reader, predicate))
        return NULL;
    predicate->cased = false;
    predicate->regex = compile(reader, value, pattern_of(predicate), key->regex_flags);
    if (!predicate->regex)
        return NULL;
    warn_of_traps(reader, key, value, predicate->regex);
    return vg_expr_predicate(reader->arena, predicate);
}

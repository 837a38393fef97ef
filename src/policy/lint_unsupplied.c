/* Facts that only logs tell: the driver never supplies them, so rules that rest on them decide nothing there.
 */
#include "reader.h"

static const struct unsupplied {
    enum vg_field field;
    const char *what;
    const char *hint;
} unsupplied[] = {
    {VG_FIELD_CURRENT_DIRECTORY,
     "the driver never knows it: what rests on it is unknown there, and matches only with `unknown: match`",
     "vigil replay reads it from logs"},
    {VG_FIELD_PROVIDER_NAME, "the driver's starts come from no log: it is null there",
     "vigil replay reads it from logs"},
};

/* The first predicate on the field, or NULL. */
static const struct vg_predicate *find(const struct vg_expr *expr, enum vg_field field)
{
    const struct vg_predicate *found = NULL;
    if (expr->kind == VG_EXPR_PREDICATE)
        return expr->predicate->field == field ||
                       (expr->predicate->test == VG_TEST_FIELDREF && expr->predicate->other == field)
                   ? expr->predicate
                   : NULL;
    for (size_t i = 0; i < expr->child_count && !found; i++)
        found = find(expr->children[i], field);
    return found;
}

static void look_for(struct vg_reader *reader, const struct vg_rule *rules, size_t count,
                     const struct unsupplied *asked)
{
    const struct vg_predicate *first = NULL;
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        const struct vg_predicate *predicate = find(rules[i].condition, asked->field);
        if (predicate && found++ == 0)
            first = predicate;
    }
    if (found)
        vg_note(reader, first->place, asked->hint, "%zu rule%s for %s; %s", found,
                found == 1 ? " asks" : "s ask", vg_field_name(asked->field), asked->what);
}

void vg_lint_unsupplied(struct vg_reader *reader, const struct vg_rule *rules, size_t count)
{
    for (size_t i = 0; i < sizeof(unsupplied) / sizeof(*unsupplied); i++)
        look_for(reader, rules, count, &unsupplied[i]);
}

/* Finds for every condition the plainest form of the language that states it: `when`, `when` with `except`,
 * or a `detection` with selections s1, s2 ... The order of conditions is kept, so that reading gives the same
 * tree. */
#include "print.h"

#include <string.h>

#include "print_value.h"

struct printer {
    FILE *out;
    size_t digests_most;
    unsigned selections; /* named so far in this rule */
};

/* Children of an AND or OR, or a single condition. */
struct range {
    struct vg_expr *const *at;
    size_t count;
};

static bool is_leaf(const struct vg_expr *expr)
{
    return expr->kind == VG_EXPR_PREDICATE ||
           (expr->kind == VG_EXPR_NOT && expr->children[0]->kind == VG_EXPR_PREDICATE &&
            expr->children[0]->predicate->test == VG_TEST_EXISTS);
}

static bool is_digests(const struct vg_expr *leaf)
{
    return leaf->kind == VG_EXPR_PREDICATE && leaf->predicate->test == VG_TEST_DIGESTS;
}

/* How many alternatives from `begin` on are values of one key. What follows a list of hashes begins anew,
 * because the reader puts the list last. */
static size_t run_of_alternatives(struct range range, size_t begin)
{
    size_t end = begin + 1;
    if (!is_leaf(range.at[begin]))
        return 1;
    struct vg_print_key key = vg_print_key_of(range.at[begin]);
    for (; end < range.count && is_leaf(range.at[end]) && !is_digests(range.at[end - 1]); end++) {
        struct vg_print_key other = vg_print_key_of(range.at[end]);
        if (!vg_print_same_key(&key, &other))
            break;
    }
    return end - begin;
}

static bool can_share_all(const struct vg_expr *leaf)
{
    return !is_digests(leaf) && strcmp(vg_print_key_of(leaf).match, "exists") != 0;
}

/* How many conditions from `begin` on all hold for one key: `key|all`. */
static size_t run_of_all(struct range range, size_t begin)
{
    size_t end = begin + 1;
    if (!is_leaf(range.at[begin]) || !can_share_all(range.at[begin]))
        return 1;
    struct vg_print_key key = vg_print_key_of(range.at[begin]);
    for (; end < range.count && is_leaf(range.at[end]) && can_share_all(range.at[end]); end++) {
        struct vg_print_key other = vg_print_key_of(range.at[end]);
        if (!vg_print_same_key(&key, &other))
            break;
    }
    return end - begin;
}

/* Whether a condition is one `key: value or values` (alternatives, or a single value). */
static bool is_item(const struct vg_expr *expr)
{
    if (is_leaf(expr))
        return true;
    if (expr->kind != VG_EXPR_OR)
        return false;
    struct range range = {expr->children, expr->child_count};
    return run_of_alternatives(range, 0) == range.count;
}

/* Identifies an item's key within its map. */
struct map_key {
    struct vg_print_key key;
    bool all;
};

#define MAP_KEYS_MAX 64

/* How many conditions from `begin` on can stand in one map: each an item, no key twice. */
static size_t run_of_items(struct range range, size_t begin)
{
    struct map_key keys[MAP_KEYS_MAX];
    size_t used = 0, at = begin;
    while (at < range.count && is_item(range.at[at]) && used < MAP_KEYS_MAX) {
        const struct vg_expr *expr = range.at[at];
        size_t run = run_of_all(range, at);
        struct map_key key = {vg_print_key_of(is_leaf(expr) ? expr : expr->children[0]), run > 1};
        for (size_t i = 0; i < used; i++)
            if (vg_print_same_key(&keys[i].key, &key.key) && keys[i].all == key.all)
                return at - begin;
        keys[used++] = key;
        at += run;
    }
    return at - begin;
}

static bool is_map(const struct vg_expr *expr)
{
    if (expr->kind != VG_EXPR_AND)
        return is_item(expr);
    struct range range = {expr->children, expr->child_count};
    return run_of_items(range, 0) == range.count;
}

/* Whether a condition can stand behind `when:` or a selection's name: a map, or a list of maps. */
static bool is_body(const struct vg_expr *expr)
{
    if (expr->kind != VG_EXPR_OR)
        return is_map(expr);
    for (size_t i = 0; i < expr->child_count; i++)
        if (!is_map(expr->children[i]))
            return false;
    return true;
}

static void indent(const struct printer *printer, unsigned spaces)
{
    fprintf(printer->out, "%*s", (int)spaces, "");
}

static void print_digest(FILE *out, const struct vg_predicate *predicate, size_t index)
{
    const uint8_t *digest = vg_predicate_digest(predicate, index);
    for (unsigned i = 0; i < vg_field_digest_size(predicate->field); i++)
        fprintf(out, "%02x", digest[i]);
}

/* Values of a list, one a line. */
static void print_digest_lines(struct printer *printer, const struct vg_predicate *predicate, unsigned spaces)
{
    size_t most = printer->digests_most ? printer->digests_most : SIZE_MAX;
    size_t shown = predicate->digest_count < most ? predicate->digest_count : most;
    for (size_t i = 0; i < shown; i++) {
        indent(printer, spaces);
        fputs("- ", printer->out);
        print_digest(printer->out, predicate, i);
        fputc('\n', printer->out);
    }
    if (shown < predicate->digest_count) {
        indent(printer, spaces);
        fprintf(printer->out, "# and %zu more\n", predicate->digest_count - shown);
    }
}

/* One item. The cursor stands where the key begins; `spaces` is that column. */
static void print_item(struct printer *printer, struct range leaves, bool all, unsigned spaces)
{
    struct vg_print_key key = vg_print_key_of(leaves.at[0]);
    vg_print_key(printer->out, &key, all);
    if (leaves.count == 1 && is_digests(leaves.at[0]) && leaves.at[0]->predicate->digest_count < 2) {
        fputs(leaves.at[0]->predicate->digest_count ? " " : " []", printer->out);
        if (leaves.at[0]->predicate->digest_count)
            print_digest(printer->out, leaves.at[0]->predicate, 0);
        fputc('\n', printer->out);
        return;
    }
    if (leaves.count == 1 && !is_digests(leaves.at[0])) {
        fputc(' ', printer->out);
        vg_print_value(printer->out, leaves.at[0], &key);
        fputc('\n', printer->out);
        return;
    }
    fputc('\n', printer->out);
    for (size_t i = 0; i < leaves.count; i++) {
        if (is_digests(leaves.at[i])) {
            print_digest_lines(printer, leaves.at[i]->predicate, spaces + 2);
            continue;
        }
        indent(printer, spaces + 2);
        fputs("- ", printer->out);
        vg_print_value(printer->out, leaves.at[i], &key);
        fputc('\n', printer->out);
    }
}

/* The items of a map; the first one where the cursor stands. */
static void print_map(struct printer *printer, struct range range, unsigned spaces)
{
    for (size_t i = 0; i < range.count;) {
        const struct vg_expr *expr = range.at[i];
        size_t run = run_of_all(range, i);
        if (i)
            indent(printer, spaces);
        if (is_leaf(expr))
            print_item(printer, (struct range){range.at + i, run}, run > 1, spaces);
        else
            print_item(printer, (struct range){expr->children, expr->child_count}, false, spaces);
        i += run;
    }
}

static struct range conjuncts(struct vg_expr *const *expr)
{
    if ((*expr)->kind == VG_EXPR_AND)
        return (struct range){(*expr)->children, (*expr)->child_count};
    return (struct range){expr, 1};
}

/* Alternatives as a list of maps. */
static void print_list(struct printer *printer, struct range range, unsigned spaces)
{
    for (size_t i = 0; i < range.count;) {
        size_t run = run_of_alternatives(range, i);
        indent(printer, spaces);
        fputs("- ", printer->out);
        if (is_leaf(range.at[i]))
            print_item(printer, (struct range){range.at + i, run}, false, spaces + 2);
        else
            print_map(printer, conjuncts(&range.at[i]), spaces + 2);
        i += run;
    }
}

/* What stands behind `when:` and the like, on lines of its own: alternatives (`any`), or conditions that all
 * hold. */
static void print_body(struct printer *printer, struct range range, bool any, unsigned spaces)
{
    if (range.count == 1) {
        any = range.at[0]->kind == VG_EXPR_OR;
        if (range.at[0]->kind == VG_EXPR_OR || range.at[0]->kind == VG_EXPR_AND)
            range = (struct range){range.at[0]->children, range.at[0]->child_count};
    }
    if (any && run_of_alternatives(range, 0) != range.count) {
        print_list(printer, range, spaces);
        return;
    }
    indent(printer, spaces);
    if (any)
        print_item(printer, range, false, spaces);
    else
        print_map(printer, range, spaces);
}

static void print_key_and_body(struct printer *printer, const char *key, struct range range, bool any,
                               unsigned spaces)
{
    indent(printer, spaces);
    fprintf(printer->out, "%s:\n", key);
    print_body(printer, range, any, spaces + 2);
}

/* The two walks over a detection: first its selections are printed, then the condition that names them. */
enum walk {
    WALK_SELECTIONS,
    WALK_CONDITION,
};

static void walk_range(struct printer *printer, enum walk walk, struct range range, bool any)
{
    char name[16];
    snprintf(name, sizeof(name), "s%u", ++printer->selections);
    if (walk == WALK_SELECTIONS)
        print_key_and_body(printer, name, range, any, 6);
    else
        fputs(name, printer->out);
}

/* How many children from `begin` on one selection can state; 0 if none. */
static size_t run_of_bodies(const struct vg_expr *expr, size_t begin)
{
    struct range range = {expr->children, expr->child_count};
    size_t end = begin;
    if (expr->kind == VG_EXPR_OR) {
        while (end < range.count && is_map(range.at[end]))
            end++;
        return end - begin;
    }
    size_t run = run_of_items(range, begin);
    return run ? run : is_body(range.at[begin]);
}

static void walk_expr(struct printer *printer, enum walk walk, struct vg_expr *const *expr, bool nested)
{
    const char *text = "";
    if (is_body(*expr)) {
        walk_range(printer, walk, (struct range){expr, 1}, false);
        return;
    }
    if ((*expr)->kind == VG_EXPR_NOT) {
        if (walk == WALK_CONDITION)
            fputs("not ", printer->out);
        walk_expr(printer, walk, &(*expr)->children[0], true);
        return;
    }
    if (nested && walk == WALK_CONDITION)
        fputc('(', printer->out);
    for (size_t i = 0; i < (*expr)->child_count;) {
        size_t run = run_of_bodies(*expr, i);
        if (walk == WALK_CONDITION)
            fputs(text, printer->out);
        text = (*expr)->kind == VG_EXPR_AND ? " and " : " or ";
        if (run)
            walk_range(printer, walk, (struct range){(*expr)->children + i, run},
                       (*expr)->kind == VG_EXPR_OR);
        else
            walk_expr(printer, walk, &(*expr)->children[i], true);
        i += run ? run : 1;
    }
    if (nested && walk == WALK_CONDITION)
        fputc(')', printer->out);
}

static void print_detection(struct printer *printer, struct vg_expr *const *condition)
{
    fputs("    detection:\n", printer->out);
    printer->selections = 0;
    walk_expr(printer, WALK_SELECTIONS, condition, false);
    fputs("      condition: ", printer->out);
    printer->selections = 0;
    walk_expr(printer, WALK_CONDITION, condition, false);
    fputc('\n', printer->out);
}

/* `when` with `except`: everything but the last condition, and that one negated. */
static bool print_when_except(struct printer *printer, const struct vg_expr *condition)
{
    if (condition->kind != VG_EXPR_AND)
        return false;
    size_t last = condition->child_count - 1;
    const struct vg_expr *negated = condition->children[last];
    struct range when = {condition->children, last};
    bool fits = last == 1 ? is_body(condition->children[0]) : run_of_items(when, 0) == last;
    if (!fits || negated->kind != VG_EXPR_NOT || !is_body(negated->children[0]))
        return false;
    print_key_and_body(printer, "when", when, false, 4);
    print_key_and_body(printer, "except", (struct range){negated->children, 1}, false, 4);
    return true;
}

static void print_rule(struct printer *printer, const struct vg_rule *rule)
{
    static const char *const actions[] = {"allow", "deny", "ask", "audit"};
    struct vg_expr *condition = (struct vg_expr *)rule->condition; /* only to stand in a range, which reads */
    fprintf(printer->out, "  - %s: ", actions[rule->action]);
    vg_print_text(printer->out, rule->name, strlen(rule->name), true);
    fputc('\n', printer->out);
    if (rule->sigma_id) {
        fputs("    sigma-id: ", printer->out);
        vg_print_text(printer->out, rule->sigma_id, strlen(rule->sigma_id), true);
        fputc('\n', printer->out);
    }
    if (rule->sigma_level) {
        fputs("    sigma-level: ", printer->out);
        vg_print_text(printer->out, rule->sigma_level, strlen(rule->sigma_level), true);
        fputc('\n', printer->out);
    }
    if (condition->kind == VG_EXPR_TRUE || condition->kind == VG_EXPR_FALSE)
        fprintf(printer->out, "    # %s\n",
                condition->kind == VG_EXPR_TRUE ? "matches every start" : "matches nothing");
    else if (is_body(condition))
        print_key_and_body(printer, "when", (struct range){&condition, 1}, false, 4);
    else if (!print_when_except(printer, condition))
        print_detection(printer, &condition);
}

static void print_settings(const struct vg_model *model, FILE *out)
{
    static const char *const verdicts[] = {"allow", "deny", "ask"};
    fprintf(out, "vigil: 1\nmode: %s\n", model->mode == VG_MODE_ENFORCE ? "enforce" : "monitor");
    fprintf(out, "default: %s\n", verdicts[model->default_verdict]);
    if (model->deny_status == 0xC0000361u || model->deny_status == 0xC0000022u)
        fprintf(out, "deny-status: %s\n", model->deny_status == 0xC0000361u ? "policy" : "access-denied");
    else
        fprintf(out, "deny-status: 0x%08X\n", model->deny_status);
    fprintf(out, "ask: { otherwise: %s }\n", verdicts[model->ask_otherwise]);
    fprintf(out, "unknown: %s\n", model->unknown_matches ? "match" : "no-match");
    fprintf(out, "images: %s\n", model->watch_images ? "true" : "false");
    fprintf(out, "record-hashes: %s\n", model->record_hashes ? "true" : "false");
}

void vg_model_print(const struct vg_model *model, const struct vg_print_options *options, FILE *out)
{
    struct printer printer = {.out = out, .digests_most = options ? options->digests_most : 0};
    print_settings(model, out);
    fputs(model->rule_count ? "rules:\n" : "rules: []\n", out);
    for (size_t i = 0; i < model->rule_count; i++)
        print_rule(&printer, &model->rules[i]);
}

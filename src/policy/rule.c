/* One rule of a policy: its verdict, its name, and what it matches. */
#include <string.h>

#include "condition.h"
#include "names.h"
#include "reader.h"

static const char *const rule_keys[] = {"allow",     "deny",  "ask",   "audit",    "when",        "except",
                                        "detection", "sigma", "level", "sigma-id", "sigma-level", NULL};

/* In the order of enum vg_action. */
static const char *const actions[] = {"allow", "deny", "ask", "audit", NULL};

/* The key that gives the rule its verdict, or NULL after a complaint. */
static const struct vg_yaml *find_action(struct vg_reader *reader, const struct vg_yaml *map,
                                         enum vg_action *action)
{
    const struct vg_yaml *found = NULL;
    for (const struct vg_yaml *key = map->first; key; key = key->next->next) {
        if (!vg_is_name(actions, key->text, key->size))
            continue;
        if (found) {
            vg_complain(reader, vg_place_of(reader, key), "make two rules of it",
                        "a rule has one verdict, not both %s and %s", found->text, key->text);
            return NULL;
        }
        found = key;
    }
    if (!found) {
        vg_complain(reader, vg_place_of(reader, map),
                    "begin it with allow, deny, ask or audit, and a name: - deny: NAME",
                    "this rule has no verdict");
        return NULL;
    }
    for (unsigned i = 0; actions[i]; i++)
        if (vg_yaml_is(found, actions[i]))
            *action = (enum vg_action)i;
    return found;
}

/* Whether keys stand together that exclude each other, or one is missing. */
static bool check_body(struct vg_reader *reader, const struct vg_yaml *map, struct vg_place place)
{
    const struct vg_yaml *when = vg_yaml_get(map, "when");
    const struct vg_yaml *detection = vg_yaml_get(map, "detection");
    const struct vg_yaml *sigma = vg_yaml_get(map, "sigma");
    const struct vg_yaml *except = vg_yaml_get(map, "except");
    const struct vg_yaml *level = vg_yaml_get(map, "level");
    int bodies = (when != NULL) + (detection != NULL) + (sigma != NULL);
    if (bodies == 0)
        vg_complain(reader, place,
                    "give it `when:`, `detection:` or `sigma:`; to decide all other starts use `default:`",
                    except ? "this rule has exceptions, but nothing to except them from"
                           : "this rule matches nothing");
    else if (bodies > 1)
        vg_complain(reader, place, "make two rules of it",
                    "a rule has one of `when:`, `detection:` and `sigma:`, not %d", bodies);
    else if (except && !when)
        vg_complain(reader, vg_place_of(reader, except),
                    "with `detection:` write `and not` into its condition",
                    "`except:` goes with `when:` only");
    else if (level && !sigma)
        vg_complain(reader, vg_place_of(reader, level),
                    "it says which Sigma rules are taken: high means high and critical",
                    "`level:` goes with `sigma:` only");
    else if (sigma && (vg_yaml_get(map, "sigma-id") || vg_yaml_get(map, "sigma-level")))
        vg_complain(reader, place, "Sigma rules bring their own",
                    "`sigma-id:` and `sigma-level:` do not go with `sigma:`");
    else
        return true;
    return false;
}

static struct vg_expr *read_when(struct vg_reader *reader, const struct vg_yaml *map)
{
    const struct vg_yaml *except = vg_yaml_get(map, "except");
    struct vg_exprs exprs = {0};
    struct vg_expr *when = vg_selection_read(reader, vg_yaml_get(map, "when"), "`when:`");
    if (!except)
        return when;
    struct vg_expr *excepted = vg_expr_not(reader->arena, vg_selection_read(reader, except, "`except:`"));
    if (!vg_exprs_add(reader->arena, &exprs, when) || !vg_exprs_add(reader->arena, &exprs, excepted))
        return NULL;
    return vg_expr_join(reader->arena, VG_EXPR_AND, &exprs);
}

/* An optional key's text; false after a complaint. */
static bool read_optional(struct vg_reader *reader, const struct vg_yaml *map, const char *key,
                          const char **text)
{
    const struct vg_yaml *value = vg_yaml_get(map, key);
    *text = value ? vg_name_of(reader, value, key) : NULL;
    return !value || *text;
}

static void include_sigma(struct vg_reader *reader, const struct vg_yaml *map, enum vg_action action)
{
    const struct vg_yaml *level = vg_yaml_get(map, "level");
    const struct vg_yaml *sigma = vg_yaml_get(map, "sigma");
    unsigned least = 0;
    if (level) {
        while (vg_sigma_levels[least] && !vg_yaml_is(level, vg_sigma_levels[least]))
            least++;
        if (!vg_sigma_levels[least]) {
            bool scalar = level->kind == VG_YAML_SCALAR;
            vg_complain(reader, vg_place_of(reader, level),
                        vg_names_hint(reader->arena, vg_sigma_levels, "levels", scalar ? level->text : "",
                                      scalar ? level->size : 0),
                        "level cannot be %s", vg_shown_node(reader, level));
            return;
        }
    }
    if (sigma->kind != VG_YAML_LIST) {
        vg_sigma_include(reader, action, sigma, least);
        return;
    }
    for (const struct vg_yaml *item = sigma->first; item; item = item->next)
        vg_sigma_include(reader, action, item, least);
}

static void read_rule(struct vg_reader *reader, const struct vg_yaml *map)
{
    struct vg_rule rule = {0};
    if (!vg_check_keys(reader, map, rule_keys))
        return;
    const struct vg_yaml *key = find_action(reader, map, &rule.action);
    if (!key)
        return;
    rule.place = vg_place_of(reader, key);
    rule.name = vg_name_of(reader, key->next, "the name of this rule");
    if (!rule.name || !check_body(reader, map, rule.place) ||
        !read_optional(reader, map, "sigma-id", &rule.sigma_id) ||
        !read_optional(reader, map, "sigma-level", &rule.sigma_level))
        return;
    if (vg_yaml_get(map, "sigma")) {
        include_sigma(reader, map, rule.action);
        return;
    }
    const struct vg_yaml *detection = vg_yaml_get(map, "detection");
    struct vg_expr *condition = detection ? vg_detection_read(reader, detection) : read_when(reader, map);
    rule.condition = vg_expr_polarised(reader->arena, condition, rule.action == VG_ACTION_ALLOW);
    if (rule.condition)
        vg_reader_add_rule(reader, &rule);
}

static void read_include(struct vg_reader *reader, const struct vg_yaml *map)
{
    const struct vg_yaml *include = vg_yaml_get(map, "include");
    if (map->size != 1) {
        vg_complain(reader, vg_place_of(reader, map), "make it an item of its own: - include: FILE",
                    "`include:` stands alone, not in a rule");
        return;
    }
    if (include->kind != VG_YAML_LIST) {
        vg_policy_include(reader, include);
        return;
    }
    for (const struct vg_yaml *item = include->first; item; item = item->next)
        vg_policy_include(reader, item);
}

void vg_rules_read(struct vg_reader *reader, const struct vg_yaml *list)
{
    if (list->kind != VG_YAML_LIST) {
        vg_complain(reader, vg_place_of(reader, list), "begin each rule with `- `: - deny: NAME",
                    "rules are a list, and here stands %s", vg_shown_node(reader, list));
        return;
    }
    for (const struct vg_yaml *item = list->first; item; item = item->next) {
        if (item->kind != VG_YAML_MAP)
            vg_complain(reader, vg_place_of(reader, item), "a rule looks like this: - deny: NAME",
                        "a rule is a map, not %s", vg_shown_node(reader, item));
        else if (vg_yaml_get(item, "include"))
            read_include(reader, item);
        else
            read_rule(reader, item);
    }
}

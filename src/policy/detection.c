#include <string.h>

#include "condition.h"
#include "item.h"
#include "names.h"

#define SELECTIONS_MAX 4096u
#define NAME_MAX_BYTES 256u

static const char *const keywords[] = {"and", "or", "not", "of", "them", NULL};

static struct vg_expr *read_map(struct vg_reader *reader, const struct vg_yaml *map, const char *what)
{
    struct vg_exprs exprs = {0};
    bool good = true;
    if (map->size == 0) {
        vg_complain(reader, vg_place_of(reader, map),
                    "to decide every start that no rule decides, use `default:`",
                    "%s is empty: it says nothing about a start", what);
        return NULL;
    }
    for (const struct vg_yaml *key = map->first; key; key = key->next->next)
        good = vg_exprs_add(reader->arena, &exprs, vg_item_read(reader, key, key->next)) && good;
    return good ? vg_expr_join(reader->arena, VG_EXPR_AND, &exprs) : NULL;
}

struct vg_expr *vg_selection_read(struct vg_reader *reader, const struct vg_yaml *node, const char *what)
{
    struct vg_exprs exprs = {0};
    bool good = true;
    struct vg_place place = vg_place_of(reader, node);
    if (node->kind == VG_YAML_MAP)
        return read_map(reader, node, what);
    if (node->kind != VG_YAML_LIST || node->size == 0) {
        vg_complain(reader, place, "a condition is written as `Field: value`, or as a list of such maps",
                    node->kind == VG_YAML_LIST || vg_yaml_is_null(node)
                        ? "%s is empty: it says nothing about a start"
                        : "%s says nothing about a start",
                    what);
        return NULL;
    }
    for (const struct vg_yaml *item = node->first; item; item = item->next) {
        if (item->kind == VG_YAML_SCALAR) {
            vg_unsupported(reader, vg_place_of(reader, item),
                           "say in which field: CommandLine|contains, for example",
                           "a keyword without a field cannot be looked for: a start is not a line of text");
            return NULL;
        }
        if (item->kind != VG_YAML_MAP) {
            vg_complain(reader, vg_place_of(reader, item), "a list of maps: any one of them",
                        "%s holds a list in a list", what);
            return NULL;
        }
        good = vg_exprs_add(reader->arena, &exprs, read_map(reader, item, what)) && good;
    }
    return good ? vg_expr_join(reader->arena, VG_EXPR_OR, &exprs) : NULL;
}

/* In any case, as the condition reads them. */
static bool is_keyword(const struct vg_yaml *key, const char *keyword)
{
    if (strlen(keyword) != key->size)
        return false;
    for (unsigned i = 0; i < key->size; i++)
        if ((key->text[i] >= 'A' && key->text[i] <= 'Z' ? (char)(key->text[i] | 0x20) : key->text[i]) !=
            keyword[i])
            return false;
    return true;
}

static bool good_name(const struct vg_yaml *key)
{
    for (unsigned i = 0; i < key->size; i++) {
        char byte = key->text[i];
        bool letter =
            (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9');
        if (!letter && byte != '_' && byte != '-' && byte != '.' && (unsigned char)byte < 0x80)
            return false;
    }
    for (const char *const *keyword = keywords; *keyword; keyword++)
        if (is_keyword(key, *keyword))
            return false;
    return key->size > 0 && key->size <= NAME_MAX_BYTES;
}

static bool read_selection(struct vg_reader *reader, const struct vg_yaml *key,
                           struct vg_selection *selection)
{
    struct vg_place place = vg_place_of(reader, key);
    selection->name = key->text;
    selection->name_size = key->size;
    selection->place = place;
    if (vg_yaml_is(key, "timeframe")) {
        vg_unsupported(reader, place, NULL,
                       "it counts events over time (timeframe), and a start is decided alone");
        return false;
    }
    if (!good_name(key)) {
        vg_complain(reader, place, "letters, digits, _ and -; not and, or, not, of, them",
                    "%s cannot be the name of a selection", vg_shown_node(reader, key));
        return false;
    }
    const char *what = vg_arena_format(reader->arena, "the selection %s", vg_shown_node(reader, key));
    if (!what)
        return false;
    selection->expr = vg_selection_read(reader, key->next, what);
    selection->size = selection->expr ? vg_expr_size(selection->expr) : 0;
    return selection->expr != NULL;
}

static struct vg_expr *read_condition(struct vg_reader *reader, const struct vg_yaml *node,
                                      struct vg_selections *selections)
{
    struct vg_exprs exprs = {0};
    bool good = true;
    if (node->kind == VG_YAML_SCALAR && !vg_yaml_is_null(node))
        return vg_condition_read(reader, node, selections);
    if (node->kind != VG_YAML_LIST || node->size == 0) {
        vg_complain(reader, vg_place_of(reader, node), "for example: condition: selection and not filter",
                    "the condition is missing: here stands %s", vg_shown_node(reader, node));
        return NULL;
    }
    for (const struct vg_yaml *item = node->first; item; item = item->next) {
        if (item->kind != VG_YAML_SCALAR || vg_yaml_is_null(item)) {
            vg_complain(reader, vg_place_of(reader, item), NULL, "%s cannot be a condition",
                        vg_shown_node(reader, item));
            return NULL;
        }
        good = vg_exprs_add(reader->arena, &exprs, vg_condition_read(reader, item, selections)) && good;
    }
    return good ? vg_expr_join(reader->arena, VG_EXPR_OR, &exprs) : NULL;
}

static void warn_of_unused(struct vg_reader *reader, const struct vg_selections *selections)
{
    for (size_t i = 0; i < selections->count; i++) {
        const struct vg_selection *selection = &selections->at[i];
        if (!selection->used && selection->name[0] != '_')
            vg_warn(reader, selection->place, "name it in the condition, or take it out",
                    "the selection %s has no part in the condition",
                    vg_shown(reader, selection->name, selection->name_size));
    }
}

struct vg_expr *vg_detection_read(struct vg_reader *reader, const struct vg_yaml *node)
{
    struct vg_selections selections = {0};
    const struct vg_yaml *condition = NULL;
    bool good = true;
    if (node->kind != VG_YAML_MAP) {
        vg_complain(reader, vg_place_of(reader, node), "detection: holds named selections and a condition",
                    "%s cannot be a detection", vg_shown_node(reader, node));
        return NULL;
    }
    if (node->size > SELECTIONS_MAX) {
        vg_complain(reader, vg_place_of(reader, node), "make lists of values, or several rules",
                    "this detection has more than %u selections", SELECTIONS_MAX);
        return NULL;
    }
    selections.at = vg_arena_array(reader->arena, node->size, sizeof(*selections.at));
    if (!selections.at)
        return NULL;
    for (const struct vg_yaml *key = node->first; key; key = key->next->next) {
        if (vg_yaml_is(key, "condition"))
            condition = key->next;
        else
            good = read_selection(reader, key, &selections.at[selections.count++]) && good;
    }
    if (!condition) {
        vg_complain(reader, vg_place_of(reader, node), "for example: condition: selection and not filter",
                    "this detection has no condition");
        return NULL;
    }
    struct vg_expr *expr = read_condition(reader, condition, &selections);
    if (expr && good && !reader->sigma)
        warn_of_unused(reader, &selections);
    return good ? expr : NULL;
}

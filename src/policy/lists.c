/* `lists:` of a policy: what the placeholders of `expand` stand for. */
#include <string.h>

#include "item.h"
#include "names.h"

static bool is_name_byte(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
           byte == '_';
}

static bool is_name(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (!is_name_byte(text[i]))
            return false;
    return size > 0;
}

static void check_value(struct vg_reader *reader, const struct vg_yaml *key, const struct vg_yaml *value)
{
    if (value->kind != VG_YAML_SCALAR || vg_yaml_is_null(value))
        vg_complain(reader, vg_place_of(reader, value), "a list has values, each a text",
                    "%s cannot be a value of the list %s", vg_shown_node(reader, value),
                    vg_shown_node(reader, key));
}

static void check_list(struct vg_reader *reader, const struct vg_yaml *key, const struct vg_yaml *values)
{
    if (!is_name(key->text, key->size))
        vg_complain(reader, vg_place_of(reader, key), "letters, digits and _, as between percent signs",
                    "%s cannot be the name of a list", vg_shown_node(reader, key));
    if (values->kind != VG_YAML_LIST) {
        check_value(reader, key, values);
        return;
    }
    if (values->size == 0)
        vg_complain(reader, vg_place_of(reader, values), "give it values, or leave it out",
                    "the list %s is empty", vg_shown_node(reader, key));
    for (const struct vg_yaml *value = values->first; value; value = value->next)
        check_value(reader, key, value);
}

void vg_lists_read(struct vg_reader *reader, const struct vg_yaml *root)
{
    const struct vg_yaml *lists = vg_yaml_get(root, "lists");
    unsigned errors = reader->errors;
    if (!lists)
        return;
    if (lists->kind != VG_YAML_MAP) {
        vg_complain(reader, vg_place_of(reader, lists), "for example: lists: { admins: ['*\\adm-*', root] }",
                    "lists are a map from names to values, and here stands %s", vg_shown_node(reader, lists));
        return;
    }
    for (const struct vg_yaml *key = lists->first; key; key = key->next->next)
        check_list(reader, key, key->next);
    if (reader->errors == errors)
        reader->lists = lists;
}

/* The names of all lists, NULL-terminated, for a hint. */
static const char *const *names_of(struct vg_reader *reader)
{
    size_t count = reader->lists ? reader->lists->size : 0, used = 0;
    const char **names = vg_arena_array(reader->arena, count + 1, sizeof(*names));
    for (const struct vg_yaml *key = count ? reader->lists->first : NULL; names && key; key = key->next->next)
        names[used++] = vg_arena_text(reader->arena, key->text, key->size);
    for (size_t i = 0; i < used; i++)
        if (!names[i])
            return NULL;
    return names;
}

const struct vg_yaml *vg_list_find(struct vg_reader *reader, struct vg_place place, const char *name,
                                   size_t size, size_t *count)
{
    const struct vg_yaml *key = reader->lists ? reader->lists->first : NULL;
    while (key && !(key->size == size && memcmp(key->text, name, size) == 0))
        key = key->next->next;
    if (key) {
        bool list = key->next->kind == VG_YAML_LIST;
        *count = list ? key->next->size : 1;
        return list ? key->next->first : key->next;
    }
    const char *const *names = reader->lists && reader->lists->size <= 64 ? names_of(reader) : NULL;
    const char *hint = "write it at the top of the policy: lists: { NAME: [VALUE, VALUE] }";
    if (names && !reader->sigma)
        hint = vg_names_hint(reader->arena, names, "lists", name, size);
    vg_unsupported(reader, place, hint, "the policy has no list %s for the placeholder",
                   vg_shown(reader, name, size));
    return NULL;
}

bool vg_is_placeholder(const struct vg_yaml *value)
{
    return value->kind == VG_YAML_SCALAR && value->size > 2 && value->text[0] == '%' &&
           value->text[value->size - 1] == '%' && is_name(value->text + 1, value->size - 2);
}

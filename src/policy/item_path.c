/* `under` and `path`: Windows paths, and AppLocker's path variables in them. */
#include <string.h>

#include "item.h"
#include "names.h"
#include "pattern.h"

static const char *const variable_names[] = {"%WINDIR%",    "%SYSTEM32%", "%OSDRIVE%", "%PROGRAMFILES%",
                                             "%REMOVABLE%", "%HOT%",      NULL};

/* What differs from user to user has no value before somebody has logged on. */
static const char *const user_variables[] = {"%USERPROFILE%", "%APPDATA%",  "%LOCALAPPDATA%",
                                             "%TEMP%",        "%TMP%",      "%HOMEPATH%",
                                             "%HOMEDRIVE%",   "%USERNAME%", NULL};

/* What a path begins with once its variable, if it has one, is resolved. */
struct root {
    const char *text;  /* ends without a backslash; ?: for any drive letter */
    const char *drive; /* the kind of drive it has to be, or NULL */
};

static bool same_name(const char *name, const char *text, size_t size)
{
    if (strlen(name) != size)
        return false;
    for (size_t i = 0; i < size; i++) {
        char letter = text[i] >= 'a' && text[i] <= 'z' ? (char)(text[i] - ('a' - 'A')) : text[i];
        if (letter != name[i])
            return false;
    }
    return true;
}

/* The roots (at most two) that a variable stands for; returns how many, 0 when it is not known. */
static size_t roots_of(const struct vg_reader *reader, const char *name, size_t size, struct root roots[2])
{
    const struct vg_path_variables *variables = &reader->variables;
    memset(roots, 0, 2 * sizeof(*roots));
    if (same_name("%WINDIR%", name, size)) {
        roots[0].text = variables->windir;
    } else if (same_name("%OSDRIVE%", name, size)) {
        roots[0].text = variables->osdrive;
    } else if (same_name("%SYSTEM32%", name, size)) {
        roots[0].text = variables->system32[0];
        roots[1].text = variables->system32[1];
    } else if (same_name("%PROGRAMFILES%", name, size)) {
        roots[0].text = variables->program_files[0];
        roots[1].text = variables->program_files[1];
    } else if (same_name("%REMOVABLE%", name, size)) {
        roots[0] = (struct root){.text = "?:", .drive = "CDROM"};
    } else if (same_name("%HOT%", name, size)) {
        roots[0] = (struct root){.text = "?:", .drive = "REMOVABLE"};
    }
    return !roots[0].text ? 0 : roots[1].text ? 2 : 1;
}

static void tell_unknown(struct vg_reader *reader, struct vg_place place, const char *name, size_t size)
{
    const char *hint = vg_names_hint(reader->arena, variable_names, "variables", name, size);
    for (const char *const *user = user_variables; *user; user++)
        if (same_name(*user, name, size))
            hint = "it differs from user to user: write a wildcard, such as "
                   "%OSDRIVE%\\Users\\*\\Downloads\\* with |path";
    vg_complain(reader, place, hint, "unknown path variable %s", vg_shown(reader, name, size));
}

static bool is_letter(char byte)
{
    return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
}

static bool is_absolute(const char *text, size_t size)
{
    if (size >= 1 && text[0] == '\\')
        return true;
    return size >= 2 && (is_letter(text[0]) || text[0] == '?') && text[1] == ':' &&
           (size == 2 || text[2] == '\\');
}

/* Whether a path can be the path of anything. */
static bool check_path(struct vg_reader *reader, const struct vg_item_key *key, struct vg_place place,
                       const char *text, size_t size)
{
    if (memchr(text, '/', size)) {
        vg_complain(reader, place, "separate with \\", "a Windows path holds no /: %s",
                    vg_shown(reader, text, size));
        return false;
    }
    for (size_t i = 2; i < size; i++)
        if (text[i] == '\\' && text[i - 1] == '\\') {
            vg_complain(reader, place, "write one backslash (in single quotes it needs no other)",
                        "two backslashes inside a path never match: %s", vg_shown(reader, text, size));
            return false;
        }
    if (is_absolute(text, size) || (key->match == VG_MATCH_PATH && size && text[0] == '*'))
        return true;
    vg_complain(reader, place,
                key->match == VG_MATCH_PATH
                    ? "begin with a drive (C:\\), a server (\\\\server\\), a variable (%WINDIR%\\) or *\\"
                    : "begin with a drive (C:\\), a server (\\\\server\\) or a variable (%WINDIR%\\)",
                "not the whole path: %s", vg_shown(reader, text, size));
    return false;
}

static struct vg_expr *drive_predicate(struct vg_reader *reader, const struct vg_yaml *value,
                                       const char *drive)
{
    struct vg_item_key key = {.field = VG_FIELD_DRIVE};
    struct vg_predicate *predicate = vg_predicate_new(reader, &key, value);
    if (!predicate || !vg_codes_from_text(reader, predicate->place, drive, strlen(drive)) ||
        !vg_pattern_finish(reader, predicate))
        return NULL;
    return vg_expr_predicate(reader->arena, predicate);
}

/* A folder and all below it, as the text names it. */
static struct vg_expr *under(struct vg_reader *reader, const struct vg_item_key *key,
                             const struct vg_yaml *value, const char *text, size_t size, bool any_drive)
{
    struct vg_predicate *predicate = vg_predicate_new(reader, key, value);
    while (size && text[size - 1] == '\\')
        size--;
    if (!predicate)
        return NULL;
    if (size == 0) {
        vg_complain(reader, predicate->place, "begin with a drive: C:\\", "this names no folder");
        return NULL;
    }
    if (!vg_codes_from_path(reader, predicate->place, text, size))
        return NULL;
    if (any_drive && !(vg_codes_add(reader, '\\') && vg_codes_add(reader, VG_CODE_RUN)))
        return NULL;
    if (!any_drive && vg_codes_wild(&reader->codes)) {
        vg_complain(reader, predicate->place, "with wildcards use |path, and end it with \\*",
                    "under takes one folder, without wildcards: %s", vg_shown_node(reader, value));
        return NULL;
    }
    predicate->test = any_drive ? VG_TEST_PATTERN : VG_TEST_UNDER;
    return vg_pattern_finish(reader, predicate) ? vg_expr_predicate(reader->arena, predicate) : NULL;
}

/* The condition for one root. `rest` begins with a backslash, unless it is empty or there is no root. */
static struct vg_expr *rooted(struct vg_reader *reader, const struct vg_item_key *key,
                              const struct vg_yaml *value, const struct root *root, const char *rest,
                              size_t rest_size)
{
    struct vg_exprs both = {0};
    struct vg_expr *expr;
    char *text = vg_arena_format(reader->arena, "%s%.*s", root->text, (int)rest_size, rest);
    size_t size = text ? strlen(text) : 0;
    if (!text || !check_path(reader, key, vg_place_of(reader, value), text, size))
        return NULL;
    if (root->drive && key->match == VG_MATCH_UNDER &&
        (memchr(rest, '*', rest_size) || memchr(rest, '?', rest_size))) {
        vg_complain(reader, vg_place_of(reader, value), "with wildcards use |path, and end it with \\*",
                    "under takes one folder, without wildcards: %s", vg_shown_node(reader, value));
        return NULL;
    }
    if (key->match == VG_MATCH_UNDER) {
        expr = under(reader, key, value, text, size, root->drive != NULL);
    } else {
        struct vg_predicate *predicate = vg_predicate_new(reader, key, value);
        if (!predicate || !vg_codes_from_path(reader, predicate->place, text, size) ||
            !vg_pattern_finish(reader, predicate))
            return NULL;
        expr = vg_expr_predicate(reader->arena, predicate);
    }
    if (!root->drive)
        return expr;
    if (!vg_exprs_add(reader->arena, &both, expr) ||
        !vg_exprs_add(reader->arena, &both, drive_predicate(reader, value, root->drive)))
        return NULL;
    return vg_expr_join(reader->arena, VG_EXPR_AND, &both);
}

/* A variable in the middle stays a text that no path holds. */
static void warn_of_inner_variable(struct vg_reader *reader, const struct vg_yaml *value, const char *rest,
                                   size_t size)
{
    const char *begin = memchr(rest, '%', size);
    const char *end = begin ? memchr(begin + 1, '%', size - (size_t)(begin + 1 - rest)) : NULL;
    struct root roots[2];
    if (end && roots_of(reader, begin, (size_t)(end + 1 - begin), roots))
        vg_warn(reader, vg_place_of(reader, value), "begin the path with it",
                "the variable %s is expanded at the beginning of a path only",
                vg_shown(reader, begin, (size_t)(end + 1 - begin)));
}

struct vg_expr *vg_path_value_read(struct vg_reader *reader, const struct vg_item_key *key,
                                   const struct vg_yaml *value)
{
    struct vg_place place = vg_place_of(reader, value);
    const char *close =
        value->size > 1 && value->text[0] == '%' ? memchr(value->text + 1, '%', value->size - 1) : NULL;
    size_t name_size = close ? (size_t)(close + 1 - value->text) : 0;
    const char *rest = value->text + name_size;
    size_t rest_size = value->size - name_size;
    struct root roots[2] = {{.text = ""}};
    size_t count = 1;
    struct vg_exprs exprs = {0};
    if (memchr(value->text, '\0', value->size)) {
        vg_complain(reader, place, NULL, "a path holds no NUL character");
        return NULL;
    }
    if (close)
        count = roots_of(reader, value->text, name_size, roots);
    if (count == 0) {
        tell_unknown(reader, place, value->text, name_size);
        return NULL;
    }
    if (close && rest_size && rest[0] != '\\') {
        vg_complain(reader, place, NULL, "after the variable %s comes a backslash, or nothing",
                    vg_shown(reader, value->text, name_size));
        return NULL;
    }
    if (roots[0].drive && key->field != VG_FIELD_IMAGE) {
        vg_complain(reader, place, NULL,
                    "only of the program itself (Image) is it known which kind of drive it is on");
        return NULL;
    }
    warn_of_inner_variable(reader, value, rest, rest_size);
    for (size_t i = 0; i < count; i++)
        if (!vg_exprs_add(reader->arena, &exprs, rooted(reader, key, value, &roots[i], rest, rest_size)))
            return NULL;
    return vg_expr_join(reader->arena, VG_EXPR_OR, &exprs);
}

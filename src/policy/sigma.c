/* Sigma rules, by the file and by the folder (Sigma specification 2.0, process_creation on Windows). */
#include <stdio.h>
#include <string.h>

#include "condition.h"
#include "files.h"
#include "names.h"
#include "reader.h"

const char *const vg_sigma_levels[] = {"informational", "low", "medium", "high", "critical", NULL};

/* What an include asks for, and what came of it. */
struct inclusion {
    enum vg_action action;
    unsigned least;        /* into vg_sigma_levels */
    struct vg_place asked; /* where the policy names it */
    size_t files;
    size_t rules;
};

static const char *last_part(const char *file)
{
    const char *part = file;
    for (const char *at = file; *at; at++)
        if (*at == '/' || *at == '\\')
            part = at + 1;
    return part;
}

/* Whether the rule is severe enough to be included; false, too, after a complaint. */
static bool take_level(struct vg_reader *reader, const struct vg_yaml *root,
                       const struct inclusion *inclusion, struct vg_rule *rule)
{
    const struct vg_yaml *level = vg_yaml_get(root, "level");
    unsigned i = 0;
    if (!level || vg_yaml_is_null(level)) {
        if (inclusion->least > 0)
            vg_warn(reader, rule->place, NULL, "the Sigma rule %s has no level, so `level:` leaves it out",
                    vg_shown(reader, rule->name, strlen(rule->name)));
        return inclusion->least == 0;
    }
    while (vg_sigma_levels[i] && !vg_yaml_is(level, vg_sigma_levels[i]))
        i++;
    if (!vg_sigma_levels[i]) {
        bool scalar = level->kind == VG_YAML_SCALAR;
        vg_complain(reader, vg_place_of(reader, level),
                    vg_names_hint(reader->arena, vg_sigma_levels, "levels", scalar ? level->text : "",
                                  scalar ? level->size : 0),
                    "level cannot be %s", vg_shown_node(reader, level));
        return false;
    }
    rule->sigma_level = vg_sigma_levels[i];
    return i >= inclusion->least;
}

/* A logsource's part as text; "nothing" when it is not given. */
static const char *part_of(struct vg_reader *reader, const struct vg_yaml *logsource, const char *key)
{
    const struct vg_yaml *value = vg_yaml_get(logsource, key);
    return value ? vg_shown_node(reader, value) : "nothing";
}

static bool check_logsource(struct vg_reader *reader, const struct vg_yaml *root)
{
    const struct vg_yaml *logsource = vg_yaml_get(root, "logsource");
    if (!logsource || logsource->kind != VG_YAML_MAP) {
        vg_complain(reader, vg_place_of(reader, logsource ? logsource : root),
                    "logsource: { category: process_creation, product: windows }",
                    "this Sigma rule has no logsource");
        return false;
    }
    const struct vg_yaml *category = vg_yaml_get(logsource, "category");
    const struct vg_yaml *product = vg_yaml_get(logsource, "product");
    if (category && product && vg_yaml_is(category, "process_creation") && vg_yaml_is(product, "windows"))
        return true;
    vg_unsupported(reader, vg_place_of(reader, logsource), NULL,
                   "its logsource is category %s of product %s, not process_creation of windows",
                   part_of(reader, logsource, "category"), part_of(reader, logsource, "product"));
    return false;
}

/* Kinds of Sigma files that are no rules about one event. */
static bool check_kind(struct vg_reader *reader, const struct vg_yaml *root, const struct vg_yaml *second)
{
    const struct vg_yaml *correlation = vg_yaml_get(root, "correlation");
    const struct vg_yaml *filter = vg_yaml_get(root, "filter");
    if (correlation)
        vg_unsupported(reader, vg_place_of(reader, correlation), NULL,
                       "it correlates many events, and a start is decided alone");
    else if (filter)
        vg_unsupported(reader, vg_place_of(reader, filter), "use `except:`",
                       "it is a filter for other rules");
    else if (second->line)
        vg_unsupported(reader, vg_place_of(reader, second), "make each rule a file of its own",
                       "it is a collection of several documents");
    else
        return true;
    return false;
}

static void read_rule(struct vg_reader *reader, const struct vg_yaml *root, const struct vg_yaml *second,
                      struct inclusion *inclusion)
{
    struct vg_rule rule = {
        .action = inclusion->action, .from_sigma = true, .place = vg_place_of(reader, root)};
    const struct vg_yaml *title = vg_yaml_get(root, "title");
    const struct vg_yaml *id = vg_yaml_get(root, "id");
    const struct vg_yaml *detection = vg_yaml_get(root, "detection");
    if (title) {
        rule.name = vg_name_of(reader, title, "the title of this Sigma rule");
        rule.place = vg_place_of(reader, title);
    } else {
        vg_complain(reader, rule.place, "a Sigma rule begins with `title:`",
                    "this is not a Sigma rule: it has no title");
    }
    if (!rule.name)
        return;
    reader->sigma->title = rule.name;
    reader->sigma->place = rule.place;
    if (id && !(rule.sigma_id = vg_name_of(reader, id, "the id of this Sigma rule")))
        return;
    if (!check_kind(reader, root, second) || !take_level(reader, root, inclusion, &rule) ||
        !check_logsource(reader, root))
        return;
    if (!detection) {
        vg_complain(reader, rule.place, "it holds selections and a condition",
                    "this Sigma rule has no detection");
        return;
    }
    rule.condition = vg_expr_polarised(reader->arena, vg_detection_read(reader, detection),
                                       rule.action == VG_ACTION_ALLOW);
    if (rule.condition && vg_reader_add_rule(reader, &rule))
        inclusion->rules++;
}

static void read_file(struct vg_reader *reader, struct inclusion *inclusion, const char *file)
{
    struct vg_sigma_rule sigma = {.title = last_part(file)};
    const char *outer = reader->file;
    struct vg_arena *trees = vg_arena_new();
    struct vg_yaml second;
    inclusion->files++;
    if (!trees) {
        vg_complain(reader, inclusion->asked, NULL, "there is no memory for another file");
        return;
    }
    reader->sigma = &sigma;
    reader->file = file;
    struct vg_yaml *root = vg_tree_of_file(reader, trees, file, inclusion->asked, &second);
    if (root && root->kind != VG_YAML_MAP)
        vg_complain(reader, vg_place_of(reader, root), NULL, "this is not a Sigma rule but %s",
                    vg_shown_node(reader, root));
    else if (root)
        read_rule(reader, root, &second, inclusion);
    reader->sigma = NULL;
    reader->file = outer;
    vg_arena_free(trees);
}

static bool is_rule_file(const char *name)
{
    size_t size = strlen(name);
    return (size > 4 && strcmp(name + size - 4, ".yml") == 0) ||
           (size > 5 && strcmp(name + size - 5, ".yaml") == 0);
}

static void read_folder(struct vg_reader *reader, struct inclusion *inclusion, const char *folder,
                        unsigned depth)
{
    char **names;
    size_t count;
    const char *why = NULL;
    if (depth > VG_FOLDER_DEPTH_MAX) {
        vg_complain(reader, inclusion->asked, NULL, "folders are nested too deep: %s",
                    vg_shown(reader, folder, strlen(folder)));
        return;
    }
    if (!vg_file_list(reader->arena, folder, &names, &count, &why)) {
        vg_complain(reader, inclusion->asked, NULL, "cannot read the folder %s: %s",
                    vg_shown(reader, folder, strlen(folder)), why);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        const char *path = vg_arena_format(reader->arena, "%s/%s", folder, names[i]);
        enum vg_file_kind kind = path ? vg_file_kind(path) : VG_FILE_OTHER;
        if (kind == VG_FILE_FOLDER)
            read_folder(reader, inclusion, path, depth + 1);
        else if (kind == VG_FILE_LINKED_FOLDER)
            vg_warn(reader, inclusion->asked, "name it in the policy to include it",
                    "%s is a link to a folder, and is not followed", vg_shown(reader, path, strlen(path)));
        else if (path && is_rule_file(names[i]))
            read_file(reader, inclusion, path);
    }
}

/* A name without the separators at its end. */
static const char *trimmed(struct vg_reader *reader, const char *name)
{
    size_t size = strlen(name);
    while (size > 1 && (name[size - 1] == '/' || name[size - 1] == '\\'))
        size--;
    return vg_arena_text(reader->arena, name, size);
}

void vg_sigma_include(struct vg_reader *reader, enum vg_action action, const struct vg_yaml *node,
                      unsigned least)
{
    struct inclusion inclusion = {.action = action, .least = least, .asked = vg_place_of(reader, node)};
    const char *name = vg_name_of(reader, node, "the name of a file or folder of Sigma rules");
    const char *file = name ? vg_file_beside(reader->arena, reader->file, name) : NULL;
    file = file ? trimmed(reader, file) : NULL;
    if (!file)
        return;
    unsigned errors = reader->errors, skipped = reader->skipped;
    switch (vg_file_kind(file)) {
    case VG_FILE_FOLDER:
    case VG_FILE_LINKED_FOLDER:
        read_folder(reader, &inclusion, file, 0);
        break;
    default:
        read_file(reader, &inclusion, file);
    }
    if (reader->errors != errors)
        return;
    if (inclusion.files == 0)
        vg_complain(reader, inclusion.asked, "their names end with .yml or .yaml",
                    "there is no Sigma rule below %s", vg_shown(reader, file, strlen(file)));
    else if (inclusion.rules == 0 && reader->skipped == skipped)
        vg_warn(reader, inclusion.asked, least ? "a lower `level:` takes more of them" : NULL,
                "none of the Sigma rules in %s is included", vg_shown(reader, file, strlen(file)));
}

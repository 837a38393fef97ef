/* A policy file, and those it includes, from the outside in. */
#include "reader.h"

#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "names.h"

bool vg_check_keys(struct vg_reader *reader, const struct vg_yaml *map, const char *const *names)
{
    bool good = true;
    for (const struct vg_yaml *key = map->first; key; key = key->next->next) {
        if (vg_is_name(names, key->text, key->size))
            continue;
        good = false;
        vg_complain(reader, vg_place_of(reader, key),
                    vg_names_hint(reader->arena, names, "keys", key->text, key->size), "unknown key %s",
                    vg_shown_node(reader, key));
    }
    return good;
}

struct vg_yaml *vg_tree_of_file(struct vg_reader *reader, struct vg_arena *arena, const char *file,
                                struct vg_place asked, struct vg_yaml *second)
{
    size_t size;
    const char *why = NULL;
    char *text = vg_file_read(reader->arena, file, VG_YAML_SIZE_MAX, &size, &why);
    if (!text) {
        vg_complain(reader, asked, asked.line ? "the name is relative to the file that names it" : NULL,
                    "cannot read %s: %s", vg_shown(reader, file, strlen(file)), why);
        return NULL;
    }
    struct vg_yaml *root = vg_yaml_read(reader, arena, text, size, second);
    free(text);
    return root;
}

/* The version stands first, so that another language of the future is not mistaken for errors in this one. */
static bool check_version(struct vg_reader *reader, const struct vg_yaml *root)
{
    if (root->kind != VG_YAML_MAP) {
        vg_complain(reader, vg_place_of(reader, root), "it begins with `vigil: 1`",
                    "this is not a policy but %s", vg_shown_node(reader, root));
        return false;
    }
    const struct vg_yaml *version = vg_yaml_get(root, "vigil");
    if (!version) {
        bool sigma = vg_yaml_get(root, "detection") != NULL;
        vg_complain(reader, vg_place_of(reader, root),
                    sigma ? "this is a Sigma rule: a policy includes it with `sigma:`"
                          : "write `vigil: 1`, the version of the policy language, at the top",
                    "`vigil: 1` is missing");
        return false;
    }
    if (!vg_yaml_is(version, "1")) {
        vg_complain(reader, vg_place_of(reader, version), "this version of Vigil reads `vigil: 1`",
                    "the policy language %s is not known", vg_shown_node(reader, version));
        return false;
    }
    return true;
}

static void tell_second(struct vg_reader *reader, const struct vg_yaml *second)
{
    vg_complain(reader, vg_place_of(reader, second), "take out the `---`, or make it a file of its own",
                "a second document begins here, and a policy is one");
}

/* The rules of a tree, whichever file it is of. */
static void read_rules(struct vg_reader *reader, const struct vg_yaml *root)
{
    const struct vg_yaml *rules = vg_yaml_get(root, "rules");
    if (rules && !vg_yaml_is_null(rules))
        vg_rules_read(reader, rules);
}

static void read_root(struct vg_reader *reader, const struct vg_yaml *root, struct vg_model *settings)
{
    if (!check_version(reader, root))
        return;
    vg_settings_read(reader, root, settings);
    vg_lists_read(reader, root);
    read_rules(reader, root);
}

/* `a.yaml includes b.yaml includes a.yaml`. */
static const char *chain(struct vg_reader *reader, const struct vg_open_file *open, const char *identity,
                         const char *shown)
{
    const char *text = shown;
    for (; open && text; open = open->includer) {
        text = vg_arena_format(reader->arena, "%s includes %s", open->shown, text);
        if (strcmp(open->identity, identity) == 0)
            break;
    }
    return text ? text : shown;
}

/* Whether the file may be included here: not by itself, not twice, not too deep. */
static bool may_include(struct vg_reader *reader, struct vg_place place, const char *file,
                        const char *identity)
{
    unsigned depth = 0;
    for (const struct vg_open_file *open = reader->open; open; open = open->includer, depth++)
        if (strcmp(open->identity, identity) == 0) {
            vg_complain(reader, place, "take one of these includes out", "this file includes itself: %s",
                        chain(reader, reader->open, identity, file));
            return false;
        }
    if (depth >= VG_INCLUDE_MAX) {
        vg_complain(reader, place, NULL, "files include files more than %u deep", VG_INCLUDE_MAX);
        return false;
    }
    if (reader->included_count >= VG_INCLUDED_MAX) {
        vg_complain(reader, place, NULL, "more than %u files are included", VG_INCLUDED_MAX);
        return false;
    }
    for (size_t i = 0; i < reader->included_count; i++)
        if (strcmp(reader->included[i].identity, identity) == 0) {
            vg_complain(reader, place, "its rules stand in the policy already: take this out",
                        "the file %s is included a second time", vg_shown(reader, file, strlen(file)));
            return false;
        }
    return true;
}

static bool note_included(struct vg_reader *reader, struct vg_place place, const struct vg_open_file *file)
{
    struct vg_open_file *more =
        realloc(reader->included, (reader->included_count + 1) * sizeof(*reader->included));
    if (!more) {
        vg_complain(reader, place, NULL, "there is no memory for another file");
        return false;
    }
    reader->included = more;
    reader->included[reader->included_count++] = *file;
    return true;
}

static const char *const included_keys[] = {"vigil", "rules", NULL};
static const char *const policy_only[] = {"mode",   "default",     "deny-status",   "ask",   "unknown",
                                          "images", "unsupported", "record-hashes", "lists", NULL};

static void read_included(struct vg_reader *reader, const struct vg_yaml *root)
{
    if (!check_version(reader, root))
        return;
    for (const struct vg_yaml *key = root->first; key; key = key->next->next)
        if (vg_is_name(policy_only, key->text, key->size)) {
            vg_complain(reader, vg_place_of(reader, key), "move it to the policy that includes this file",
                        "%s is for the policy, and this file only adds rules to it",
                        vg_shown_node(reader, key));
            return;
        }
    if (vg_check_keys(reader, root, included_keys))
        read_rules(reader, root);
}

void vg_policy_include(struct vg_reader *reader, const struct vg_yaml *node)
{
    struct vg_place place = vg_place_of(reader, node);
    const char *name = vg_name_of(reader, node, "the name of the file to include");
    const char *file = name ? vg_file_beside(reader->arena, reader->file, name) : NULL;
    if (!file)
        return;
    const char *outer = reader->file;
    struct vg_open_file open = {
        .shown = file, .identity = vg_file_identity(reader->arena, file), .includer = reader->open};
    struct vg_arena *trees = vg_arena_new();
    if (trees && may_include(reader, place, file, open.identity) && note_included(reader, place, &open)) {
        struct vg_yaml second;
        reader->open = &open;
        reader->file = file;
        struct vg_yaml *root = vg_tree_of_file(reader, trees, file, place, &second);
        if (root && second.line)
            tell_second(reader, &second);
        else if (root)
            read_included(reader, root);
        reader->open = open.includer;
        reader->file = outer;
    } else if (!trees) {
        vg_complain(reader, place, NULL, "there is no memory for another file");
    }
    vg_arena_free(trees);
}

static void or_default(const char **value, const char *otherwise)
{
    if (!*value)
        *value = otherwise;
}

/* Fills in what the caller left open. */
static struct vg_path_variables variables_of(const struct vg_read_options *options)
{
    struct vg_path_variables variables = options ? options->variables : vg_default_path_variables;
    or_default(&variables.windir, vg_default_path_variables.windir);
    or_default(&variables.osdrive, vg_default_path_variables.osdrive);
    if (!variables.program_files[0])
        memcpy(variables.program_files, vg_default_path_variables.program_files,
               sizeof(variables.program_files));
    if (!variables.system32[0])
        memcpy(variables.system32, vg_default_path_variables.system32, sizeof(variables.system32));
    return variables;
}

/* Moves the rules that grew outside into the arena, where the model keeps them. */
static bool finish(struct vg_reader *reader, struct vg_model *result)
{
    struct vg_rule *rules = vg_arena_array(reader->arena, reader->rule_count, sizeof(*rules));
    if (rules && reader->rule_count)
        memcpy(rules, reader->rules, reader->rule_count * sizeof(*rules));
    if (vg_arena_failed(reader->arena)) {
        vg_complain(reader, (struct vg_place){.file = reader->file}, NULL,
                    "there is no memory for this policy");
        return false;
    }
    result->arena = reader->arena;
    result->rules = rules;
    result->rule_count = reader->rule_count;
    return true;
}

/* Reads from `text`, or from the file `name` when that is NULL. */
static bool read_model(const char *name, const char *text, size_t size, const struct vg_read_options *options,
                       const struct vg_reporter *reporter, struct vg_model *model)
{
    struct vg_reader reader = {.arena = vg_arena_new(),
                               .reporter = reporter,
                               .variables = variables_of(options),
                               .skip_unsupported = options && options->skip_unsupported,
                               .regex_steps = options && options->regex_steps ? options->regex_steps
                                                                              : VG_REGEX_STEPS_MAX,
                               .file = name};
    struct vg_arena *trees = vg_arena_new();
    struct vg_model result = {0};
    bool good = false;
    if (!reader.arena || !trees) {
        reporter->report(reporter->context, VG_ERROR, (struct vg_place){.file = name},
                         "there is no memory to read it", NULL);
    } else {
        struct vg_place whole = {.file = name};
        struct vg_yaml second;
        const char *shown = vg_arena_text(reader.arena, name, strlen(name));
        reader.file = shown ? shown : name; /* without memory the reading fails at its end */
        struct vg_open_file open = {.shown = reader.file, .identity = vg_file_identity(reader.arena, name)};
        reader.open = &open;
        struct vg_yaml *root = text ? vg_yaml_read(&reader, trees, text, size, &second)
                                    : vg_tree_of_file(&reader, trees, name, whole, &second);
        if (root && second.line)
            tell_second(&reader, &second);
        else if (root)
            read_root(&reader, root, &result);
        if (root && !reader.errors) {
            vg_lint_values(&reader, reader.rules, reader.rule_count);
            if (!result.unknown_matches && result.default_verdict != VG_DENY)
                vg_lint_exceptions(&reader, reader.rules, reader.rule_count);
            vg_lint_unsupplied(&reader, reader.rules, reader.rule_count);
            vg_lint_unreachable(&reader, reader.rules, reader.rule_count);
        }
        good = finish(&reader, &result) && !reader.errors;
    }
    vg_arena_free(trees);
    free(reader.rules);
    free(reader.included);
    free(reader.codes.at);
    if (good)
        *model = result;
    else
        vg_arena_free(reader.arena);
    return good;
}

bool vg_model_read_file(const char *file, const struct vg_read_options *options,
                        const struct vg_reporter *reporter, struct vg_model *model)
{
    return read_model(file, NULL, 0, options, reporter, model);
}

bool vg_model_read_text(const char *name, const char *text, size_t size,
                        const struct vg_read_options *options, const struct vg_reporter *reporter,
                        struct vg_model *model)
{
    return read_model(name, text, size, options, reporter, model);
}

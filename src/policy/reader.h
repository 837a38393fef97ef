/* What one reading of a policy carries from file to file, and how it complains. Inside the reader only. */
#ifndef VG_POLICY_READER_H
#define VG_POLICY_READER_H

#include "arena.h"
#include "model.h"
#include "yaml_tree.h"

/* Bounds that no honest policy meets; each has its own clear message. */
#define VG_YAML_SIZE_MAX    (256u * 1024u * 1024u)
#define VG_HASH_FILE_MAX    (1024u * 1024u * 1024u)
#define VG_INCLUDE_MAX      16u
#define VG_INCLUDED_MAX     1000u
#define VG_FOLDER_DEPTH_MAX 32u
#define VG_NAME_MAX         1024u
#define VG_EXPANDED_MAX     (64u * 1024u * 1024u) /* characters that modifiers make of values, in all */
#define VG_REGEX_STEPS_MAX  8000000000u /* of compiling regular expressions, in all; under a minute */
#define VG_ERRORS_MAX       100u        /* after so many, the rest is not told */

/* A Sigma rule while it is being read. What cannot be enforced refuses the whole rule, once. */
struct vg_sigma_rule {
    const char *title; /* or, until it is known, the file's name */
    struct vg_place place;
    bool refused;
};

/* The files that are being read, the innermost first, and those that were. */
struct vg_open_file {
    const char *shown;    /* as messages name it */
    const char *identity; /* the same for every way to the same file */
    const struct vg_open_file *includer;
};

/* A UTF-16 unit, or one of the wildcards. */
enum { VG_CODE_RUN = 0x10000, VG_CODE_ONE };

/* A pattern under construction; one buffer serves all of them. */
struct vg_codes {
    uint32_t *at;
    size_t count;
    size_t capacity;
};

struct vg_known_regex; /* item_regex.c */

struct vg_reader {
    struct vg_arena *arena; /* the model's */
    const struct vg_reporter *reporter;
    struct vg_path_variables variables;
    bool skip_unsupported;
    const char *file;            /* whose text is being read */
    struct vg_sigma_rule *sigma; /* NULL in the policy's own rules */
    const struct vg_open_file *open;
    struct vg_open_file *included; /* every policy file read so far */
    size_t included_count;
    struct vg_rule *rules; /* malloc'ed while it grows */
    size_t rule_count;
    size_t rule_capacity;
    struct vg_codes codes;
    struct vg_known_regex *regexes; /* compiled so far; in the arena */
    uint64_t regex_steps;           /* that compiling others may take */
    const struct vg_yaml *lists;    /* a map of the policy, checked; NULL: it has none */
    size_t expanded;                /* towards VG_EXPANDED_MAX */
    unsigned errors;
    unsigned skipped; /* Sigma rules refused under `unsupported: skip` */
};

/* The place of a node in the file that is being read. */
struct vg_place vg_place_of(const struct vg_reader *reader, const struct vg_yaml *node);

/* An error: what is wrong, and (hint, may be NULL) what would be right. The reading goes on, and fails at its
 * end. */
void vg_complain(struct vg_reader *reader, struct vg_place place, const char *hint, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

void vg_warn(struct vg_reader *reader, struct vg_place place, const char *hint, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

void vg_note(struct vg_reader *reader, struct vg_place place, const char *hint, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Something that cannot be enforced when a process starts, or not yet. In the policy's own rules an error; a
 * Sigma rule is refused by name with this as the reason, which `unsupported: skip` turns into a warning. */
void vg_unsupported(struct vg_reader *reader, struct vg_place place, const char *hint, const char *format,
                    ...) __attribute__((format(printf, 4, 5)));

/* Text for a message: quoted, control characters made harmless, cut when long. Lives in the arena. */
const char *vg_shown(struct vg_reader *reader, const char *text, size_t size);
const char *vg_shown_node(struct vg_reader *reader, const struct vg_yaml *node);

/* Copies a scalar that must be a plain one-line text of at most VG_NAME_MAX bytes, such as a name. NULL after
 * a complaint. */
const char *vg_name_of(struct vg_reader *reader, const struct vg_yaml *node, const char *what);

/* Whether a map has only keys of a NULL-terminated list; complains about every other one, naming the nearest.
 */
bool vg_check_keys(struct vg_reader *reader, const struct vg_yaml *map, const char *const *names);

/* Reads a YAML file named by `asked` in the policy. The tree lives in `arena`; reader->file must be the
 * file's name already. NULL after a complaint. */
struct vg_yaml *vg_tree_of_file(struct vg_reader *reader, struct vg_arena *arena, const char *file,
                                struct vg_place asked, struct vg_yaml *second);

/* What a policy says apart from its rules. Complains about what is wrong, and leaves the default there. */
void vg_settings_read(struct vg_reader *reader, const struct vg_yaml *map, struct vg_model *settings);

/* The lists of a policy, by which placeholders expand. The tree must stay until the rules are read. */
void vg_lists_read(struct vg_reader *reader, const struct vg_yaml *root);

/* The list behind `rules:`, in the policy or in a file that it includes. */
void vg_rules_read(struct vg_reader *reader, const struct vg_yaml *list);

/* Splices in the rules of another policy file. `node` names it. */
void vg_policy_include(struct vg_reader *reader, const struct vg_yaml *node);

/* Severities of Sigma rules, from informational to critical. */
extern const char *const vg_sigma_levels[];

/* Adds the Sigma rules of a file or a folder, each as a rule with this action. `least` is an index into
 * vg_sigma_levels: milder rules are left out. */
void vg_sigma_include(struct vg_reader *reader, enum vg_action action, const struct vg_yaml *node,
                      unsigned least);

/* Warns of values that no start has, one by one in rules of the policy's own, together in Sigma rules. */
void vg_lint_values(struct vg_reader *reader, const struct vg_rule *rules, size_t count);

/* Warns of deny and ask rules that a file which nobody can read escapes, by what excepts it. For policies
 * that say `unknown: no-match` and do not deny by default. */
void vg_lint_exceptions(struct vg_reader *reader, const struct vg_rule *rules, size_t count);

/* Notes which fields the rules ask for that the driver supplies to no start, and what comes of that. */
void vg_lint_unsupplied(struct vg_reader *reader, const struct vg_rule *rules, size_t count);

/* Warns of rules that no start reaches, because an earlier one decides everything they match. */
void vg_lint_unreachable(struct vg_reader *reader, const struct vg_rule *rules, size_t count);

/* Appends a rule to those read so far; false when there is no memory. */
bool vg_reader_add_rule(struct vg_reader *reader, const struct vg_rule *rule);

#endif

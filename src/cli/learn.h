/* What ran, gathered from logs, and the policy that allows just that. */
#ifndef VG_CLI_LEARN_H
#define VG_CLI_LEARN_H

#include "log_run.h"

#include "../policy/model.h"

/* By what a program is known again, in the order of the rules. */
enum vg_learned_kind {
    VG_LEARNED_FOLDER, /* below %WINDIR% or %PROGRAMFILES%: the folder it was installed to */
    VG_LEARNED_SHA256,
    VG_LEARNED_AUTHENTIHASH,
    VG_LEARNED_SHA1,
    VG_LEARNED_MD5,
    VG_LEARNED_PATH,
};

/* One condition. Strings are malloc'ed UTF-8. */
struct vg_learned {
    char *key; /* parent, kind and value, folded: what it is sorted and told apart by */
    enum vg_learned_kind kind;
    char *parent; /* "" when it does not count; "-" when there is none */
    char *value;  /* %WINDIR%\System32, hexadecimal digits, or a path */
    char *image;  /* of a hash: a program that has it */
    uint64_t starts;
};

/* Told apart by their keys. */
struct vg_learned_set {
    struct vg_learned *entries; /* malloc'ed */
    size_t count;
    size_t capacity;
    uint32_t *slots; /* index + 1 by the key's hash; malloc'ed */
    size_t slot_count;
};

struct vg_learn {
    struct vg_path_variables variables;
    bool per_parent;
    struct vg_learned_set sets[VG_LOG_WORKERS_MAX];
    uint64_t starts[VG_LOG_WORKERS_MAX];   /* that were learned */
    uint64_t nameless[VG_LOG_WORKERS_MAX]; /* that have neither a name nor a hash to be known by */
};

/* Folders below %WINDIR% that ordinary users can write: never allowed as a whole. Ends with NULL. */
extern const char *const vg_learn_writable[];

/* learn_collect.c; the context is a struct vg_learn. */
bool vg_learn_creation(void *context, unsigned worker, const struct vg_log_place *place,
                       struct vg_record_input *input, struct vg_output *output);

/* learn_set.c. False without memory, the entry is then freed; an entry with a known key is added to that one.
 */
bool vg_learned_add(struct vg_learned_set *set, struct vg_learned *entry);
/* Moves all sets into the first and sorts that. */
bool vg_learned_merge(struct vg_learn *learn);
void vg_learn_free(struct vg_learn *learn);

/* learn_write.c: the policy, from the merged set. */
void vg_learn_write(const struct vg_learn *learn, struct vg_output *policy);

#endif

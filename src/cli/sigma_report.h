/* How much of a collection of Sigma rules can be enforced, and what the rest needs. */
#ifndef VG_CLI_SIGMA_REPORT_H
#define VG_CLI_SIGMA_REPORT_H

#include <stdbool.h>
#include <stddef.h>

struct vg_arena;

/* A rule file that does not load. */
struct vg_sigma_refusal {
    const char *file;
    unsigned line;
    const char *reason;
    bool broken; /* an error in it, rather than a need of what is not there yet */
};

struct vg_sigma_reason {
    const char *reason;
    size_t count;
};

struct vg_sigma_report {
    struct vg_arena *arena; /* holds all of it */
    size_t files;
    size_t loaded;
    struct vg_sigma_refusal *refusals; /* malloc'ed */
    size_t refusal_count;
    size_t refusal_capacity;
    struct vg_sigma_reason *reasons; /* malloc'ed; the most frequent first */
    size_t reason_count;
    bool failed; /* out of memory, or a folder could not be read (said on stderr) */
};

/* Reads every rule file below `path` (or the one it is), each by itself. False after a complaint; free in any
 * case. */
bool vg_sigma_report_make(const char *path, struct vg_sigma_report *report);
void vg_sigma_report_free(struct vg_sigma_report *report);

/* For people; `each` names every file that does not load. */
void vg_sigma_report_print(const struct vg_sigma_report *report, const char *path, bool each);

/* One JSON object on a line. False when it could not be written. */
bool vg_sigma_report_print_json(const struct vg_sigma_report *report, const char *path);

#endif

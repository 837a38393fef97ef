/* A policy from a file: compiled already, or YAML that is compiled here for this machine. */
#ifndef VG_WIN_POLICY_FILE_H
#define VG_WIN_POLICY_FILE_H

#include <stdbool.h>
#include <stddef.h>

struct vg_policy_file_options {
    bool skip_unsupported; /* leave out Sigma rules that cannot be enforced */
    bool force;            /* take a policy that lets no Windows start */
};

/* Makes `*blob` (malloc'ed, aligned to 8) of the policy in `file` (UTF-8 path). A compiled policy is taken as
 * it is: the driver validates it completely. False after a report of everything that is wrong. */
bool vg_policy_file_read(const char *file, const struct vg_policy_file_options *options, void **blob,
                         size_t *size);

/* Writes the blob to where the driver looks for it at its next start, in one step: that file holds the old
 * policy or the new one, whatever happens. False after a complaint. */
bool vg_policy_file_persist(const void *blob, size_t size);

#endif

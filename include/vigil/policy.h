/* A compiled policy, and decisions by it. Freestanding: the same code decides in the driver, the tool, the
 * sim, the fuzzers and the benchmarks. docs/blob.md describes the bytes.
 *
 * How a start is decided, in stages:
 *
 *     vg_policy_begin(scratch);
 *     while (vg_policy_decide(record, scratch, &decision) == VG_NEED_FACT)
 *         gather decision.need, and set it in the record to KNOWN, ABSENT or UNKNOWN;
 *
 * Only a fact that an undecided rule rests on is asked for. */
#ifndef VIGIL_POLICY_H
#define VIGIL_POLICY_H

#include <vigil/record.h>

enum vg_verdict {
    VG_ALLOW,
    VG_DENY,
    VG_ASK,
};

enum vg_mode {
    VG_MODE_MONITOR, /* decide and record, never block */
    VG_MODE_ENFORCE,
};

enum vg_outcome {
    VG_DECIDED,
    VG_NEED_FACT,
};

/* decision.rule when no rule matched and the policy's default decided. */
#define VG_RULE_NONE UINT32_MAX

/* How many matching audit rules a decision names; further ones are only counted (vg_policy_audits names all).
 */
#define VG_AUDITS_MAX 8

struct vg_decision {
    enum vg_verdict verdict; /* valid once decided */
    uint32_t rule;           /* the index of the rule that decided, or VG_RULE_NONE */
    enum vg_field need;      /* valid for VG_NEED_FACT */
    uint32_t audit_count;    /* audit rules that matched before the deciding rule; may exceed VG_AUDITS_MAX */
    uint32_t audits[VG_AUDITS_MAX];
    /* Bit per vg_field. Of every rule up to and including the one that decided whose condition is unknown
     * (Kleene's logic, a fact not gathered counts as unknown): the fields it mentions whose facts are
     * unknown, or claimed and tested by a predicate that is not permissive. A fact that could still be
     * gathered, and that nobody had to ask for, is not among them. */
    uint64_t unknown_fields;
};

/* A validated blob. Immutable after vg_policy_open; any number of threads may decide by it at once, each with
 * its own scratch. Treat the members as private to src/policy. */
struct vg_policy {
    const uint8_t *blob;
    size_t size;
};

/* Why a blob was refused: which check, and where. `check` is static ASCII. */
struct vg_blob_error {
    const char *check;
    size_t offset;
};

#define VG_POLICY_IDENTITY_SIZE 32

/* What the policy says apart from its rules. */
struct vg_policy_info {
    enum vg_mode mode;
    enum vg_verdict default_verdict;
    enum vg_verdict ask_otherwise; /* ALLOW or DENY: what an unanswered question comes to */
    bool unknown_matches; /* of deny, ask and audit rules; an allow rule whose condition is unknown never
                             matches */
    bool watch_images;    /* the policy wants image loads recorded */
    bool record_hashes;   /* the policy wants SHA256 in every record */
    uint32_t deny_status; /* NTSTATUS, always an error (0xC...) */
    uint32_t rule_count;
    uint64_t fields; /* bit per vg_field: those that some rule tests */
    uint8_t
        identity[VG_POLICY_IDENTITY_SIZE]; /* SHA-256 of the blob's content, by which people name a policy */
};

/* Validates `size` bytes at `blob` completely (every offset, index and automaton edge; no trust in the
 * compiler) and makes `policy` a view of them. `blob` must be aligned to 8, stays the caller's and must
 * outlive the view. Returns false for an invalid blob, fills `*error` if given, and leaves `*policy`
 * untouched. Time and stack are bounded by `size` alone. IRQL: PASSIVE_LEVEL in the driver (pageable). */
bool vg_policy_open(struct vg_policy *policy, const void *blob, size_t size, struct vg_blob_error *error);

void vg_policy_info(const struct vg_policy *policy, struct vg_policy_info *info);

/* Bytes of scratch one decision needs. The caller provides them, aligned to 8, and they stay in their place;
 * they are reused from start to start. vg_policy_scratch_init must be called once for fresh scratch: it
 * clears all of it, and from then on the scratch decides by this policy, whose blob must outlive it.
 * vg_policy_begin, before each start, clears only what the last start touched. */
size_t vg_policy_scratch_size(const struct vg_policy *policy);
void vg_policy_scratch_init(const struct vg_policy *policy, void *scratch);
void vg_policy_begin(void *scratch);

/* Decides, or says which fact is still needed. Between two calls for one start only facts that were PENDING
 * may change, and every span of the record stays what it is. A fact left PENDING although it was asked for
 * counts as unknown. Never reads outside the blob, the record's spans and the scratch. What one test costs at
 * most, docs/blob.md says (Limits); a regular expression takes one step per unit of its field, once for one
 * start.
 */
enum vg_outcome vg_policy_decide(const struct vg_record *record, void *scratch, struct vg_decision *decision);

/* Names the audit rules that the decision counts, ascending: the first `room` of them into `rules`. Returns
 * how many there are. Only after VG_DECIDED, with the same record and scratch, before the next start begins.
 */
uint32_t vg_policy_audits(const struct vg_record *record, void *scratch, uint32_t *rules, uint32_t room);

/* Name (UTF-8) of a rule, a view into the blob; empty for VG_RULE_NONE. `rule` must be one a decision named.
 */
struct vg_span vg_policy_rule_name(const struct vg_policy *policy, uint32_t rule);

/* The action of a rule: "allow", "deny", "ask" or "audit". */
const char *vg_policy_rule_action(const struct vg_policy *policy, uint32_t rule);

#endif

/* Policies of as many rules as one likes, as Santa's or AppLocker's users have them: a third whole paths, a
 * third folders and file names, a third hashes; every other rule allows. The first rule that matches decides.
 */
#ifndef VG_BENCH_GENERATED_H
#define VG_BENCH_GENERATED_H

#include "records.h"

#include "../src/policy/model.h"

#include <stdio.h>

enum bench_rule_kind {
    BENCH_PATH,   /* the image is `text` */
    BENCH_FOLDER, /* the image is `text`, or below it */
    BENCH_NAME,   /* the image ends with `text`, a backslash and a file's name */
    BENCH_HASH,   /* the image's SHA-256 is `digest` */
};

struct bench_rule {
    enum bench_rule_kind kind;
    enum vg_verdict verdict;
    const char *text;      /* as people write it, ASCII; NULL for HASH */
    struct vg_span folded; /* the same in UTF-16 and upper case */
    const uint8_t *digest; /* 32 bytes, for HASH */
};

/* The rules, and the same as a model. What none decides is allowed. */
struct bench_rules {
    struct bench_rule *at;
    size_t count;
    struct vg_model model;
};

/* Makes rules: of all kinds, or hashes alone. A few of the paths are those of images in `real` (which may be
 * empty); the others are made up. */
void bench_rules_make(struct vg_arena *arena, size_t count, bool hashes_alone,
                      const struct bench_records *real, struct bench_rules *rules);

/* Makes records from `real` ones, each of them as often as the others: a half meet a rule (Image or SHA256 is
 * replaced by what a rule, any of all with the same chance, asks for), a quarter look like real ones and meet
 * none (a number in the file's name, another hash), a quarter are real as they are. */
void bench_rules_records(struct vg_arena *arena, const struct bench_rules *rules,
                         const struct bench_records *real, struct bench_records *records);

/* The rules as a policy in YAML, and the hashes of `count` made-up files as a list. */
void bench_rules_write(const struct bench_rules *rules, FILE *out);
void bench_hashes_write(size_t count, FILE *out);

#endif

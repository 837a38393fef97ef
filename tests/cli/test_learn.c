/* What was learned from starts allows those starts, whatever is in their names. */
#include "../cmocka_all.h"

#include "learn.h"
#include "replay.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define POLICIES 300
#define STARTS   40

static uint64_t next(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 33;
}

#define ONE_OF(list, state) ((list)[next(state) % (sizeof(list) / sizeof((list)[0]))])

/* As JSON writes them. */
static const char *const beginnings[] = {
    "C:\\\\Windows\\\\",
    "c:\\\\WINDOWS\\\\System32\\\\",
    "C:\\\\Windows\\\\Temp\\\\",
    "C:\\\\Windows\\\\System32\\\\Tasks\\\\",
    "C:\\\\Windows\\\\System32\\\\spool\\\\drivers\\\\color\\\\",
    "C:\\\\Program Files\\\\",
    "C:\\\\Program Files (x86)\\\\Vendor\\\\",
    "D:\\\\Win\\\\System32\\\\",
    "C:\\\\Users\\\\a\\\\",
    "\\\\\\\\server\\\\share\\\\",
    "\\\\Device\\\\HarddiskVolume2\\\\",
    "\\\\\\\\?\\\\C:\\\\Windows\\\\",
    "C:/Windows/System32/",
    "C:",
    "",
};

static const char *const pieces[] = {
    "a",
    "B",
    "x.exe",
    "\\\\",
    "\\\\\\\\",
    "/",
    "*",
    "?",
    "%",
    "%WINDIR%",
    "\\\\*",
    "\\\\?",
    "'",
    "\\\"",
    "`",
    "#",
    " # ",
    ": ",
    "- ",
    " ",
    ".",
    "..\\\\",
    "{{",
    "[x]",
    "&",
    "!",
    "|",
    "~",
    "null",
    "\\t",
    "\\n",
    "\\u0000",
    "\\u0001",
    "\\u007f",
    "\\u0085",
    "\\u00a0",
    "\\u2028",
    "\\ufeff",
    "\\ufffd",
    "\\uffff",
    "\\ufffe",
    "\\u0130",
    "\\u0131",
    "\\u00df",
    "\\u03c2",
    "\\u1e9e",
    "\\ud83d\\ude00",
    "\\udbff\\udfff",
    ":stream",
    "::$DATA",
    "con",
    "\\u043f",
    "$",
};

static const char *const digests[] = {
    "",
    ",\"SHA256\":\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"",
    ",\"Hashes\":\"SHA256=FEDCBA9876543210FEDCBA9876543210FEDCBA9876543210FEDCBA9876543210\"",
};

#define PATH_SIZE 4096

static size_t make_path(uint64_t *state, char *out)
{
    size_t used = (size_t)sprintf(out, "%s", ONE_OF(beginnings, state));

    if (next(state) % 30 == 0)
        used += (size_t)sprintf(out + used, "%0*d", (int)(next(state) % (PATH_SIZE - 1024)), 0);

    for (unsigned i = (unsigned)(next(state) % 5); i != 0; i--)
        used += (size_t)sprintf(out + used, "%s", ONE_OF(pieces, state));
    return used;
}

static void make_start(uint64_t *state, FILE *out)
{
    char image[PATH_SIZE];
    char parent[PATH_SIZE];

    make_path(state, image);
    make_path(state, parent);
    fputs("{\"EventID\":1", out);
    switch (next(state) % 8) {
    case 0:
        break;
    case 1:
        fputs(",\"Image\":null", out);
        break;
    case 2:
        fprintf(out, ",\"Image\":[\"%s\",\"C:\\\\second.exe\"]", image);
        break;
    default:
        fprintf(out, ",\"Image\":\"%s\"", image);
    }
    if (next(state) % 6 != 0)
        fprintf(out, ",\"ParentImage\":\"%s\"", next(state) % 5 != 0 ? parent : "-");
    fprintf(out, "%s}\n", ONE_OF(digests, state));
}

static void report(void *context, enum vg_severity severity, struct vg_place place, const char *message,
                   const char *hint)
{
    (void)hint;
    if (severity == VG_ERROR)
        fprintf(stderr, "%u: %s\n%s\n", place.line, message, ((const struct vg_output *)context)->bytes);
}

static void run(const char *file, void *context,
                bool (*creation)(void *, unsigned, const struct vg_log_place *, struct vg_record_input *,
                                 struct vg_output *))
{
    const struct vg_log_job job = {.files = &file, .file_count = 1, .context = context, .creation = creation};
    struct vg_log_result result;

    vg_log_run(&job, &result);
    assert_false(result.failed);
    assert_int_equal(result.unread_files, 0);
    assert_int_equal(result.counts.items, STARTS);
    assert_int_equal(result.counts.broken, 0);
}

static void learn(struct vg_learn *learned, const char *file, struct vg_output *policy)
{
    run(file, learned, vg_learn_creation);
    assert_true(vg_learned_merge(learned));
    vg_learn_write(learned, policy);
    vg_output_add(policy, "", 1);
    assert_false(policy->failed);
}

static uint64_t denied(const struct vg_learn *learned, const char *file, const struct vg_output *policy)
{
    const struct vg_reporter reporter = {.report = report, .context = (void *)(uintptr_t)policy};
    const struct vg_read_options options = {.variables = learned->variables};
    static struct vg_replay replay;
    struct vg_model model;
    uint64_t count;
    void *blob;
    size_t size;

    assert_true(vg_model_read_text("learned", policy->bytes, policy->size - 1, &options, &reporter, &model));
    assert_true(vg_model_compile(&model, &reporter, &blob, &size));
    replay = (struct vg_replay){.model = &model, .only = VG_ONLY_ALL};
    assert_true(vg_policy_open(&replay.policy, blob, size, NULL));
    assert_true(vg_replay_prepare(&replay));
    run(file, &replay, vg_replay_creation);
    count = vg_replay_total(&replay)->verdicts[VG_DENY];
    vg_replay_free(&replay);
    vg_model_free(&model);
    free(blob);
    return count;
}

static void what_was_learned_denies_only_what_has_no_name(void **state)
{
    static const struct vg_path_variables elsewhere = {.windir = "D:\\Win",
                                                       .program_files = {"C:\\Windows", "C:\\Users"}};
    static struct vg_learn learned;
    char file[] = "/tmp/vigil-learn-XXXXXX";
    uint64_t nameless = 0;
    int descriptor = mkstemp(file);

    (void)state;
    assert_true(descriptor >= 0);
    close(descriptor);
    for (uint64_t seed = 1; seed <= POLICIES; seed++) {
        struct vg_output policy = {0};
        FILE *out = fopen(file, "wb");
        uint64_t chance = seed;
        uint64_t count;

        assert_non_null(out);
        for (unsigned i = 0; i < STARTS; i++)
            make_start(&chance, out);
        assert_int_equal(fclose(out), 0);
        learned = (struct vg_learn){.variables = seed % 3 == 0 ? elsewhere : vg_default_path_variables,
                                    .per_parent = seed % 2 == 0};
        learn(&learned, file, &policy);
        count = denied(&learned, file, &policy);
        /* One that has no name of its own may share another's hash, or have a second name. */
        if (count > learned.nameless[0])
            fail_msg("policy %llu denies %llu starts; %llu have neither a name nor a hash:\n%s",
                     (unsigned long long)seed, (unsigned long long)count,
                     (unsigned long long)learned.nameless[0], policy.bytes);
        nameless += learned.nameless[0];
        vg_learn_free(&learned);
        vg_output_free(&policy);
    }
    remove(file);
    assert_true(nameless != 0 && nameless < (uint64_t)POLICIES * STARTS / 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_learned_denies_only_what_has_no_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

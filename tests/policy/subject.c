#include "subject.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct build build;
struct vg_record record;
struct vg_policy policy;
size_t blob_size;
void *scratch;
struct vg_decision decision;

static void *blob;
static char complaint[256];

static void keep_report(void *context, enum vg_severity severity, struct vg_place place, const char *message,
                        const char *hint)
{
    (void)context;
    (void)severity;
    (void)place;
    (void)hint;
    snprintf(complaint, sizeof(complaint), "%s", message);
}

static const struct vg_reporter reporter = {keep_report, NULL};

static void close_policy(void)
{
    free(blob);
    free(scratch);
    blob = NULL;
    scratch = NULL;
}

int set_up(void **state)
{
    (void)state;
    build_start(&build);
    memset(&record, 0, sizeof(record));
    for (unsigned field = 0; field < VG_FIELD_COUNT; field++) {
        if (vg_field_stage((enum vg_field)field) == VG_STAGE_CHEAP)
            vg_record_set_state(&record, (enum vg_field)field, VG_FACT_ABSENT);
    }
    return 0;
}

int tear_down(void **state)
{
    (void)state;
    close_policy();
    return 0;
}

void open_policy(void)
{
    struct vg_blob_error error = {"", 0};

    close_policy();
    if (!vg_model_compile(&build.model, &reporter, &blob, &blob_size))
        fail_msg("not compiled: %s", complaint);
    if (!vg_policy_open(&policy, blob, blob_size, &error))
        fail_msg("refused: %s at %zu", error.check, error.offset);
    scratch = malloc(vg_policy_scratch_size(&policy));
    assert_non_null(scratch);
    vg_policy_scratch_init(&policy, scratch);
}

enum vg_outcome decide(void)
{
    vg_policy_begin(scratch);
    return vg_policy_decide(&record, scratch, &decision);
}

struct vg_span at_the_edge(struct vg_span value)
{
    static uint8_t *edge;

    assert_in_range(value.size, 0, AT_THE_EDGE_MAX);
    if (!edge) {
        size_t page = (size_t)sysconf(_SC_PAGESIZE);
        uint8_t *room =
            mmap(NULL, AT_THE_EDGE_MAX + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

        assert_ptr_not_equal(room, MAP_FAILED);
        edge = room + AT_THE_EDGE_MAX;
        assert_int_equal(mprotect(edge, page, PROT_NONE), 0);
    }
    memmove(edge - value.size, value.bytes, value.size);
    return (struct vg_span){edge - value.size, value.size};
}

static bool denies(struct vg_expr *condition)
{
    uint32_t rule = build_rule(&build, VG_ACTION_DENY, condition);

    open_policy();
    assert_int_equal(decide(), VG_DECIDED);
    build.model.rule_count = 0;
    if (decision.verdict == VG_DENY)
        assert_int_equal(decision.rule, rule);
    return decision.verdict == VG_DENY;
}

struct vg_expr *beside(struct vg_expr *condition)
{
    vg_record_set(&record, VG_FIELD_PROVIDER_NAME, TEXT("seldom"));
    return build_join(&build, VG_EXPR_AND, build_pattern(&build, VG_FIELD_PROVIDER_NAME, u"seldom", 0),
                      condition);
}

bool holds(struct vg_expr *condition, enum vg_field field, struct vg_span value)
{
    bool held;

    vg_record_set(&record, field, at_the_edge(value));
    held = denies(condition);
    assert_int_equal(denies(beside(condition)), held);
    return held;
}

bool pattern_holds(const uint16_t *pattern, unsigned flags, struct vg_span value)
{
    return holds(build_pattern(&build, VG_FIELD_IMAGE, pattern, flags), VG_FIELD_IMAGE, value);
}

bool under_holds(const uint16_t *folder, unsigned flags, struct vg_span value)
{
    return holds(build_under(&build, VG_FIELD_IMAGE, folder, flags), VG_FIELD_IMAGE, value);
}

void assert_refused(const char *words)
{
    complaint[0] = '\0';
    close_policy();
    assert_false(vg_model_compile(&build.model, &reporter, &blob, &blob_size));
    assert_non_null(strstr(complaint, words));
}

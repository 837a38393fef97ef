/* Any bytes as a log: the first says whether as text or as an event in XML. Every item is skipped, broken or
 * decided; what the filter rules out is no creation; what is printed for a machine is JSON. */
#include "../src/cli/event_xml.h"
#include "../src/cli/log_filter.h"
#include "../src/cli/log_text.h"
#include "../src/cli/log_work.h"
#include "../src/cli/replay.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

struct memory_bytes {
    struct vg_log_bytes bytes;
    const uint8_t *at;
    size_t left;
};

/* Large, and used again as in the tool; given back now and then, so that AddressSanitizer sees whoever kept
 * something. */
#define FORGET_EVERY 1000u
static struct vg_json json;
static struct vg_log_block lines;
static struct vg_replay replay = {.json = true, .print = true, .only = VG_ONLY_ALL};
static uint64_t decided;
static unsigned inputs;

static bool read_memory(struct vg_log_bytes *bytes, void *out, size_t size, size_t *got,
                        struct vg_log_reason *reason)
{
    struct memory_bytes *memory = (struct memory_bytes *)bytes;

    (void)reason;
    *got = size < memory->left ? size : memory->left;
    if (*got != 0)
        memcpy(out, memory->at, *got);
    memory->at += *got;
    memory->left -= *got;
    return true;
}

static uint64_t position_in_memory(struct vg_log_bytes *bytes)
{
    return ((struct memory_bytes *)bytes)->left;
}

static void close_memory(struct vg_log_bytes *bytes)
{
    (void)bytes;
}

static void complain(void *context, enum vg_severity severity, struct vg_place place, const char *message,
                     const char *hint)
{
    (void)context;
    (void)place;
    (void)message;
    (void)hint;
    if (severity == VG_ERROR)
        abort();
}

static void prepare(void)
{
    static const char text[] = "vigil: 1\ndefault: deny\nrules:\n"
                               "  - audit: \"a name with \\u0085 and \\u2028\"\n"
                               "    when: { CommandLine|contains: a, ParentImage|endswith: '\\b' }\n"
                               "  - ask: hashed\n    when: { SHA256|exists: true, MD5: null }\n"
                               "  - allow: all\n    when: { Image|under: 'C:\\Windows' }\n";
    static struct vg_model model;
    const struct vg_reporter reporter = {.report = complain};
    const struct vg_read_options options = {.variables = vg_default_path_variables};
    void *blob;
    size_t size;

    if (!vg_model_read_text("fuzz", text, sizeof(text) - 1, &options, &reporter, &model) ||
        !vg_model_compile(&model, &reporter, &blob, &size) ||
        !vg_policy_open(&replay.policy, blob, size, NULL))
        abort();
    replay.model = &model;
    if (!vg_replay_prepare(&replay))
        abort();
}

static bool decide(void *context, unsigned worker, const struct vg_log_place *place,
                   struct vg_record_input *input, struct vg_output *output)
{
    decided++;
    return vg_replay_creation(context, worker, place, input, output);
}

static void assert_json_lines(const struct vg_output *output)
{
    const char *at = output->bytes;
    const char *end = at + output->size;

    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));

        if (newline == NULL || vg_json_read(&json, at, (size_t)(newline - at)) == NULL)
            abort();
        at = newline + 1;
    }
}

static void work(struct vg_log_worker *worker, struct vg_log_block *block)
{
    decided = 0;
    if (!vg_log_work(worker, block))
        abort();
    if (block->counts.items != block->counts.skipped + block->counts.broken + decided)
        abort();
    if (block->output.size != 0)
        assert_json_lines(&block->output);
}

static void read_text(const uint8_t *bytes, size_t size)
{
    static const struct vg_log_job job = {.context = &replay, .creation = decide};
    struct memory_bytes memory = {
        .bytes = {.read = read_memory, .position = position_in_memory, .close = close_memory},
        .at = bytes,
        .left = size,
    };
    struct vg_log_text *text = vg_log_text_open("fuzz", &memory.bytes, "", 0);
    static struct vg_log_worker worker = {.job = &job};
    struct vg_log_reason reason;

    while (text != NULL && vg_log_text_next(text, &lines, &reason) == VG_LOG_BLOCK) {
        work(&worker, &lines);
        vg_log_block_clear(&lines);
    }
    if (text != NULL)
        vg_log_text_close(text);
    vg_log_block_clear(&lines);
}

static void judge_filter(const uint8_t *bytes, size_t size)
{
    yyjson_val *root = vg_json_read(&json, (const char *)bytes, size);

    if (root != NULL && vg_log_event_of(root).kind != VG_LOG_OTHER &&
        !vg_log_may_create((const char *)bytes, size))
        abort();
}

static void read_xml(const uint8_t *bytes, size_t size)
{
    struct vg_output text = {0};
    const char *problem = NULL;

    if (!vg_event_xml_to_json((const char *)bytes, size, &text, &problem)) {
        if (problem == NULL || text.size != 0)
            abort();
    } else if (vg_json_read(&json, text.bytes, text.size) == NULL &&
               strcmp(json.problem, "an object has a key twice") != 0) {
        abort(); /* two fields of one name are the event's own */
    }
    vg_output_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (replay.model == NULL)
        prepare();
    if (size == 0)
        return 0;
    if (++inputs % FORGET_EVERY == 0)
        vg_json_free(&json);
    if (bytes[0] == '<') {
        read_xml(bytes, size);
        return 0;
    }
    judge_filter(bytes, size);
    read_text(bytes, size);
    return 0;
}

#include "log_text.h"

#include <stdlib.h>
#include <string.h>

enum shape {
    SHAPE_NOT_KNOWN,
    SHAPE_LINES,
    SHAPE_DOCUMENT,
};

/* Where in a document the scanner is. */
struct scanner {
    unsigned depth; /* open brackets of the object at hand */
    bool in_string;
    bool escaped;
};

struct vg_log_text {
    const char *name;
    struct vg_log_bytes *bytes;
    enum shape shape;
    uint64_t line; /* the number of the next block's first line */
    char *carry;   /* what was read beyond the last block's end; malloc'ed */
    size_t carried;
    bool ended;
    bool failed; /* the rest could not be read; said once what came before is handed out */
    struct vg_log_reason failure;
};

struct vg_log_text *vg_log_text_open(const char *name, struct vg_log_bytes *bytes, const char *head,
                                     size_t size)
{
    struct vg_log_text *text = calloc(1, sizeof(*text));

    if (text == NULL || (text->carry = malloc(size + 1)) == NULL) {
        bytes->close(bytes);
        free(text);
        return NULL;
    }
    memcpy(text->carry, head, size);
    text->carried = size;
    text->name = name;
    text->line = 1;
    text->bytes = bytes;
    return text;
}

static enum vg_log_next fail(struct vg_log_text *text, struct vg_log_reason *reason, const char *why)
{
    text->ended = true;
    text->failed = false;
    text->carried = 0;
    snprintf(reason->text, sizeof(reason->text), "%s", why);
    return VG_LOG_FAILED;
}

static enum vg_log_next finish(struct vg_log_text *text, struct vg_log_reason *reason)
{
    return text->failed ? fail(text, reason, text->failure.text) : VG_LOG_END;
}

static bool is_space(char letter)
{
    return letter == ' ' || letter == '\t' || letter == '\r' || letter == '\n';
}

/* The end of the line that begins at `at`: its newline, or `end`. */
static const char *line_end(const char *at, const char *end)
{
    const char *found = at < end ? memchr(at, '\n', (size_t)(end - at)) : NULL;

    return found != NULL ? found : end;
}

static uint64_t count_lines(const char *at, const char *end)
{
    uint64_t count = 0;

    while (at < end && (at = memchr(at, '\n', (size_t)(end - at))) != NULL) {
        count++;
        at++;
    }
    return count;
}

/* By the first line: an object that ends on its line begins a file of lines, and so does a line that does not
 * end what it begins, when the next begins another. */
static enum shape guess_shape(const char *at, const char *end)
{
    const char *last;
    const char *next;

    while (at < end && is_space(*at))
        at++;
    if (at == end || *at == '[')
        return at == end ? SHAPE_NOT_KNOWN : SHAPE_DOCUMENT;
    next = line_end(at, end);
    last = next;
    while (last > at + 1 && is_space(last[-1]))
        last--;
    if (*at != '{' || (last > at + 1 && last[-1] == '}') || next == end)
        return SHAPE_LINES;
    return next + 1 < end && next[1] == '{' ? SHAPE_LINES : SHAPE_DOCUMENT;
}

/* Goes on to the end of the object or other value that begins at `at`, or to `end` when it ends later. */
static const char *value_end(struct scanner *scanner, const char *at, const char *end)
{
    for (; at < end; at++) {
        if (scanner->in_string) {
            if (scanner->escaped)
                scanner->escaped = false;
            else if (*at == '\\')
                scanner->escaped = true;
            else if (*at == '"')
                scanner->in_string = false;
        } else if (*at == '"') {
            scanner->in_string = true;
        } else if (*at == '{' || *at == '[') {
            scanner->depth++;
        } else if (*at == '}' || *at == ']') {
            if (scanner->depth <= 1)
                return scanner->depth == 1 ? at + 1 : at;
            scanner->depth--;
        } else if (scanner->depth == 0 && (*at == ',' || is_space(*at))) {
            return at;
        }
    }
    return end;
}

/* Takes the whole objects of the block; what is left begins the next block. A bracket outside an object opens
 * or closes the array that holds them. */
static bool split_document(struct vg_log_text *text, struct vg_log_block *block, size_t *rest)
{
    const char *end = block->bytes + block->size;
    const char *at = block->bytes;
    uint64_t line = text->line;

    while (at < end) {
        struct scanner scanner = {0};
        const char *stop;

        if (is_space(*at) || *at == ',' || *at == '[' || *at == ']') {
            line += *at++ == '\n';
            continue;
        }
        stop = value_end(&scanner, at, end);
        if (stop == end && !text->ended)
            break;
        /* A closing brace that nothing opened. */
        if (stop == at)
            stop++;
        if (!vg_log_block_add_item(block, (size_t)(at - block->bytes), (size_t)(stop - at), line))
            return false;
        line += count_lines(at, stop);
        at = stop;
    }
    *rest = (size_t)(end - at);
    text->line = line;
    return true;
}

/* Ends the block after its last whole line. False when there is none. */
static bool split_lines(struct vg_log_text *text, struct vg_log_block *block, size_t *rest)
{
    size_t whole = block->size;

    if (!text->ended) {
        while (whole != 0 && block->bytes[whole - 1] != '\n')
            whole--;
        if (whole == 0)
            return false;
    }
    *rest = block->size - whole;
    block->lines = true;
    block->first_line = text->line;
    text->line += count_lines(block->bytes, block->bytes + whole);
    return true;
}

/* False without memory. A file that cannot be read on ends. */
static bool fill(struct vg_log_text *text, struct vg_log_block *block, size_t size)
{
    size_t got;

    if (!vg_log_block_reserve(block, size))
        return false;
    if (text->ended)
        return true;
    text->failed =
        !text->bytes->read(text->bytes, block->bytes + block->size, size - block->size, &got, &text->failure);
    block->size += got;
    block->counts.bytes += got;
    text->ended = block->size < size;
    return true;
}

static bool keep_rest(struct vg_log_text *text, struct vg_log_block *block, size_t rest)
{
    char *carry = realloc(text->carry, rest + 1);

    if (carry == NULL)
        return false;
    text->carry = carry;
    text->carried = rest;
    block->size -= rest;
    memcpy(carry, block->bytes + block->size, rest);
    return true;
}

/* Leaves out the line that the block holds the beginning of. */
static bool skip_line(struct vg_log_text *text, struct vg_log_block *block)
{
    const char *end = NULL;
    bool good = true;

    block->too_long = text->line;
    while (good && end == NULL && !text->ended) {
        block->size = 0;
        good = fill(text, block, VG_LOG_BLOCK_SIZE);
        end = memchr(block->bytes, '\n', block->size);
    }
    if (good && end != NULL) {
        text->line++;
        good = keep_rest(text, block, (size_t)(block->bytes + block->size - end - 1));
    }
    block->lines = true;
    block->size = 0;
    return good;
}

/* Before the first block: what kind of text this is. */
static const char *look(struct vg_log_text *text, struct vg_log_block *block)
{
    static const char bom[] = "\xEF\xBB\xBF";

    if (block->size >= 2 &&
        (memcmp(block->bytes, "\xFF\xFE", 2) == 0 || memcmp(block->bytes, "\xFE\xFF", 2) == 0))
        return "it is UTF-16; JSON is UTF-8 (iconv -f UTF-16 -t UTF-8 converts it)";
    if (block->size >= 4 && memcmp(block->bytes, "PK\3\4", 4) == 0)
        return "it is a zip archive that does not come from a file of its own: unpack it first";
    if (block->size >= 3 && memcmp(block->bytes, bom, 3) == 0)
        memset(block->bytes, ' ', 3);
    text->shape = guess_shape(block->bytes, block->bytes + block->size);
    return NULL;
}

/* Cuts the block where its last whole line or object ends. False when there is none yet. */
static bool split(struct vg_log_text *text, struct vg_log_block *block, size_t *rest, bool *failed)
{
    uint64_t line = text->line;

    if (text->shape != SHAPE_DOCUMENT)
        return split_lines(text, block, rest);
    *failed = !split_document(text, block, rest);
    if (*failed || block->item_count != 0 || text->ended)
        return true;
    /* Only space, or the beginning of an object: its lines are counted anew with what follows. */
    text->line = line;
    return false;
}

/* Twice as much as did not suffice, until it is clear that the line is too long. */
static size_t wanted_size(const struct vg_log_block *block)
{
    size_t size = block->size >= VG_LOG_BLOCK_SIZE ? block->size * 2 : VG_LOG_BLOCK_SIZE;

    return size <= VG_LOG_ITEM_MAX ? size : VG_LOG_ITEM_MAX + 1;
}

static bool begin(struct vg_log_text *text, struct vg_log_block *block)
{
    block->file = text->name;
    if (!vg_log_block_reserve(block, text->carried + 1))
        return false;
    if (text->carried != 0)
        memcpy(block->bytes, text->carry, text->carried);
    block->size = text->carried;
    text->carried = 0;
    return true;
}

enum vg_log_next vg_log_text_next(struct vg_log_text *text, struct vg_log_block *block,
                                  struct vg_log_reason *reason)
{
    const char *refused;
    size_t rest = 0;
    bool failed = false;

    if (text->ended && text->carried == 0)
        return finish(text, reason);
    if (!begin(text, block))
        return fail(text, reason, "out of memory");
    do {
        if (block->size > VG_LOG_ITEM_MAX && text->shape == SHAPE_DOCUMENT)
            return fail(text, reason, "an object in it is larger than 16 MiB");
        if (block->size > VG_LOG_ITEM_MAX)
            return skip_line(text, block) ? VG_LOG_BLOCK : fail(text, reason, "out of memory");
        if (!fill(text, block, wanted_size(block)))
            return fail(text, reason, "out of memory");
        if (text->shape == SHAPE_NOT_KNOWN && (refused = look(text, block)) != NULL)
            return fail(text, reason, refused);
    } while (!split(text, block, &rest, &failed));
    return !failed && keep_rest(text, block, rest) ? VG_LOG_BLOCK : fail(text, reason, "out of memory");
}

uint64_t vg_log_text_position(const struct vg_log_text *text)
{
    return text->bytes->position(text->bytes);
}

void vg_log_text_close(struct vg_log_text *text)
{
    text->bytes->close(text->bytes);
    free(text->carry);
    free(text);
}

#include "yaml_tree.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include <vigil/text.h>

#include "reader.h"

#define DEPTH_MAX 64
#define NODES_MAX 16000000u
#define KEYS_FEW  16u

/* Texts that may come again. */
#define RECENT      64u
#define RECENT_SIZE 16u

struct recent {
    const char *text;
    unsigned size; /* 0: none */
};

struct building {
    struct vg_reader *reader;
    struct vg_arena *arena;
    const char *text;
    yaml_parser_t parser;
    struct vg_yaml *open[DEPTH_MAX]; /* lists and maps not yet ended, the outermost first */
    struct vg_yaml *last[DEPTH_MAX]; /* their last children so far */
    unsigned children[DEPTH_MAX];
    unsigned depth;
    unsigned nodes;
    struct vg_yaml *root;
    struct vg_yaml *second;
    struct recent recent[RECENT];
    bool failed;
};

static struct vg_place place_of_mark(const struct building *building, yaml_mark_t mark)
{
    return (struct vg_place){
        .file = building->reader->file, .line = (unsigned)mark.line + 1, .column = (unsigned)mark.column + 1};
}

/* Line and column, in characters, of a byte. */
static struct vg_place place_of_offset(const struct vg_reader *reader, const char *text, size_t offset)
{
    struct vg_place place = {.file = reader->file, .line = 1, .column = 1};
    for (size_t i = 0; i < offset; i++) {
        if (text[i] == '\n') {
            place.line++;
            place.column = 1;
        } else if (((unsigned char)text[i] & 0xC0u) != 0x80u) {
            place.column++;
        }
    }
    return place;
}

/* What YAML takes for the end of a line and an editor may not, so that a comment would end unseen: a CR by
 * itself, U+0085, U+2028 and U+2029. Returns its name, or NULL. */
static const char *unseen_line_end(const char *text, size_t size)
{
    if (text[0] == '\r')
        return size < 2 || text[1] != '\n' ? "a CR without an LF" : NULL;
    if (size >= 2 && memcmp(text, "\xC2\x85", 2) == 0)
        return "U+0085";
    if (size >= 3 && memcmp(text, "\xE2\x80\xA8", 3) == 0)
        return "U+2028";
    return size >= 3 && memcmp(text, "\xE2\x80\xA9", 3) == 0 ? "U+2029" : NULL;
}

/* Whether eight bytes are all ASCII that can be seen, or blanks: nearly all are. */
static bool is_plain(const char *text)
{
    const uint64_t ones = 0x0101010101010101u;
    uint64_t word, other;
    memcpy(&word, text, sizeof(word));
    other = word ^ ones * 0x7F;
    return ((word | (word - ones * 0x20) | (other - ones)) & ones * 0x80) == 0;
}

static bool check_encoding(struct vg_reader *reader, const char *text, size_t size)
{
    size_t count, bad;
    if (size >= 2 && (memcmp(text, "\xFF\xFE", 2) == 0 || memcmp(text, "\xFE\xFF", 2) == 0)) {
        vg_complain(reader, (struct vg_place){.file = reader->file}, "save the file as UTF-8",
                    "this file is UTF-16, not UTF-8");
        return false;
    }
    if (!vg_utf16_from_utf8(text, size, NULL, 0, &count, &bad)) {
        vg_complain(reader, place_of_offset(reader, text, bad), "save the file as UTF-8",
                    "not UTF-8: the byte 0x%02X at offset %zu", (unsigned)(unsigned char)text[bad], bad);
        return false;
    }
    for (size_t i = 0; i < size; i++) {
        while (size - i > sizeof(uint64_t) && is_plain(text + i))
            i += sizeof(uint64_t);
        unsigned char byte = (unsigned char)text[i];
        if ((byte < 0x20 && byte != '\n' && byte != '\r' && byte != '\t') || byte == 0x7F) {
            vg_complain(reader, place_of_offset(reader, text, i), NULL,
                        "a control character (0x%02X) does not belong into a text file", (unsigned)byte);
            return false;
        }
        const char *unseen = unseen_line_end(text + i, size - i);
        if (unseen) {
            vg_complain(reader, place_of_offset(reader, text, i),
                        "end lines with LF or CRLF; in double quotes write it as an escape, such as \\u2028",
                        "%s would end a comment unseen", unseen);
            return false;
        }
    }
    return true;
}

/* What libyaml's terse problems usually come from. */
static const char *hint_for(const char *problem)
{
    if (strstr(problem, "unknown escape character") || strstr(problem, "hexdecimal"))
        return "in double quotes a backslash begins an escape: put Windows paths in single quotes";
    if (strstr(problem, "mapping values are not allowed"))
        return "a text that holds ': ' needs quotes; or the indentation is not that of the lines around";
    if (strstr(problem, "cannot start any token"))
        return "indent with spaces, not tabs; a text that begins with % @ or ` needs quotes";
    if (strstr(problem, "could not find expected ':'"))
        return "a key is followed by ': ' and its value";
    if (strstr(problem, "while scanning an alias") || strstr(problem, "alphabetic or numeric"))
        return "a text that begins with * or & needs quotes";
    if (strstr(problem, "did not find expected"))
        return "check the brackets, quotes and indentation up to here";
    return NULL;
}

static void fail_at(struct building *building, yaml_mark_t mark, const char *hint, const char *message)
{
    building->failed = true;
    vg_complain(building->reader, place_of_mark(building, mark), hint, "%s", message);
}

static void tell_libyaml(struct building *building)
{
    const yaml_parser_t *parser = &building->parser;
    const char *problem = parser->problem ? parser->problem : "it cannot be read";
    const char *hint = hint_for(problem);
    building->failed = true;
    if (parser->error == YAML_MEMORY_ERROR) {
        vg_complain(building->reader, place_of_mark(building, parser->mark), NULL,
                    "there is no memory to read on");
        return;
    }
    if (parser->error == YAML_READER_ERROR) {
        vg_complain(building->reader,
                    place_of_offset(building->reader, building->text, parser->problem_offset),
                    "in double quotes it can be written as \\xNN or \\uNNNN",
                    "a character that YAML does not allow here");
        return;
    }
    if (!hint && parser->context)
        hint = hint_for(parser->context);
    if (parser->context)
        vg_complain(building->reader, place_of_mark(building, parser->problem_mark), hint,
                    "not valid YAML: %s, %s that began in line %zu", problem, parser->context,
                    parser->context_mark.line + 1);
    else
        vg_complain(building->reader, place_of_mark(building, parser->problem_mark), hint,
                    "not valid YAML: %s", problem);
}

static bool refused_marks(struct building *building, const yaml_char_t *anchor, const yaml_char_t *tag,
                          yaml_mark_t mark)
{
    if (anchor)
        fail_at(building, mark,
                "write the value out where it is used; a text that begins with & needs quotes",
                "anchors (&name) are not part of the policy language");
    else if (tag)
        fail_at(building, mark, "leave it out; a text that begins with ! needs quotes",
                "tags (!name) are not part of the policy language");
    return anchor || tag;
}

/* A new node, as the next child of what is open. */
static struct vg_yaml *add_node(struct building *building, enum vg_yaml_kind kind, yaml_mark_t mark)
{
    unsigned top = building->depth - 1;
    if (++building->nodes > NODES_MAX) {
        fail_at(building, mark, "split it, and `include` the parts", "this file holds too many values");
        return NULL;
    }
    if (building->depth && building->open[top]->kind == VG_YAML_MAP && building->children[top] % 2 == 0 &&
        kind != VG_YAML_SCALAR) {
        fail_at(building, mark, NULL, "a key must be a text, not a list or a map");
        return NULL;
    }
    struct vg_yaml *node = vg_arena_alloc(building->arena, sizeof(*node));
    if (!node) {
        fail_at(building, mark, NULL, "there is no memory to read on");
        return NULL;
    }
    node->kind = (unsigned char)kind;
    node->line = (unsigned)mark.line + 1;
    node->column = (unsigned)mark.column + 1;
    if (!building->depth) {
        building->root = node;
        return node;
    }
    if (building->last[top])
        building->last[top]->next = node;
    else
        building->open[top]->first = node;
    building->last[top] = node;
    building->children[top]++;
    return node;
}

/* A copy, or one of the same short text that was made a while ago: a long list repeats its keys. */
static const char *text_of(struct building *building, const char *text, unsigned size)
{
    if (size == 0 || size > RECENT_SIZE)
        return vg_arena_text(building->arena, text, size);
    unsigned hash = size + (unsigned char)text[0] * 5u + (unsigned char)text[size / 2] * 7u;
    struct recent *recent = &building->recent[hash % RECENT];
    if (recent->size == size && memcmp(recent->text, text, size) == 0)
        return recent->text;
    recent->text = vg_arena_text(building->arena, text, size);
    recent->size = recent->text ? size : 0;
    return recent->text;
}

static void add_scalar(struct building *building, const yaml_event_t *event)
{
    if (refused_marks(building, event->data.scalar.anchor, event->data.scalar.tag, event->start_mark))
        return;
    struct vg_yaml *node = add_node(building, VG_YAML_SCALAR, event->start_mark);
    if (!node)
        return;
    node->size = (unsigned)event->data.scalar.length;
    node->text = text_of(building, (const char *)event->data.scalar.value, node->size);
    if (!node->text)
        fail_at(building, event->start_mark, NULL, "there is no memory to read on");
    switch (event->data.scalar.style) {
    case YAML_SINGLE_QUOTED_SCALAR_STYLE:
    case YAML_DOUBLE_QUOTED_SCALAR_STYLE:
        node->style = VG_YAML_QUOTED;
        break;
    case YAML_LITERAL_SCALAR_STYLE:
    case YAML_FOLDED_SCALAR_STYLE:
        node->style = VG_YAML_BLOCK;
        break;
    default:
        node->style = VG_YAML_PLAIN;
    }
}

static void open_node(struct building *building, enum vg_yaml_kind kind, const yaml_char_t *anchor,
                      const yaml_char_t *tag, yaml_mark_t mark)
{
    if (refused_marks(building, anchor, tag, mark))
        return;
    if (building->depth == DEPTH_MAX) {
        fail_at(building, mark, "a policy needs no more than a handful of levels",
                "lists and maps are nested too deep");
        return;
    }
    struct vg_yaml *node = add_node(building, kind, mark);
    if (!node)
        return;
    building->open[building->depth] = node;
    building->last[building->depth] = NULL;
    building->children[building->depth] = 0;
    building->depth++;
}

static int compare_keys(const void *a, const void *b)
{
    const struct vg_yaml *left = *(struct vg_yaml *const *)a;
    const struct vg_yaml *right = *(struct vg_yaml *const *)b;
    unsigned size = left->size < right->size ? left->size : right->size;
    int order = memcmp(left->text, right->text, size);
    if (order == 0)
        order = (left->size > right->size) - (left->size < right->size);
    if (order == 0)
        order = (left->line > right->line) - (left->line < right->line);
    return order ? order : (left->column > right->column) - (left->column < right->column);
}

static bool same_text(const struct vg_yaml *a, const struct vg_yaml *b)
{
    return a->size == b->size && memcmp(a->text, b->text, a->size) == 0;
}

static void tell_duplicate(struct building *building, const struct vg_yaml *first,
                           const struct vg_yaml *again)
{
    struct vg_reader *reader = building->reader;
    building->failed = true;
    vg_complain(reader, vg_place_of(reader, again), "make one list of the values, or keep one of the two",
                "the key %s stands here twice (first in line %u)", vg_shown_node(reader, again), first->line);
}

/* A key that stands twice in one map: the second would silently replace the first. */
static void check_keys(struct building *building, const struct vg_yaml *map)
{
    if (map->size <= KEYS_FEW) {
        for (const struct vg_yaml *key = map->first; key; key = key->next->next)
            for (const struct vg_yaml *other = map->first; other != key; other = other->next->next)
                if (same_text(other, key)) {
                    tell_duplicate(building, other, key);
                    return;
                }
        return;
    }
    struct vg_yaml **keys = malloc(map->size * sizeof(struct vg_yaml *));
    size_t count = 0;
    if (!keys) {
        building->failed = true;
        vg_complain(building->reader, vg_place_of(building->reader, map), NULL,
                    "there is no memory to read on");
        return;
    }
    for (struct vg_yaml *key = map->first; key; key = key->next->next)
        keys[count++] = key;
    qsort(keys, count, sizeof(struct vg_yaml *), compare_keys);
    for (size_t i = 1; i < count && !building->failed; i++)
        if (same_text(keys[i - 1], keys[i]))
            tell_duplicate(building, keys[i - 1], keys[i]);
    free(keys);
}

static void close_node(struct building *building)
{
    struct vg_yaml *node = building->open[--building->depth];
    unsigned children = building->children[building->depth];
    node->size = node->kind == VG_YAML_MAP ? children / 2 : children;
    if (node->kind == VG_YAML_MAP)
        check_keys(building, node);
}

/* Takes one event; returns whether there are more to come. */
static bool take(struct building *building, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        if (building->root) {
            building->second->line = (unsigned)event->start_mark.line + 1;
            building->second->column = (unsigned)event->start_mark.column + 1;
            return false;
        }
        break;
    case YAML_ALIAS_EVENT:
        fail_at(building, event->start_mark,
                "write the value out here; a text that begins with * needs quotes",
                "aliases (*name) are not part of the policy language");
        break;
    case YAML_SCALAR_EVENT:
        add_scalar(building, event);
        break;
    case YAML_SEQUENCE_START_EVENT:
        open_node(building, VG_YAML_LIST, event->data.sequence_start.anchor, event->data.sequence_start.tag,
                  event->start_mark);
        break;
    case YAML_MAPPING_START_EVENT:
        open_node(building, VG_YAML_MAP, event->data.mapping_start.anchor, event->data.mapping_start.tag,
                  event->start_mark);
        break;
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        close_node(building);
        break;
    default:
        break;
    }
    return event->type != YAML_STREAM_END_EVENT;
}

struct vg_yaml *vg_yaml_read(struct vg_reader *reader, struct vg_arena *arena, const char *text, size_t size,
                             struct vg_yaml *second)
{
    struct building building = {.reader = reader, .arena = arena, .second = second};
    memset(second, 0, sizeof(*second));
    if (!check_encoding(reader, text, size))
        return NULL;
    if (!yaml_parser_initialize(&building.parser)) {
        vg_complain(reader, (struct vg_place){.file = reader->file}, NULL, "there is no memory to read it");
        return NULL;
    }
    yaml_parser_set_encoding(&building.parser, YAML_UTF8_ENCODING);
    if (size >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
        text += 3; /* a byte order mark, which libyaml skips only when it may guess the encoding */
        size -= 3;
    }
    building.text = text;
    yaml_parser_set_input_string(&building.parser, (const unsigned char *)text, size);
    for (bool more = true; more && !building.failed;) {
        yaml_event_t event;
        if (!yaml_parser_parse(&building.parser, &event)) {
            tell_libyaml(&building);
            break;
        }
        more = take(&building, &event);
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&building.parser);
    if (!building.failed && !building.root)
        vg_complain(reader, (struct vg_place){.file = reader->file}, NULL, "there is nothing in this file");
    return building.failed ? NULL : building.root;
}

struct vg_yaml *vg_yaml_get(const struct vg_yaml *map, const char *key)
{
    for (struct vg_yaml *node = map->first; node; node = node->next->next)
        if (vg_yaml_is(node, key))
            return node->next;
    return NULL;
}

bool vg_yaml_is(const struct vg_yaml *node, const char *text)
{
    return node->kind == VG_YAML_SCALAR && node->size == strlen(text) &&
           memcmp(node->text, text, node->size) == 0;
}

bool vg_yaml_is_null(const struct vg_yaml *node)
{
    return node->kind == VG_YAML_SCALAR && node->style == VG_YAML_PLAIN &&
           (node->size == 0 || vg_yaml_is(node, "~") || vg_yaml_is(node, "null") ||
            vg_yaml_is(node, "Null") || vg_yaml_is(node, "NULL"));
}

#include "xml_tree.h"

#include "../policy/arena.h"
#include "../policy/buffer.h"

#include <expat.h>
#include <stdio.h>
#include <string.h>

/* The document while it is being read. */
struct reading {
    XML_Parser parser;
    struct vg_arena *arena;
    const char *file;
    struct vg_xml *open[VG_XML_DEPTH_MAX]; /* the elements that are not closed, the outermost first */
    struct vg_xml *last[VG_XML_DEPTH_MAX]; /* the last element inside each */
    size_t depth;
    size_t nodes;
    struct vg_xml *root;
    struct vg_buffer text; /* of the innermost element, since its last tag */
    const char *problem;   /* why we stopped; static */
    const char *hint;
    struct vg_place problem_place;
};

static struct vg_place place_now(const struct reading *reading)
{
    return (struct vg_place){.file = reading->file,
                             .line = (unsigned)XML_GetCurrentLineNumber(reading->parser),
                             .column = (unsigned)XML_GetCurrentColumnNumber(reading->parser) + 1};
}

static void stop(struct reading *reading, const char *problem, const char *hint)
{
    if (reading->problem == NULL) {
        reading->problem = problem;
        reading->hint = hint;
        reading->problem_place = place_now(reading);
    }
    XML_StopParser(reading->parser, XML_FALSE);
}

static const char *without_prefix(const char *name)
{
    const char *colon = strrchr(name, ':');

    return colon != NULL ? colon + 1 : name;
}

static char *copy(struct reading *reading, const char *text)
{
    return vg_arena_text(reading->arena, text, strlen(text));
}

static bool copy_attributes(struct reading *reading, struct vg_xml *element, const char **pairs)
{
    struct vg_xml_attribute *attributes;
    size_t count = 0;

    while (pairs[2 * count] != NULL)
        count++;
    attributes = vg_arena_array(reading->arena, count, sizeof *attributes);
    for (size_t i = 0; attributes != NULL && i < count; i++) {
        attributes[i].name = copy(reading, pairs[2 * i]);
        attributes[i].value = copy(reading, pairs[2 * i + 1]);
    }
    element->attributes = attributes;
    element->attribute_count = count;
    return !vg_arena_failed(reading->arena);
}

static void put_into_tree(struct reading *reading, struct vg_xml *element)
{
    if (reading->depth == 0) {
        reading->root = element;
    } else {
        struct vg_xml *parent = reading->open[reading->depth - 1];
        struct vg_xml **last = &reading->last[reading->depth - 1];

        if (*last == NULL)
            parent->first = element;
        else
            (*last)->next = element;
        *last = element;
    }
    reading->open[reading->depth] = element;
    reading->last[reading->depth] = NULL;
    reading->depth++;
    reading->text.size = 0;
}

static void XMLCALL on_start(void *context, const char *name, const char **attributes)
{
    struct reading *reading = context;
    struct vg_xml *element;

    if (reading->depth == VG_XML_DEPTH_MAX) {
        stop(reading, "elements are nested too deep", "64 levels are read");
        return;
    }
    if (reading->nodes == VG_XML_NODES_MAX) {
        stop(reading, "there are too many elements", "2,000,000 are read");
        return;
    }
    element = vg_arena_alloc(reading->arena, sizeof *element);
    if (element == NULL || !copy_attributes(reading, element, attributes)) {
        stop(reading, "out of memory", NULL);
        return;
    }
    element->name = copy(reading, without_prefix(name));
    element->text = "";
    element->place = place_now(reading);
    reading->nodes++;
    put_into_tree(reading, element);
}

static bool is_blank(uint8_t byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

static void XMLCALL on_end(void *context, const char *name)
{
    struct reading *reading = context;
    struct vg_xml *element = reading->open[--reading->depth];
    const uint8_t *begin = reading->text.bytes;
    size_t size = reading->text.size;

    (void)name;
    if (element->first == NULL && size != 0) {
        for (; size != 0 && is_blank(begin[size - 1]); size--)
            ;
        for (; size != 0 && is_blank(*begin); size--)
            begin++;
        element->text = vg_arena_text(reading->arena, (const char *)begin, size);
    }
    reading->text.size = 0;
    if (vg_arena_failed(reading->arena) || reading->text.failed)
        stop(reading, "out of memory", NULL);
}

static void XMLCALL on_text(void *context, const char *text, int size)
{
    struct reading *reading = context;

    vg_buffer_put(&reading->text, text, (size_t)size);
}

static void XMLCALL on_doctype(void *context, const char *name, const char *system, const char *public,
                               int has_internal_subset)
{
    (void)name;
    (void)system;
    (void)public;
    (void)has_internal_subset;
    stop(context, "a document type declaration is not read",
         "policies have none: remove <!DOCTYPE ...> and write out what its entities stand for");
}

/* What went wrong, in words. */
static void tell(const struct reading *reading, const struct vg_reporter *reporter)
{
    const char *words = reading->problem;
    struct vg_place place = reading->problem_place;
    char message[160];

    if (words == NULL) {
        words = XML_ErrorString(XML_GetErrorCode(reading->parser));
        place = place_now(reading);
    }
    snprintf(message, sizeof message, "%s%s", reading->problem == NULL ? "not well-formed XML: " : "",
             words != NULL ? words : "unknown error");
    reporter->report(reporter->context, VG_ERROR, place, message, reading->hint);
}

struct vg_xml *vg_xml_read(struct vg_arena *arena, const char *file, const void *bytes, size_t size,
                           const struct vg_reporter *reporter)
{
    struct reading reading = {.arena = arena, .file = file, .parser = XML_ParserCreate(NULL)};
    bool good = false;

    if (reading.parser == NULL || size > VG_XML_SIZE_MAX) {
        reporter->report(reporter->context, VG_ERROR, (struct vg_place){.file = file},
                         reading.parser == NULL ? "out of memory" : "the document is too large",
                         reading.parser == NULL ? NULL : "64 MiB are read");
    } else {
        XML_SetUserData(reading.parser, &reading);
        XML_SetElementHandler(reading.parser, on_start, on_end);
        XML_SetCharacterDataHandler(reading.parser, on_text);
        XML_SetStartDoctypeDeclHandler(reading.parser, on_doctype);
        good =
            XML_Parse(reading.parser, bytes, (int)size, XML_TRUE) == XML_STATUS_OK && reading.problem == NULL;
        if (!good)
            tell(&reading, reporter);
    }
    vg_buffer_free(&reading.text);
    if (reading.parser != NULL)
        XML_ParserFree(reading.parser);
    return good ? reading.root : NULL;
}

bool vg_xml_is(const struct vg_xml *element, const char *name)
{
    return strcmp(element->name, name) == 0;
}

const char *vg_xml_attribute(const struct vg_xml *element, const char *name)
{
    for (size_t i = 0; i < element->attribute_count; i++)
        if (strcmp(element->attributes[i].name, name) == 0)
            return element->attributes[i].value;
    return NULL;
}

const struct vg_xml *vg_xml_child(const struct vg_xml *element, const char *name)
{
    const struct vg_xml *child = element != NULL ? element->first : NULL;

    return child == NULL || vg_xml_is(child, name) ? child : vg_xml_next(child, name);
}

const struct vg_xml *vg_xml_next(const struct vg_xml *element, const char *name)
{
    const struct vg_xml *next = element->next;

    while (next != NULL && !vg_xml_is(next, name))
        next = next->next;
    return next;
}

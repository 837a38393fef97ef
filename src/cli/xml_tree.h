/* XML documents as trees, for the small ones that other systems write their policies in. Hosted. */
#ifndef VG_CLI_XML_TREE_H
#define VG_CLI_XML_TREE_H

#include <vigil/error.h>

#include <stdbool.h>

struct vg_arena; /* src/policy/arena.h */

/* Bounds that no honest policy meets. */
#define VG_XML_SIZE_MAX  (64u * 1024u * 1024u)
#define VG_XML_DEPTH_MAX 64u
#define VG_XML_NODES_MAX 2000000u

struct vg_xml_attribute {
    const char *name;
    const char *value; /* UTF-8 without a NUL, as all text here */
};

/* An element. */
struct vg_xml {
    const char *name; /* without a prefix */
    const struct vg_xml_attribute *attributes;
    size_t attribute_count;
    const char *text; /* what stands inside an element without elements, blanks around it cut off; else "" */
    struct vg_xml *first;
    struct vg_xml *next;
    struct vg_place place; /* of its tag */
};

/* Reads the document, in UTF-8, UTF-16 or what else its declaration names. The tree lives in the arena;
 * `file` stands for the document in messages, and has to live as long. A document type declaration is
 * refused, and with it every entity of the document's own. NULL after a report. */
struct vg_xml *vg_xml_read(struct vg_arena *arena, const char *file, const void *bytes, size_t size,
                           const struct vg_reporter *reporter);

/* The attribute's value, NULL when there is none of that name. */
const char *vg_xml_attribute(const struct vg_xml *element, const char *name);

/* The first element of that name inside `element` (which may be NULL), or beside and behind it; NULL for
 * none. */
const struct vg_xml *vg_xml_child(const struct vg_xml *element, const char *name);
const struct vg_xml *vg_xml_next(const struct vg_xml *element, const char *name);

bool vg_xml_is(const struct vg_xml *element, const char *name);

#endif

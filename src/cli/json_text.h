/* JSON text as values (yyjson), held to what every reader of JSON understands alike: no object has a key
 * twice, no key contains U+0000, integers fit 64 bits and other numbers a double, and nothing is nested
 * deeper than VG_JSON_DEPTH_MAX. */
#ifndef VG_CLI_JSON_TEXT_H
#define VG_CLI_JSON_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <yyjson.h>

#define VG_JSON_DEPTH_MAX 2048u

/* Zero is empty. One text after the other can be read into it, and uses its memory again. */
struct vg_json {
    yyjson_doc *doc;
    void *pool; /* malloc'ed: room for the values of any text that is not long */
    size_t pool_size;
    const char *problem; /* after a failure: what is wrong (static) */
    size_t position;     /* and at which byte */
};

/* The value that the text is, which lives until the next call; NULL for what is no such JSON, with the
 * problem. It may be of any type. Not const, because yyjson takes none that are; nobody changes it. */
yyjson_val *vg_json_read(struct vg_json *json, const char *text, size_t size);
void vg_json_free(struct vg_json *json);

#endif

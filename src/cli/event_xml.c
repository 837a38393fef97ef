#include "event_xml.h"

#include <expat.h>
#include <string.h>

#define NAME_MAX_BYTES 64

/* Elements whose text matters. */
enum element {
    ELEMENT_OTHER,
    ELEMENT_EVENT_ID,
    ELEMENT_CHANNEL,
    ELEMENT_DATA,
};

struct reader {
    XML_Parser parser;
    enum element element;
    char name[NAME_MAX_BYTES]; /* of the Data at hand */
    struct vg_output text;     /* of the element at hand */
    struct vg_output head;     /* ,"key":"value" outside EventData */
    struct vg_output data;     /* the same inside it */
};

static const char *attribute(const XML_Char **attributes, const char *name)
{
    for (; attributes[0] != NULL; attributes += 2) {
        if (strcmp(attributes[0], name) == 0)
            return attributes[1];
    }
    return NULL;
}

static void add_pair(struct vg_output *output, const char *key, const char *value, size_t size)
{
    if (output->size != 0)
        vg_output_text(output, ",");
    vg_output_json(output, key, strlen(key));
    vg_output_text(output, ":");
    vg_output_json(output, value, size);
}

static void start_element(void *context, const XML_Char *name, const XML_Char **attributes)
{
    struct reader *reader = context;
    const char *value;

    reader->element = ELEMENT_OTHER;
    vg_output_clear(&reader->text);
    if (strcmp(name, "EventID") == 0) {
        reader->element = ELEMENT_EVENT_ID;
    } else if (strcmp(name, "Channel") == 0) {
        reader->element = ELEMENT_CHANNEL;
    } else if (strcmp(name, "Provider") == 0 && (value = attribute(attributes, "Name")) != NULL) {
        add_pair(&reader->head, "ProviderName", value, strlen(value));
    } else if (strcmp(name, "Data") == 0 && (value = attribute(attributes, "Name")) != NULL &&
               strlen(value) < sizeof(reader->name)) {
        memcpy(reader->name, value, strlen(value) + 1);
        reader->element = ELEMENT_DATA;
    }
}

static void add_text(void *context, const XML_Char *text, int length)
{
    struct reader *reader = context;

    if (reader->element != ELEMENT_OTHER)
        vg_output_add(&reader->text, text, (size_t)length);
}

static void end_element(void *context, const XML_Char *name)
{
    struct reader *reader = context;
    const char *text = reader->text.size != 0 ? reader->text.bytes : "";

    (void)name;
    if (reader->element == ELEMENT_EVENT_ID)
        add_pair(&reader->head, "EventID", text, reader->text.size);
    else if (reader->element == ELEMENT_CHANNEL)
        add_pair(&reader->head, "Channel", text, reader->text.size);
    else if (reader->element == ELEMENT_DATA)
        add_pair(&reader->data, reader->name, text, reader->text.size);
    reader->element = ELEMENT_OTHER;
}

/* No event has a document type; one that declares entities is none of ours. */
static void refuse_doctype(void *context, const XML_Char *name, const XML_Char *system,
                           const XML_Char *public, int internal)
{
    (void)name;
    (void)system;
    (void)public;
    (void)internal;
    XML_StopParser(((struct reader *)context)->parser, XML_FALSE);
}

static const char *parse(struct reader *reader, const char *xml, size_t size)
{
    XML_Parser parser = size <= INT32_MAX ? XML_ParserCreate("UTF-8") : NULL;
    const char *problem = NULL;

    if (parser == NULL)
        return "out of memory";
    reader->parser = parser;
    XML_SetUserData(parser, reader);
    XML_SetElementHandler(parser, start_element, end_element);
    XML_SetCharacterDataHandler(parser, add_text);
    XML_SetStartDoctypeDeclHandler(parser, refuse_doctype);
    if (XML_Parse(parser, xml, (int)size, 1) != XML_STATUS_OK)
        problem = XML_ErrorString(XML_GetErrorCode(parser));
    XML_ParserFree(parser);
    return problem;
}

bool vg_event_xml_to_json(const char *xml, size_t size, struct vg_output *json, const char **problem)
{
    struct reader reader = {0};

    *problem = parse(&reader, xml, size);
    if (*problem == NULL && (reader.text.failed || reader.head.failed || reader.data.failed))
        *problem = "out of memory";
    if (*problem == NULL) {
        vg_output_text(json, "{");
        vg_output_add(json, reader.head.bytes, reader.head.size);
        vg_output_text(json, reader.head.size != 0 ? ",\"EventData\":{" : "\"EventData\":{");
        vg_output_add(json, reader.data.bytes, reader.data.size);
        vg_output_text(json, "}}");
    }
    vg_output_free(&reader.text);
    vg_output_free(&reader.head);
    vg_output_free(&reader.data);
    return *problem == NULL;
}

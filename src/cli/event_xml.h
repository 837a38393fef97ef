/* An event as Windows renders it in XML, as a JSON object that vg_record_json_read takes. */
#ifndef VG_CLI_EVENT_XML_H
#define VG_CLI_EVENT_XML_H

#include "output.h"

/* Appends {"EventID": ..., "ProviderName": ..., "Channel": ..., "EventData": {...}}. False, with nothing
 * appended and
 * `*problem` (static) saying why, for what is not well-formed XML. */
bool vg_event_xml_to_json(const char *xml, size_t size, struct vg_output *json, const char **problem);

#endif

/* Sysmon's Hashes: "SHA1=...,MD5=...,SHA256=...,IMPHASH=...", in whatever order and choice it was set up
 * for. */
#ifndef VG_CLI_RECORD_HASHES_H
#define VG_CLI_RECORD_HASHES_H

#include "record_input.h"

/* Takes the facts that the text speaks of and the record does not know better. Zeros are what Sysmon writes
 * where it could not read the file: then all are UNKNOWN; as the IMPHASH beside other hashes they say that
 * there is none. What is not named stays PENDING; an empty text names all and knows none. False with
 * `*problem` (static) saying what would be right. */
bool vg_record_hashes_read(struct vg_record_input *input, const char *text, const char **problem);

#endif

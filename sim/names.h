/* Short names, junctions, drive letters. */
#ifndef SIM_NAMES_H
#define SIM_NAMES_H

#include "volume.h"

void sim_names_end(void);

/* For names.c: under sim_volume_lock. */
struct sim_volume *sim_volume_list(void);
struct sim_file *sim_file_at(const struct sim_volume *volume, const UNICODE_STRING *long_path);

/* The device that network files lie below: the provider of UNC names, before Windows Vista the redirector. */
const char *sim_network_device(void);

#endif

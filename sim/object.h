/* Objects with reference counts, and the handle table. */
#ifndef SIM_OBJECT_H
#define SIM_OBJECT_H

#include <stdbool.h>
#include <ntifs.h>

struct _OBJECT_TYPE {
    const char *name;
};
extern struct _OBJECT_TYPE sim_file_type, sim_process_type, sim_thread_type, sim_token_type, sim_device_type,
    sim_key_type, sim_event_type, sim_driver_type;

void sim_objects_start(void);
void sim_objects_end(void);

/* A zeroed body with one reference, the sim's own; `destroy` (may be NULL) is called before its memory goes.
 */
void *sim_object_new(POBJECT_TYPE type, size_t size, void (*destroy)(void *body));
POBJECT_TYPE sim_object_type(const void *body, const char *routine);

/* The sim's references, and those that the driver took by `routine` and must give back. */
void sim_object_ref(void *body);
void sim_object_unref(void *body);
void sim_object_ref_for_driver(void *body, const char *routine);

/* Whether the driver holds a reference that it must give back. */
bool sim_object_is_held(void *body);

/* Makes a handle. Outside the System process only kernel handles are allowed: a user could close or use
 * others. */
HANDLE sim_handle_make(void *body, ACCESS_MASK access, ULONG attributes, const char *routine);
/* The object of a handle, which must be of `type` (NULL: any). */
void *sim_handle_object(HANDLE handle, POBJECT_TYPE type, ACCESS_MASK *access, const char *routine);

/* Ends the run if the driver holds a reference or a handle. */
void sim_objects_check_empty(const char *when);

#endif

/* Objects that lab.sys makes in place of the kernel's: processes, files, tokens and volumes. A driver holds
 * the body's address and gives it back to routines of ours; the header is found by that address, so that a
 * stale or foreign pointer is recognised. */
#ifndef LAB_OBJECT_H
#define LAB_OBJECT_H

#include "platform.h"

enum lab_kind { LAB_KIND_PROCESS, LAB_KIND_FILE, LAB_KIND_TOKEN, LAB_KIND_VOLUME };

struct lab_object {
    struct lab_object *next; /* in its hash chain */
    void *body;
    enum lab_kind kind;
    LONG references;
    LONG lent;     /* how many of them drivers hold */
    HANDLE handle; /* Wine's, or NULL */
    void (*destroy)(struct lab_object *);
};

/* Makes the object known, with one reference. `destroy` frees it; the handle is closed before. */
void lab_object_init(struct lab_object *object, enum lab_kind kind, void *body, HANDLE handle,
                     void (*destroy)(struct lab_object *));

/* NULL when the pointer is none of ours. The caller holds a reference already. */
struct lab_object *lab_object_find(const void *body);

void lab_object_reference(struct lab_object *object);
void lab_object_dereference(struct lab_object *object);

/* A reference that a driver has to give back; counted apart so that what it forgets is seen. */
void *lab_object_lend(struct lab_object *object);

/* Reports references that drivers still hold as violations of `driver`. */
void lab_object_report_lent(const char *driver);

/* The replacements. */
LONG_PTR FASTCALL lab_ObfReferenceObject(PVOID object);
LONG_PTR FASTCALL lab_ObfDereferenceObject(PVOID object);
NTSTATUS NTAPI lab_ObReferenceObjectByPointer(PVOID object, ACCESS_MASK access, POBJECT_TYPE type,
                                              KPROCESSOR_MODE mode);
NTSTATUS NTAPI lab_ObReferenceObjectByHandle(HANDLE handle, ACCESS_MASK access, POBJECT_TYPE type,
                                             KPROCESSOR_MODE mode, PVOID *object,
                                             POBJECT_HANDLE_INFORMATION information);
NTSTATUS NTAPI lab_ObOpenObjectByPointer(PVOID object, ULONG attributes, PACCESS_STATE state,
                                         ACCESS_MASK access, POBJECT_TYPE type, KPROCESSOR_MODE mode,
                                         PHANDLE handle);
NTSTATUS NTAPI lab_ObQueryNameString(PVOID object, POBJECT_NAME_INFORMATION name, ULONG size, PULONG needed);

#endif

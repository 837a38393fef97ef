/* A driver that does all right, with places where tests let it do wrong. */
#ifndef VG_TESTS_DRIVER_TOY_H
#define VG_TESTS_DRIVER_TOY_H

#include <sim/sim.h>

struct toy {
    NTSTATUS verdict; /* on creations */
    unsigned creations, exits;
    void (*in_callback)(void);    /* called in the process callback */
    void (*in_control)(PIRP irp); /* instead of completing an IRP_MJ_DEVICE_CONTROL */
    PPS_CREATE_NOTIFY_INFO info;  /* of the creation that is being told of; NULL: an exit */
};
extern struct toy toy;
extern PDEVICE_OBJECT toy_device;
extern UNICODE_STRING toy_link; /* to \Device\Test */

/* A machine, and nothing in `toy`. */
void toy_start(void);
NTSTATUS toy_start_cmd(PEPROCESS *process);

NTSTATUS toy_entry(PDRIVER_OBJECT driver, PUNICODE_STRING path);
void toy_unload(PDRIVER_OBJECT driver);
void toy_on_process(PEPROCESS process, HANDLE id, PPS_CREATE_NOTIFY_INFO info);
NTSTATUS toy_succeed(PDEVICE_OBJECT object, PIRP irp); /* completes it */

#endif

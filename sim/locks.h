/* Locks and waits, for the sim's other files. */
#ifndef SIM_LOCKS_H
#define SIM_LOCKS_H

#include <ntifs.h>

enum sim_dispatcher_type {
    SIM_NOTIFICATION_EVENT,
    SIM_SYNCHRONIZATION_EVENT,
    SIM_MUTANT,
    SIM_SEMAPHORE = 5,
    SIM_THREAD
};

/* Sets a dispatcher object's state and wakes its waiters. */
void sim_signal(DISPATCHER_HEADER *header, LONG state);

/* Ends the run if a thread still waits in the driver. */
void sim_waits_check_empty(const char *when);

/* Ends the run if an ERESOURCE is left. */
void sim_locks_check_empty(const char *when);

#endif

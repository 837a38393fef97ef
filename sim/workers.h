/* Threads that the sim lends out. */
#ifndef SIM_WORKERS_H
#define SIM_WORKERS_H

/* Calls `what` on another thread, which is at PASSIVE_LEVEL and nobody's. Making one costs more than most of
 * what it is wanted for, so a thread that has returned is used again. */
void sim_run_on_thread(void (*what)(void *), void *argument);

#endif

/* The end of a run: a contract was broken. */
#ifndef SIM_VIOLATION_H
#define SIM_VIOLATION_H

void sim_violation(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

#endif

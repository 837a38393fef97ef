/* Touches of memory that the processor or AddressSanitizer refuses, in the words of what was broken. */
#ifndef SIM_TOUCH_H
#define SIM_TOUCH_H

/* Installs itself, unless it is there already. */
void sim_touch_start(void);

#endif

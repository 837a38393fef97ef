/* The sim's driverspecs.h: all is in wdm.h. */
#ifndef SIM_DRIVERSPECS_H
#define SIM_DRIVERSPECS_H

#include "wdm.h"

#endif

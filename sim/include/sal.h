/* The sim's sal.h: all is in wdm.h. */
#ifndef SIM_SAL_H
#define SIM_SAL_H

#include "wdm.h"

#endif

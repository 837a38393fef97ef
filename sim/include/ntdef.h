/* The sim's ntdef.h: all is in wdm.h. */
#ifndef SIM_NTDEF_H
#define SIM_NTDEF_H

#include "wdm.h"

#endif

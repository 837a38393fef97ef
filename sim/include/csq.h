/* The sim's csq.h: all is in wdm.h. */
#ifndef SIM_CSQ_H
#define SIM_CSQ_H

#include "wdm.h"

#endif

/* The sim's ntstatus.h: all is in wdm.h. */
#ifndef SIM_NTSTATUS_H
#define SIM_NTSTATUS_H

#include "wdm.h"

#endif

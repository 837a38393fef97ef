/* The sim's ntddk.h: see nt/types.h. */
#ifndef SIM_NTDDK_H
#define SIM_NTDDK_H

#include "nt/sal.h"
#include "nt/types.h"
#include "nt/status.h"
#include "nt/ke.h"
#include "nt/ex.h"
#include "nt/rtl.h"
#include "nt/se.h"
#include "nt/io.h"
#include "nt/ps.h"
#include "nt/zw.h"

#endif

/* The service manager's view of a driver whose unload has to wait. */
#ifndef LAB_SERVICE_H
#define LAB_SERVICE_H

#include "platform.h"

/* `service` is the registry key ZwUnloadDriver was given, NUL-terminated. */
void lab_service_stop_pending(const UNICODE_STRING *service);

#endif

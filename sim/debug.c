/* What a driver prints into the debugger. */
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "world.h"

#define SAID_MAX 16384u

static pthread_mutex_t said_lock = PTHREAD_MUTEX_INITIALIZER;
static char said[SAID_MAX]; /* what no longer fits is forgotten */
static size_t said_size;

void sim_said_reset(void)
{
    pthread_mutex_lock(&said_lock);
    said_size = 0;
    said[0] = '\0';
    pthread_mutex_unlock(&said_lock);
}

bool sim_said(const char *words)
{
    bool found;

    pthread_mutex_lock(&said_lock);
    found = strstr(said, words) != NULL;
    pthread_mutex_unlock(&said_lock);
    return found;
}

static void keep_said(const char *message, int length)
{
    pthread_mutex_lock(&said_lock);
    if (length > 0 && said_size + (size_t)length < SAID_MAX) {
        memcpy(said + said_size, message, (size_t)length + 1);
        said_size += (size_t)length;
    }
    pthread_mutex_unlock(&said_lock);
}

/* Said aloud only on request, so that tests stay readable. */
static ULONG say(PCSTR format, va_list arguments)
{
    char *translated = strdup(format), *wide, *message = NULL;

    while ((wide = strstr(translated, "%I64")) != NULL)
        memmove(memcpy(wide, "%l", 2) + 2, wide + 4, strlen(wide + 4) + 1);
    if (!strstr(translated, "%w")) {
        int length = vasprintf(&message, translated, arguments);

        keep_said(message, length);
        if (getenv("SIM_VERBOSE"))
            fputs(message, stderr);
    }
    free(message);
    free(translated);
    return STATUS_SUCCESS;
}

ULONG DbgPrint(PCSTR format, ...) /* wdm: <= DIRQL; Unicode formats at PASSIVE_LEVEL only */
{
    va_list arguments;

    va_start(arguments, format);
    say(format, arguments);
    va_end(arguments);
    return STATUS_SUCCESS;
}

ULONG DbgPrintEx(ULONG component, ULONG level, PCSTR format, ...) /* wdm */
{
    va_list arguments;

    (void)component, (void)level;
    va_start(arguments, format);
    say(format, arguments);
    va_end(arguments);
    return STATUS_SUCCESS;
}

#include "touch.h"

#include <signal.h>

#include "irp.h"
#include "lend.h"
#include "sanitizers.h"
#include "violation.h"

static struct sigaction previous;

static void explain(const void *address)
{
    if (sim_irp_is_at(address))
        sim_violation("an IRP was touched after it had been completed");
    if (sim_is_lent(address))
        sim_violation("a UNICODE_STRING was read past its Length, or after it had been taken back");
}

static void on_fault(int number, siginfo_t *info, void *context)
{
    explain(info->si_addr);
    if (info->si_code == SEGV_PKUERR)
        sim_violation("paged pool was touched at DISPATCH_LEVEL: on Windows it may be on disk just then");
    sigaction(number, &previous, NULL);
    (void)context; /* the instruction runs again, into the handler that was there */
}

#if SIM_ASAN
static void on_report(const char *report)
{
    (void)report;
    explain(__asan_get_report_address());
}
#endif

void sim_touch_start(void)
{
    struct sigaction current, action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_NODEFER};

#if SIM_ASAN
    __asan_set_error_report_callback(on_report);
#endif
    sigaction(SIGSEGV, NULL, &current); /* test frameworks set theirs before each test */
    if (current.sa_sigaction == on_fault)
        return;
    previous = current;
    sigaction(SIGSEGV, &action, NULL);
}

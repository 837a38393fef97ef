#define _GNU_SOURCE /* wait4 */

#include "child.h"

#include "measure.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static _Noreturn void become(const char *const *arguments)
{
    int nothing = open("/dev/null", O_WRONLY);

    if (nothing >= 0 && dup2(nothing, STDOUT_FILENO) >= 0 && dup2(nothing, STDERR_FILENO) >= 0)
        execv(arguments[0], (char *const *)arguments);
    _exit(127);
}

double bench_child_run(const char *const *arguments, int exit_max, double *peak_bytes)
{
    double start = bench_now();
    pid_t child = fork();
    struct rusage usage;
    int status;

    if (child == 0)
        become(arguments);
    if (child < 0 || wait4(child, &status, 0, &usage) != child)
        bench_fail("%s cannot be run", arguments[0]);
    if (!WIFEXITED(status) || WEXITSTATUS(status) > exit_max)
        bench_fail("%s %s failed", arguments[0], arguments[1]);
    *peak_bytes = (double)usage.ru_maxrss * 1024;
    return bench_now() - start;
}

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

static double nanoseconds(struct timeval time)
{
    return (double)time.tv_sec * 1e9 + (double)time.tv_usec * 1e3;
}

struct bench_child bench_child_run(const char *const *arguments, int exit_max)
{
    pid_t child = fork();
    struct rusage usage;
    int status;

    if (child == 0)
        become(arguments);
    if (child < 0 || wait4(child, &status, 0, &usage) != child)
        bench_fail("%s cannot be run", arguments[0]);
    if (!WIFEXITED(status) || WEXITSTATUS(status) > exit_max)
        bench_fail("%s %s failed", arguments[0], arguments[1]);
    return (struct bench_child){.processor = nanoseconds(usage.ru_utime) + nanoseconds(usage.ru_stime),
                                .peak = (double)usage.ru_maxrss * 1024};
}

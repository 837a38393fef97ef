#include "violation.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../cmocka_all.h"

static void run_child(void (*body)(void), int output)
{
    const struct rlimit none = {0, 0};

    setrlimit(RLIMIT_CORE, &none);
    dup2(output, STDERR_FILENO);
    signal(SIGABRT, SIG_DFL);
    body();
    _exit(0);
}

void assert_violation(void (*body)(void), const char *sentence)
{
    char said[4096];
    size_t size = 0;
    ssize_t got;
    int ends[2], status;
    pid_t child;

    assert_int_equal(pipe(ends), 0);
    fflush(NULL);
    child = fork();
    assert_true(child >= 0);
    if (child == 0)
        run_child(body, ends[1]);
    close(ends[1]);
    while (size < sizeof(said) - 1 && (got = read(ends[0], said + size, sizeof(said) - 1 - size)) > 0)
        size += (size_t)got;
    said[size] = 0;
    close(ends[0]);
    waitpid(child, &status, 0);
    if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGABRT)
        fail_msg("nothing stopped it; expected: %s\nit said: %s", sentence, said);
    if (!strstr(said, sentence))
        fail_msg("it was stopped with another sentence than: %s\nit said: %s", sentence, said);
}

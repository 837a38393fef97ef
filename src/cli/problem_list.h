/* A reporter that keeps what it is told, for --json. */
#ifndef VG_CLI_PROBLEM_LIST_H
#define VG_CLI_PROBLEM_LIST_H

#include "json_write.h"

#include <vigil/error.h>

#include <stdbool.h>
#include <stddef.h>

/* Start with a writer, and an array of it. */
struct vg_problem_list {
    struct vg_json_writer *writer;
    yyjson_mut_val *array; /* objects: Severity, File, Line, Column, Message, Hint */
    unsigned errors;
    unsigned warnings;
};

struct vg_reporter vg_problem_reporter(struct vg_problem_list *list);

#endif

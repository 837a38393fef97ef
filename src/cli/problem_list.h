/* A reporter that keeps what it is told, for --json. */
#ifndef VG_CLI_PROBLEM_LIST_H
#define VG_CLI_PROBLEM_LIST_H

#include <vigil/error.h>

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* Start with `{.array = json_array()}`; json_decref the array at the end. */
struct vg_problem_list {
    json_t *array; /* objects: Severity, File, Line, Column, Message, Hint */
    unsigned errors;
    unsigned warnings;
};

struct vg_reporter vg_problem_reporter(struct vg_problem_list *list);

/* A string for any bytes: what is not UTF-8 becomes null. */
json_t *vg_json_text(const char *text);

#endif

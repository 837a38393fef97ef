/* Memory runs out, at one place after the other (at every one of the first hundred allocations, then further
 * apart): a policy is read and compiled as it is, or refused with a word about it; never another policy than
 * the one that was written. */
#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "../../cmocka_all.h"
#include "model.h"

/* ---- memory that runs out ---- */

static unsigned long left = (unsigned long)-1; /* allocations until one fails */
static bool failed;

static bool runs_out(void)
{
    if (left == (unsigned long)-1 || left-- != 0)
        return false;
    left = (unsigned long)-1;
    failed = true;
    return true;
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);

void *__wrap_malloc(size_t size)
{
    return runs_out() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return runs_out() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
    return runs_out() ? NULL : __real_realloc(old, size);
}

/* ---- policies ---- */

static unsigned errors;

static void count_errors(void *context, enum vg_severity severity, struct vg_place place, const char *message,
                         const char *hint)
{
    (void)context, (void)place, (void)hint;
    assert_non_null(message);
    errors += severity == VG_ERROR;
}

static const struct vg_reporter reporter = {count_errors, NULL};

struct bytes {
    void *bytes;
    size_t size;
};

/* False when the policy was refused, which must have been said. */
static bool made(const char *file, struct bytes *blob)
{
    struct vg_model model;
    bool compiled;

    errors = 0;
    if (!vg_model_read_file(file, NULL, &reporter, &model)) {
        assert_true(errors > 0);
        return false;
    }
    assert_int_equal(errors, 0);
    compiled = vg_model_compile(&model, &reporter, &blob->bytes, &blob->size);
    vg_model_free(&model);
    assert_int_equal(compiled, errors == 0);
    return compiled;
}

/* Returns how many failures were tried. */
static unsigned long try_failures(const char *file, const struct bytes *whole)
{
    unsigned long n = 0, tried = 0;

    do {
        struct bytes blob;

        left = n;
        n += 1 + n / 100;
        failed = false;
        tried++;
        if (!made(file, &blob))
            continue;
        assert_int_equal(blob.size, whole->size);
        assert_memory_equal(blob.bytes, whole->bytes, whole->size);
        free(blob.bytes);
    } while (failed);
    left = (unsigned long)-1;
    return tried;
}

static void a_policy_comes_out_as_it_is_or_not_at_all_whichever_allocation_fails(void **state)
{
    unsigned long tried = 0;
    glob_t files;

    (void)state;
    assert_int_equal(glob("ok/*.yaml", 0, NULL, &files), 0);
    for (size_t i = 0; i < files.gl_pathc; i++) {
        struct bytes whole;

        /* Regular expressions can be compiled in two ways that answer alike, of which one may find memory;
         * and they take their time. */
        if (strcmp(files.gl_pathv[i], "ok/regex.yaml") == 0 || !made(files.gl_pathv[i], &whole))
            continue;
        tried += try_failures(files.gl_pathv[i], &whole);
        free(whole.bytes);
    }
    globfree(&files);
    assert_true(tried > 2000);
}

/* What is refused for what it says is refused also when there is no memory to say it well. */
static void a_bad_policy_is_refused_whichever_allocation_fails(void **state)
{
    glob_t files;

    (void)state;
    assert_int_equal(glob("bad/*.yaml", 0, NULL, &files), 0);
    for (size_t i = 0; i < files.gl_pathc; i++) {
        unsigned long n = 0;

        do {
            struct bytes blob;

            left = n;
            n += 1 + n / 100;
            failed = false;
            assert_false(made(files.gl_pathv[i], &blob));
        } while (failed);
    }
    left = (unsigned long)-1;
    globfree(&files);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_policy_comes_out_as_it_is_or_not_at_all_whichever_allocation_fails),
        cmocka_unit_test(a_bad_policy_is_refused_whichever_allocation_fails),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "machine.h"

#include "measure.h"

#include "../src/policy/arena.h"

#include <vigil/abi.h>

#include <stdlib.h>
#include <string.h>

void bench_machine_must(bool good, const char *what)
{
    if (!good)
        bench_fail("the sim: %s failed", what);
}

void bench_machine_start(void)
{
    const struct sim_options options = {.windows = SIM_WINDOWS_10_2004};

    sim_start(&options);
    sim_set_value(SIM_SERVICE_KEY "\\Parameters", "Installed", REG_DWORD, &(ULONG){1}, sizeof(ULONG));
}

void bench_machine_end(void)
{
    sim_end();
}

static void control(struct sim_handle *device, ULONG code, const char *what)
{
    bench_machine_must(NT_SUCCESS(sim_ioctl(device, code, NULL, 0, NULL, 0, NULL)), what);
}

struct sim_handle *bench_machine_open(void)
{
    struct sim_handle *device;

    bench_machine_must(NT_SUCCESS(sim_open(sim_services_process(), "\\Device\\Vigil",
                                           GENERIC_READ | GENERIC_WRITE, &device)),
                       "opening the device");
    control(device, VG_IOCTL_CONFIRM_BOOT, "confirming the boot");
    return device;
}

void bench_machine_unload(struct sim_handle *device)
{
    control(device, VG_IOCTL_QUIESCE, "quiescing the driver");
    sim_close(device);
    bench_machine_must(NT_SUCCESS(sim_unload_driver()), "unloading the driver");
}

static void tell(void *context, enum vg_severity severity, struct vg_place place, const char *message,
                 const char *hint)
{
    (void)context;
    (void)hint;
    if (severity == VG_ERROR)
        bench_fail("%s:%u: %s", place.file, place.line, message);
}

static void drop_others(struct vg_model *model, bool (*keep)(const struct vg_rule *rule))
{
    struct vg_rule *kept = vg_arena_array(model->arena, model->rule_count, sizeof(*kept));
    size_t count = 0;

    bench_machine_must(kept != NULL, "choosing rules");
    for (size_t i = 0; i < model->rule_count; i++) {
        if (keep(&model->rules[i]))
            kept[count++] = model->rules[i];
    }
    model->rules = kept;
    model->rule_count = count;
}

static void load(struct sim_handle *device, const void *blob, size_t size)
{
    struct vg_abi_load_reply reply;
    ULONG_PTR got;

    bench_machine_must(
        NT_SUCCESS(sim_ioctl(device, VG_IOCTL_LOAD_POLICY, blob, (ULONG)size, &reply, sizeof(reply), &got)),
        "loading a policy");
}

size_t bench_machine_policy(struct sim_handle *device, const char *text,
                            bool (*keep)(const struct vg_rule *rule))
{
    const struct vg_reporter reporter = {.report = tell};
    const struct vg_read_options options = {.variables = vg_default_path_variables};
    struct vg_model model;
    size_t rules, size = 0;
    void *blob = NULL;

    bench_machine_must(vg_model_read_text("policy", text, strlen(text), &options, &reporter, &model),
                       "reading a policy");
    if (keep != NULL)
        drop_others(&model, keep);
    bench_machine_must(vg_model_compile(&model, &reporter, &blob, &size), "compiling a policy");
    load(device, blob, size);
    rules = model.rule_count;
    vg_model_free(&model);
    free(blob);
    return rules;
}

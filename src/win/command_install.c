#include "commands.h"

#include "driver_file.h"
#include "failure.h"
#include "installation.h"
#include "paths.h"
#include "service.h"
#include "wide.h"

#include <stdio.h>
#include <stdlib.h>

/* What is to be installed from where to where, and what has been done so far. */
struct installation {
    wchar_t *driver_from;
    wchar_t *driver;
    wchar_t *self;
    wchar_t *program_folder;
    wchar_t *tool;
    wchar_t *policy_folder;
    wchar_t *group;
    bool demand;
    bool made_program_folder;
    bool made_tool;
    bool made_policy_folder;
    bool made_driver;
    bool made_service;
};

static void plan(struct installation *installation, const struct vg_arguments *arguments)
{
    const char *driver = vg_arguments_value(arguments, "driver");
    const char *group = vg_arguments_value(arguments, "group");
    wchar_t *here;

    installation->self = vg_path_self();
    here = vg_path_folder(installation->self);
    installation->driver_from = driver ? vg_wide(driver) : vg_wide_join(here, L"\\vigil.sys", NULL);
    free(here);
    installation->driver = vg_path_driver();
    installation->program_folder = vg_path_program_folder();
    installation->tool = vg_wide_join(installation->program_folder, L"\\vigil.exe", NULL);
    installation->policy_folder = vg_path_policy_folder();
    installation->group = group ? vg_wide(group) : NULL;
    installation->demand = vg_arguments_flag(arguments, "demand");
}

static void forget(struct installation *installation)
{
    free(installation->driver_from);
    free(installation->driver);
    free(installation->self);
    free(installation->program_folder);
    free(installation->tool);
    free(installation->policy_folder);
    free(installation->group);
}

/* Says what failed; returns whether the step was done. */
static bool step(DWORD error, const char *what, const wchar_t *where)
{
    char *name;

    if (!error)
        return true;
    name = vg_utf8(where);
    vg_complain_win32(error, "%s %s", what, name);
    free(name);
    return false;
}

static bool is_same_file(const wchar_t *a, const wchar_t *b)
{
    wchar_t *canonical_a = vg_path_canonical(a);
    wchar_t *canonical_b = vg_path_canonical(b);
    bool same = canonical_a && canonical_b && _wcsicmp(canonical_a, canonical_b) == 0;

    free(canonical_a);
    free(canonical_b);
    return same;
}

static bool install_tool(struct installation *installation)
{
    if (!step(vg_install_folder(installation->program_folder, &installation->made_program_folder),
              "cannot make the folder", installation->program_folder))
        return false;
    if (is_same_file(installation->self, installation->tool))
        return true;
    installation->made_tool =
        step(vg_install_file(installation->self, installation->tool), "cannot write", installation->tool);
    return installation->made_tool;
}

static bool install_driver(struct installation *installation)
{
    if (!step(vg_install_policy_folder(installation->policy_folder, &installation->made_policy_folder),
              "cannot make the folder", installation->policy_folder))
        return false;
    if (is_same_file(installation->driver_from, installation->driver))
        return true;
    installation->made_driver = step(vg_install_file(installation->driver_from, installation->driver),
                                     "cannot write", installation->driver);
    return installation->made_driver;
}

static bool install_service(struct installation *installation)
{
    installation->made_service = step(vg_install_service(installation->demand, installation->group),
                                      "cannot create the service", VG_SERVICE_WIDE);
    return installation->made_service && step(vg_install_parameters(installation->tool),
                                              "cannot set the parameters of the service", VG_SERVICE_WIDE);
}

/* Takes back what was done, the last first; what was there before stays. */
static void undo(const struct installation *installation)
{
    bool at_restart;

    if (installation->made_service)
        vg_remove_service();
    if (installation->made_driver)
        vg_remove_file(installation->driver, &at_restart);
    if (installation->made_policy_folder)
        RemoveDirectoryW(installation->policy_folder);
    if (installation->made_tool)
        vg_remove_file(installation->tool, &at_restart);
    if (installation->made_program_folder)
        RemoveDirectoryW(installation->program_folder);
    vg_advise("What had been installed so far was removed again.");
}

static void say_result(const struct installation *installation)
{
    char *driver = vg_utf8(installation->driver);
    char *tool = vg_utf8(installation->tool);
    char *policy = vg_utf8(installation->policy_folder);

    printf("Installed:\n  %s\n  %s\n  %s (the policy; only SYSTEM and administrators may read or write it)\n",
           driver, tool, policy);
    printf("The driver starts %s. It runs, and decides, from: vigil load POLICY\n",
           installation->demand ? "only when it is told to (vigil start)" : "with Windows");
    free(driver);
    free(tool);
    free(policy);
}

/* A 32-bit program on 64-bit Windows is shown another System32 than the kernel's. */
static bool is_for_this_windows(void)
{
    BOOL emulated = FALSE;

    if (!IsWow64Process(GetCurrentProcess(), &emulated) || !emulated)
        return true;
    vg_complain("this vigil.exe is for 32-bit Windows, and this Windows is a 64-bit one");
    vg_advise("Install with the vigil.exe and the vigil.sys of build/windows-x64.");
    return false;
}

/* Nothing has been touched yet when this refuses. */
static bool may_install(const struct installation *installation)
{
    struct vg_service service = {0};
    DWORD error;

    if (!is_for_this_windows())
        return false;
    error = vg_service_query(&service);
    vg_service_free(&service);
    if (!error) {
        vg_complain("Vigil is installed already");
        vg_advise("To install another version: vigil uninstall --keep-policy, then vigil install.");
        return false;
    }
    if (error != ERROR_SERVICE_DOES_NOT_EXIST)
        return step(error, "cannot look for the service", VG_SERVICE_WIDE);
    return vg_driver_file_check(installation->driver_from);
}

static int run(const struct vg_arguments *arguments)
{
    struct installation installation = {0};
    bool done = false;

    plan(&installation, arguments);
    if (may_install(&installation)) {
        done = install_tool(&installation) && install_driver(&installation) && install_service(&installation);
        if (done)
            say_result(&installation);
        else
            undo(&installation);
    }
    forget(&installation);
    return done ? VG_EXIT_OK : VG_EXIT_ERROR;
}

static const struct vg_option options[] = {
    {.name = "driver", .value = "FILE", .text = "the driver (default: vigil.sys beside vigil.exe)"},
    {.name = "demand", .text = "start it only on `vigil start` or `vigil load`, not with Windows"},
    {.name = "group", .value = "NAME", .text = "the service's load order group"},
    {0},
};

const struct vg_command vg_command_install = {
    .name = "install",
    .summary = "install the driver and this program",
    .usage = "[OPTIONS]",
    .description = "Copies vigil.sys to System32\\drivers and vigil.exe to Program Files\\Vigil, makes the "
                   "folder for the policy\n"
                   "(Windows\\Vigil, closed to ordinary users) and the service Vigil. Does not start "
                   "anything. When a step fails,\n"
                   "what was done is undone. Needs an administrator.\n",
    .options = options,
    .examples = "  vigil install\n  vigil install --demand --driver D:\\build\\vigil.sys\n",
    .run = run,
};

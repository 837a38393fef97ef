#include "commands.h"

#include "failure.h"
#include "installation.h"
#include "paths.h"
#include "service.h"
#include "wide.h"

#include <stdio.h>
#include <stdlib.h>

static bool remove_file(const wchar_t *path, bool *at_restart)
{
    DWORD error = vg_remove_file(path, at_restart);
    char *name;

    if (!error)
        return true;
    name = vg_utf8(path);
    vg_complain_win32(error, "cannot remove %s", name);
    free(name);
    return false;
}

/* Removes a file in a folder, then the folder if nothing else is in it. */
static bool remove_with_folder(wchar_t *folder, const wchar_t *file, bool *at_restart)
{
    wchar_t *path = vg_wide_join(folder, file, NULL);
    bool waits = false;
    bool done = remove_file(path, &waits);

    if (waits)
        MoveFileExW(folder, NULL, MOVEFILE_DELAY_UNTIL_REBOOT);
    else
        RemoveDirectoryW(folder);
    *at_restart |= waits;
    free(path);
    free(folder);
    return done;
}

static bool remove_files(bool keep_policy, bool *at_restart)
{
    wchar_t *driver = vg_path_driver();
    bool done = remove_file(driver, at_restart);

    free(driver);
    if (!keep_policy)
        done = remove_with_folder(vg_path_policy_folder(), L"\\policy.vgp", at_restart) && done;
    return remove_with_folder(vg_path_program_folder(), L"\\vigil.exe", at_restart) && done;
}

/* A service that is not there is removed: what is left of a broken installation can still be taken away. */
static bool remove_service(bool stopped)
{
    DWORD error = vg_remove_service();

    if (error && error != ERROR_SERVICE_DOES_NOT_EXIST) {
        vg_complain_win32(error, "the service Vigil cannot be removed");
        return false;
    }
    if (error)
        vg_complain("there is no service Vigil; removing what else is left");
    else if (!stopped)
        vg_complain("the driver runs, and enforces, until Windows is restarted");
    return true;
}

/* Whether to go on, and in `*stopped` whether the driver has ended. */
static bool stop(bool force, bool *stopped)
{
    struct vg_service service = {0};
    DWORD error = vg_service_query(&service);

    vg_service_free(&service);
    *stopped = true;
    if (error)
        return true;
    *stopped = vg_service_stop() == VG_STOP_DONE;
    if (*stopped || force)
        return true;
    vg_advise("Nothing was removed. `vigil uninstall --at-restart` removes it so that it is gone after the "
              "next restart.");
    return false;
}

static int run(const struct vg_arguments *arguments)
{
    bool at_restart = false;
    bool stopped;

    if (!stop(vg_arguments_flag(arguments, "at-restart"), &stopped) || !remove_service(stopped))
        return VG_EXIT_ERROR;
    if (!remove_files(vg_arguments_flag(arguments, "keep-policy"), &at_restart))
        return VG_EXIT_ERROR;
    printf("Vigil is removed%s.\n",
           at_restart ? "; files that are in use go at the next restart of Windows" : "");
    return VG_EXIT_OK;
}

static const struct vg_option options[] = {
    {.name = "keep-policy", .text = "leave the policy where it is, for the next installation"},
    {.name = "at-restart", .text = "go on when the driver cannot be stopped: it is gone after a restart"},
    {0},
};

const struct vg_command vg_command_uninstall = {
    .name = "uninstall",
    .summary = "stop the driver and remove what was installed",
    .usage = "[OPTIONS]",
    .description = "Stops vigil.sys, deletes its service, and removes the driver, this program and the "
                   "policy. Needs an\n"
                   "administrator.\n",
    .options = options,
    .examples = "  vigil uninstall\n  vigil uninstall --keep-policy\n",
    .run = run,
};

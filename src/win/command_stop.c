#include "commands.h"

#include "service.h"

#include <stdio.h>

static int run(const struct vg_arguments *arguments)
{
    (void)arguments;
    if (vg_service_stop() != VG_STOP_DONE)
        return VG_EXIT_ERROR;
    printf("vigil.sys does not run.\n");
    return VG_EXIT_OK;
}

const struct vg_command vg_command_stop = {
    .name = "stop",
    .summary = "stop the driver",
    .usage = "",
    .description = "Ends the reads of every `vigil watch`, then stops vigil.sys. Until it is started again "
                   "nothing is decided or\n"
                   "recorded. When the stop is refused the driver goes on as before.\n",
    .examples = "  vigil stop\n",
    .run = run,
};

#include "status_words.h"

#include <vigil/abi.h>

#include <windows.h>

static const char *const enforcements[] = {
    [VG_ENFORCING] = "what the policy denies does not start",
    [VG_MONITOR_BY_POLICY] =
        "decisions are recorded, nothing is blocked: so says the policy, or `vigil mode monitor`",
    [VG_MONITOR_NO_POLICY] = "nothing is blocked: no valid policy is loaded (vigil load POLICY)",
    [VG_MONITOR_SAFE_MODE] = "nothing is blocked: Windows was started in safe mode",
    [VG_MONITOR_BOOT_FAILED] =
        "nothing is blocked: the last boot was not confirmed to be healthy (vigil confirm)",
    [VG_ENFORCING_DENIES] = "only explicit denials are enforced until this boot is confirmed (vigil confirm)",
};

static const char *const overrides[] = {
    [VG_MODE_AS_POLICY] = "policy",
    [VG_MODE_FORCE_MONITOR] = "monitor",
    [VG_MODE_FORCE_ENFORCE] = "enforce",
};

static const char *const registrations[] = {
    [VG_REGISTERED_NOT] = "none",
    [VG_REGISTERED_EX] = "PsSetCreateProcessNotifyRoutineEx",
    [VG_REGISTERED_EX2] = "PsSetCreateProcessNotifyRoutineEx2",
    [VG_REGISTERED_PLAIN] = "PsSetCreateProcessNotifyRoutine",
};

const char *vg_enforcement_sentence(uint32_t enforcement)
{
    return enforcement < ARRAYSIZE(enforcements) ? enforcements[enforcement]
                                                 : "the driver is in a state this program does not know";
}

const char *vg_override_word(uint32_t override_mode)
{
    return override_mode < ARRAYSIZE(overrides) ? overrides[override_mode] : "unknown";
}

const char *vg_registration_word(uint32_t registered_with)
{
    return registered_with < ARRAYSIZE(registrations) ? registrations[registered_with] : "unknown";
}

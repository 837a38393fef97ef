#include "critical_starts.h"

#define SYSTEM32 "%WINDIR%\\System32\\"

static const struct vg_trial_user system_user = {"S-1-5-18", "NT AUTHORITY\\SYSTEM", "System", "0x3e7", "0"};
static const struct vg_trial_user logon_user = {"S-1-5-18", "NT AUTHORITY\\SYSTEM", "System", "0x3e7", "1"};
static const struct vg_trial_user network_service = {"S-1-5-20", "NT AUTHORITY\\NETWORK SERVICE", "System",
                                                     "0x3e4", "0"};
static const struct vg_trial_user local_service = {"S-1-5-19", "NT AUTHORITY\\LOCAL SERVICE", "System",
                                                   "0x3e5", "0"};
static const struct vg_trial_user window_manager = {"S-1-5-90-0-1", NULL, "System", "0x11e5a", "1"};
static const struct vg_trial_user font_driver = {"S-1-5-96-0-1", NULL, "Low", "0x11c4b", "1"};
const struct vg_trial_start vg_critical_starts[VG_CRITICAL_STARTS] = {
    {SYSTEM32 "smss.exe", "\\SystemRoot\\System32\\smss.exe", "System", &system_user, true},
    {SYSTEM32 "autochk.exe", "\\??\\C:\\Windows\\system32\\autochk.exe *", SYSTEM32 "smss.exe", &system_user,
     true},
    {SYSTEM32 "csrss.exe",
     "%WINDIR%\\system32\\csrss.exe ObjectDirectory=\\Windows SharedSection=1024,20480,768 Windows=On "
     "SubSystemType=Windows ServerDll=basesrv,1 ServerDll=winsrv:UserServerDllInitialization,3 "
     "ServerDll=sxssrv,4 ProfileControl=Off MaxRequestThreads=16",
     SYSTEM32 "smss.exe", &system_user, true},
    {SYSTEM32 "wininit.exe", "wininit.exe", SYSTEM32 "smss.exe", &system_user, true},
    {SYSTEM32 "winlogon.exe", "winlogon.exe", SYSTEM32 "smss.exe", &logon_user, true},
    {SYSTEM32 "services.exe", SYSTEM32 "services.exe", SYSTEM32 "wininit.exe", &system_user, true},
    {SYSTEM32 "lsass.exe", SYSTEM32 "lsass.exe", SYSTEM32 "wininit.exe", &system_user, true},
    {SYSTEM32 "LsaIso.exe", SYSTEM32 "lsaiso.exe", SYSTEM32 "wininit.exe", &system_user, true},
    {SYSTEM32 "fontdrvhost.exe", "\"fontdrvhost.exe\"", SYSTEM32 "winlogon.exe", &font_driver, true},
    {SYSTEM32 "dwm.exe", "\"dwm.exe\"", SYSTEM32 "winlogon.exe", &window_manager, true},
    {SYSTEM32 "LogonUI.exe", "\"LogonUI.exe\" /flags:0x2 /state0:0xa3bf2855 /state1:0x41c64e6d",
     SYSTEM32 "winlogon.exe", &logon_user, true},
    {SYSTEM32 "svchost.exe", SYSTEM32 "svchost.exe -k DcomLaunch -p", SYSTEM32 "services.exe", &system_user,
     true},
    {SYSTEM32 "svchost.exe", SYSTEM32 "svchost.exe -k RPCSS -p", SYSTEM32 "services.exe", &network_service,
     true},
    {SYSTEM32 "svchost.exe", SYSTEM32 "svchost.exe -k LocalServiceNetworkRestricted -p -s EventLog",
     SYSTEM32 "services.exe", &local_service, true},
    {SYSTEM32 "svchost.exe", SYSTEM32 "svchost.exe -k netsvcs -p -s ProfSvc", SYSTEM32 "services.exe",
     &system_user, true},
    {SYSTEM32 "WUDFHost.exe",
     "\"%WINDIR%\\System32\\WUDFHost.exe\" -HostGUID:{193a1820-d9ac-4997-8c55-be817523f6aa} "
     "-IoEventPortName:\\UMDFCommunicationPorts\\WUDF\\HostProcess-1",
     SYSTEM32 "svchost.exe", &local_service, true},
    {SYSTEM32 "userinit.exe", SYSTEM32 "userinit.exe", SYSTEM32 "winlogon.exe", &vg_trial_person, true},
    {"%WINDIR%\\explorer.exe", "%WINDIR%\\Explorer.EXE", SYSTEM32 "userinit.exe", &vg_trial_person, true},
    {SYSTEM32 "sihost.exe", "sihost.exe", SYSTEM32 "svchost.exe", &vg_trial_person, true},
    {SYSTEM32 "taskhostw.exe", "taskhostw.exe {222A245B-E637-4AE9-A93F-A59CA119A75E}", SYSTEM32 "svchost.exe",
     &vg_trial_person, true},
    {SYSTEM32 "dllhost.exe", SYSTEM32 "DllHost.exe /Processid:{AB8902B4-09CA-4BB6-B78D-A8F59079A8D5}",
     SYSTEM32 "svchost.exe", &vg_trial_person, true},
    {SYSTEM32 "consent.exe", "consent.exe 1240 288 000001E5B8C05D70", SYSTEM32 "svchost.exe", &logon_user,
     true},
};

/* What Windows usually runs: a sample of paths and command lines. A text that is found in it says little
 * about a start, so the compiler announces rules and searches texts by what is not. It only steers speed,
 * never a verdict. */
#ifndef VG_POLICY_COMPILE_TYPICAL_H
#define VG_POLICY_COMPILE_TYPICAL_H

static const char *const vg_typical_text[] = {
    "C:\\Windows\\System32\\svchost.exe -k netsvcs -p -s",
    "\"C:\\Windows\\system32\\cmd.exe\" /c ",
    "\"C:\\Windows\\SysWOW64\\WindowsPowerShell\\v1.0\\powershell.exe\"",
    "powershell.exe -NoProfile -NonInteractive -ExecutionPolicy Bypass -File -Command",
    "C:\\Windows\\System32\\rundll32.exe C:\\Windows\\System32\\shell32.dll,",
    "C:\\Windows\\explorer.exe /factory, -Embedding",
    "\"C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe\" --type=renderer --lang=en-US",
    "\"C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe\" --type=utility --field-trial-handle=",
    "\"C:\\Program Files\\Common Files\\Microsoft Shared\\ClickToRun\\OfficeClickToRun.exe\" /service",
    "C:\\Users\\user\\AppData\\Local\\Temp\\",
    "C:\\Users\\user\\AppData\\Roaming\\Microsoft\\Windows\\",
    "C:\\ProgramData\\Microsoft\\Windows Defender\\Platform\\MsMpEng.exe",
    "C:\\Windows\\System32\\conhost.exe 0xffffffff -ForceV1",
    "C:\\Windows\\System32\\services.exe",
    "C:\\Windows\\System32\\wbem\\wmiprvse.exe -secured -Embedding",
    "C:\\Windows\\System32\\taskhostw.exe",
    "C:\\Windows\\System32\\msiexec.exe /V",
    "C:\\Windows\\System32\\dllhost.exe /Processid:{",
    "C:\\Windows\\System32\\reg.exe add HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\",
    "C:\\Windows\\System32\\net.exe user /add",
    "schtasks.exe /create /tn /tr /sc",
    "http://www. https:// .com .dll .exe .ps1",
};

#endif

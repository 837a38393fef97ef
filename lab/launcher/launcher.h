/* lab.exe: starts programs under the debug API and tells lab.sys of everything that happens in their tree. */
#ifndef LAB_LAUNCHER_H
#define LAB_LAUNCHER_H

#include <windows.h>

#include "../protocol.h"

enum lab_exit { LAB_EXIT_USAGE = 120, LAB_EXIT_FAILED = 121, LAB_EXIT_DENIED = 122, LAB_EXIT_TIMEOUT = 124 };

/* trace.c: runs the program and waits for its whole tree; returns its exit code. `seconds` 0: no time limit.
 */
int lab_trace(WCHAR *command_line, DWORD seconds);

/* report.c: what goes to lab.sys. `lab_report_open` says FALSE when lab.sys is not there. */
BOOL lab_report_open(void);
struct lab_answer lab_report_created(DWORD process_id, DWORD thread_id, HANDLE process);
void lab_report_exited(DWORD process_id, DWORD exit_code);
void lab_report_loaded(DWORD process_id, HANDLE process, PVOID base, const WCHAR *image);
BOOL lab_report_status(struct lab_status *status);

/* inject.c: has the hook loaded by a process's first thread before the program's own code runs, where no hook
 * did it. */
BOOL lab_inject_start(BOOL here);
BOOL lab_inject(HANDLE process, HANDLE thread);
BOOL lab_inject_is_hook(const WCHAR *image);

/* service.c */
int lab_service(int argc, WCHAR **argv);

/* Says what failed, with the Win32 error. */
void lab_complain(const char *what, DWORD error);

#endif

/* Standard output and standard error speak UTF-8: as raw bytes into files and pipes, through WriteConsoleW on
 * a console, whatever code page that has. */
#ifndef VG_WIN_CONSOLE_H
#define VG_WIN_CONSOLE_H

/* Call once, first thing. What was printed is out when the program ends by exit() or by returning from main.
 */
void vg_console_begin(void);

#endif

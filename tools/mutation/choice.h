/* Put before every source that has faults at choice (choice.py): which of them is there is said when the
 * program starts.
 *
 * VIGIL_FAULT=FILE:NUMBER says which. VIGIL_FAULTS_REACHED=FILE has the number of every fault written to FILE
 * that would have made a difference where it stands, the first time. Without either the program is as it was.
 */
#ifndef VG_FAULT_FILE
#error "which source this is"
#endif

extern char *getenv(const char *name);
extern int open(const char *path, int flags, ...);
extern long write(int file, const void *bytes, unsigned long count);
extern int close(int file);

static int vg_fault_chosen; /* 0: none; -1: those that are reached are written down */
static const char *vg_fault_reached;
static unsigned char vg_fault_seen[4096];

__attribute__((constructor)) static void vg_fault_choose(void)
{
    const char *chosen = getenv("VIGIL_FAULT"), *file = VG_FAULT_FILE;
    vg_fault_reached = getenv("VIGIL_FAULTS_REACHED");
    vg_fault_chosen = vg_fault_reached ? -1 : 0;
    if (!chosen)
        return;
    while (*file && *chosen == *file) {
        chosen++;
        file++;
    }
    if (*file || *chosen != ':')
        return;
    for (chosen++; *chosen; chosen++)
        vg_fault_chosen = 10 * vg_fault_chosen + (*chosen - '0');
}

static int vg_fault_note(int number)
{
    char line[] = VG_FAULT_FILE ":0000\n";
    int file;
    if (__atomic_exchange_n(&vg_fault_seen[number], 1, __ATOMIC_RELAXED))
        return 0;
    for (int at = (int)sizeof(line) - 3, rest = number; rest; rest /= 10)
        line[at--] = (char)('0' + rest % 10);
    file = open(vg_fault_reached, 02001); /* to write, at the end */
    (void)write(file, line, sizeof(line) - 1);
    close(file);
    return 0;
}

/* Whether this fault is there. */
static inline int vg_fault(int number)
{
    return __builtin_expect(vg_fault_chosen != 0, 0) &&
           (vg_fault_chosen == number || (vg_fault_chosen < 0 && vg_fault_note(number)));
}

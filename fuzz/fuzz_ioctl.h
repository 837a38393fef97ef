/* How fuzz_ioctl reads its bytes; make_seeds writes such. First a byte for the machine: modulo 5 its Windows,
 * 64 a policy at start, 128 safe mode. Then one thing after another: a byte whose low half is below, whose
 * bits 4 and 5 choose one of four handles, and what it takes. */
#ifndef VG_FUZZ_IOCTL_H
#define VG_FUZZ_IOCTL_H

enum fuzz_op {
    FUZZ_OPEN = 0,    /* a byte: modulo 4 the access, 4 not by an administrator */
    FUZZ_CLOSE = 1,   /* nothing */
    FUZZ_CONTROL = 2, /* a byte: the code, 8 more to mend the policy's checksum; with FUZZ_ANY_CODE four bytes
                         more that are the code; 16 bits of input size, the input, 16 bits of output size */
    FUZZ_READ = 3,    /* a byte: which of eight requests; 16 bits of length */
    FUZZ_CANCEL = 4,  /* a byte: which request */
    FUZZ_REAP = 5,    /* the same */
    FUZZ_START = 6,   /* two bytes: what, and how */
    FUZZ_IMAGE = 7,   /* a byte: how */
    FUZZ_POLICY = 8,  /* a byte: which of two good policies; 16 bits of output size */
    FUZZ_FAIL = 9,    /* a byte: which failable call from now on fails; 0 none */
    FUZZ_UNLOAD = 10, /* nothing */
    FUZZ_LOAD = 11,   /* nothing */
    FUZZ_TIME = 12,   /* 16 bits: milliseconds */
};

#define FUZZ_ANY_CODE 128

#endif

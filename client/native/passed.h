/* Files that only the process that names them can read. */
#ifndef LINKD_PASSED_H
#define LINKD_PASSED_H

#include <stdbool.h>

/* Bytes that are read of a device, such as a terminal, and of anything else. */
#define PASSED_DEVICE_BYTES_MAX (16L << 20)
#define PASSED_BYTES_MAX (4L << 30)

/*
 * Replaces the words of a linker's command line that name a pipe, a terminal, a device or an open
 * file of this process (`@<(...)`, `-T /dev/stdin`) by ones that name a copy in memory, which the
 * daemon can read while this process lives. Each is read once, to its end. False when memory is
 * short or one cannot be read; errno says why, EFBIG that it gives more than the limits above, and
 * the word is in `*fault`. Files that are named as objects and libraries are (`x.o`) are not looked
 * at: thousands of system calls would say that they are files.
 */
bool pass_files(char **arguments, const char **fault);

#endif

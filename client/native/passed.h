/* Files that only the process that names them can read. */
#ifndef LINKD_PASSED_H
#define LINKD_PASSED_H

#include <stdbool.h>

/*
 * Replaces the words of a linker's command line that name a pipe, a terminal, a device or an open
 * file of this process (`@<(...)`, `-T /dev/stdin`) by ones that name a copy in memory, which the
 * daemon can read while this process lives. Each is read once, to its end. False when memory is
 * short or one cannot be read; errno says why, and the word is in `*fault`.
 */
bool pass_files(char **arguments, const char **fault);

#endif

/**
 * The ELF format: headers, synthetic tables and notes. What depends on the machine is in a package
 * below this one. Knows nothing of gRPC and of other formats.
 */
@NullMarked
package dev.linkd.elf;

import org.jspecify.annotations.NullMarked;

/**
 * Parsers for inputs: ELF objects, shared libraries, archives and linker scripts. Each parser
 * checks everything once and then is a view over the bytes, so its accessors need no checks.
 */
@NullMarked
package dev.linkd.object;

import org.jspecify.annotations.NullMarked;

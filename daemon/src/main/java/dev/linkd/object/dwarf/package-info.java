/** DWARF as far as diagnostics need it: which source line a place in an object comes from. */
@NullMarked
package dev.linkd.object.dwarf;

import org.jspecify.annotations.NullMarked;

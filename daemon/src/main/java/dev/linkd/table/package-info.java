/** Flat off-heap tables of primitives in reserved address ranges. */
@NullMarked
package dev.linkd.table;

import org.jspecify.annotations.NullMarked;

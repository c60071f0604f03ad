/** Benchmarks of the parts whose cost decides that of an update. */
@NullMarked
package dev.linkd.bench;

import org.jspecify.annotations.NullMarked;

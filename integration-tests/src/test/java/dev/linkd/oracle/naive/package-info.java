/** The naive reference linker: everything from scratch, by the simplest means, each time. */
@NullMarked
package dev.linkd.oracle.naive;

import org.jspecify.annotations.NullMarked;

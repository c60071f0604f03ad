/** The resident image of an output file and the tree of ranges over it. */
@NullMarked
package dev.linkd.mapped;

import org.jspecify.annotations.NullMarked;

/**
 * Contents of input files, held once per daemon and counted: whoever links the same file, or a copy
 * of it, shares the bytes and what was parsed from them.
 */
@NullMarked
package dev.linkd.store;

import org.jspecify.annotations.NullMarked;

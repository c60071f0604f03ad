/** The only package that calls native functions. */
@NullMarked
package dev.linkd.os;

import org.jspecify.annotations.NullMarked;

/** Diagnostics: what is wrong with an input or a request, where, and what to do about it. */
@NullMarked
package dev.linkd.diag;

import org.jspecify.annotations.NullMarked;

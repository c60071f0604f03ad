/**
 * The command line of {@code ld}: options, search for libraries, and the translation of an
 * invocation into edits of a resident output.
 */
@NullMarked
package dev.linkd.driver;

import org.jspecify.annotations.NullMarked;

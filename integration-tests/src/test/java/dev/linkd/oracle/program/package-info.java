/**
 * Random programs of real x86-64 code whose behaviour is known, and random edits of them. What a
 * program prints is computed twice: by running it, and by {@link Evaluator} from its description.
 */
@NullMarked
package dev.linkd.oracle.program;

import org.jspecify.annotations.NullMarked;

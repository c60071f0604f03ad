/**
 * Coverage-guided fuzzing of what the daemon reads: input files here, update streams in session.
 */
@NullMarked
package dev.linkd.fuzz;

import org.jspecify.annotations.NullMarked;

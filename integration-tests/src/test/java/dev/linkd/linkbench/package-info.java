/**
 * The benchmark of whole links: linkd beside other linkers, on generated and on real programs.
 * {@code bin/bench-link} runs it.
 */
@NullMarked
package dev.linkd.linkbench;

import org.jspecify.annotations.NullMarked;

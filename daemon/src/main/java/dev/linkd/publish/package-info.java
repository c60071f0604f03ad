/**
 * Generations on disk: how a resident image becomes the file that others open, atomically and at
 * the cost of the change. Knows neither symbols nor formats.
 */
@NullMarked
package dev.linkd.publish;

import org.jspecify.annotations.NullMarked;

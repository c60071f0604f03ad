/**
 * The life of one output: apply updates, settle, publish; and the format-neutral interfaces that
 * the formats implement. Knows nothing of gRPC.
 */
@NullMarked
package dev.linkd.output;

import org.jspecify.annotations.NullMarked;

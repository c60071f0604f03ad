/**
 * The independent checker of linkd: compares what was published with what the inputs mean. It
 * shares no resolution or placement code with the engine.
 */
@NullMarked
package dev.linkd.oracle;

import org.jspecify.annotations.NullMarked;

/** Talking to the daemon: connecting, starting it when none runs, streaming updates. */
@NullMarked
package dev.linkd.client;

import org.jspecify.annotations.NullMarked;

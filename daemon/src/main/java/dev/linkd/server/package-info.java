/** The process: command line, runtime directory, sockets, health, metrics, start and stop. */
@NullMarked
package dev.linkd.server;

import org.jspecify.annotations.NullMarked;

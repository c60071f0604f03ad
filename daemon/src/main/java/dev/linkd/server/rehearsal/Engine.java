package dev.linkd.server.rehearsal;

import dev.linkd.output.LinkDriver;
import dev.linkd.output.OutputFactory;
import java.util.Optional;

/**
 * What is rehearsed: formats and driver, made for the rehearsal alone, so that no input of it stays
 * with the daemon.
 *
 * @param driver empty: only streams are rehearsed
 * @param end gives up what the two hold besides outputs
 */
public record Engine(OutputFactory outputs, Optional<LinkDriver> driver, Runnable end) {}

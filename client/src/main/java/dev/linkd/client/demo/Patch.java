package dev.linkd.client.demo;

import dev.linkd.v1.FlushReport;
import dev.linkd.v1.InputOutcome;
import java.util.List;

/**
 * What the daemon did for one change.
 *
 * @param inputs what the files changed
 * @param report what was done and published
 * @param roundTripNanos time from the request until the answer that the program is published
 */
public record Patch(List<InputOutcome> inputs, FlushReport report, long roundTripNanos) {}

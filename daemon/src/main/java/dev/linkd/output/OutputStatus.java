package dev.linkd.output;

/**
 * What is resident for an output.
 *
 * @param residentBytes committed bytes of all tables and of the image
 * @param lastEvent one line: what happened last
 */
public record OutputStatus(
    long generation,
    boolean resident,
    long inputs,
    long atoms,
    long symbols,
    long relocations,
    long nodes,
    long fileBytes,
    long slackBytes,
    long residentBytes,
    long flushes,
    long failedFlushes,
    FlushResult.Statistics lastFlush,
    String lastEvent) {}

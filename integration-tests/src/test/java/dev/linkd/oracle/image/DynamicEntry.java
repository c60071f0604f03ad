package dev.linkd.oracle.image;

/** An entry of the dynamic section. */
public record DynamicEntry(long tag, long value) {}

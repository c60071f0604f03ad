package dev.linkd.oracle.model;

/** A field of an atom that holds a value computed from the address of its target. */
public record Relocation(long offset, int kind, Space space, String target, long addend) {}

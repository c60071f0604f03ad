package dev.linkd.client.demo;

/**
 * A change of the program, and what it prints afterwards.
 *
 * @param title what was done
 * @param note what there is to know about the numbers; may be empty
 * @param compileNanos time that the compiler took
 * @param patch what the daemon did
 * @param output what the program printed
 */
public record Step(String title, String note, long compileNanos, Patch patch, String output) {}

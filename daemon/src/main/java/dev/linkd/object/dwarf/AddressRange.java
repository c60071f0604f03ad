package dev.linkd.object.dwarf;

/**
 * Addresses that a unit describes.
 *
 * @param to the first address behind
 */
public record AddressRange(long from, long to) {}

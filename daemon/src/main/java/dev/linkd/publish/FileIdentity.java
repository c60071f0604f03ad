package dev.linkd.publish;

/**
 * What tells a file from all others, also from a later one with the same inode number.
 *
 * @param device device number
 * @param inode inode number
 * @param birthTime when the inode was made, in nanoseconds since the epoch; 0 where that is not
 *     recorded
 */
public record FileIdentity(long device, long inode, long birthTime) {}

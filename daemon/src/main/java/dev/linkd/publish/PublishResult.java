package dev.linkd.publish;

/**
 * A generation that is published.
 *
 * @param generation its number; the first is 1
 * @param method how it came to the disk
 * @param bytesWritten bytes handed to the kernel
 * @param ranges contiguous pieces that were written
 * @param systemCalls all system calls of the publish
 * @param why why the spare was not patched; empty when it was
 * @param warning what did not work although the generation is published; usually empty
 */
public record PublishResult(
    long generation,
    Method method,
    long bytesWritten,
    int ranges,
    int systemCalls,
    String why,
    String warning) {

  /** Ways to write a generation. */
  public enum Method {
    /** The changed ranges were written to the spare, which then changed places with the output. */
    PATCHED_SPARE,
    /** A new file shares the published blocks; the changed ranges were written to it. */
    CLONED,
    /** A new file was written whole and changed places with the published generation. */
    FULL_COPY,
    /** A new file was written whole; nothing of ours was published at the path. */
    FRESH,
    /** The path is a character device, which took all bytes. */
    DEVICE
  }
}

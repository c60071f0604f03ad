package dev.linkd.store;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * What is known about a path: the content that was read and the stamp that it had.
 *
 * @param settled the stamp is old enough to prove that the content is unchanged while it is the
 *     same
 */
record CachedFile(
    Path path, MemorySegment nativePath, Stamp stamp, boolean settled, Content content) {

  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }
}

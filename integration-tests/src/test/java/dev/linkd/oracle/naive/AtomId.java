package dev.linkd.oracle.naive;

/** An atom of a model: its stream and its key in it. */
public record AtomId(String stream, String key) {
  @Override
  public String toString() {
    return stream + "/" + key;
  }
}

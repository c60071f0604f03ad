package dev.linkd.oracle.model;

import java.util.LinkedHashMap;
import java.util.Map;

/** All inputs of an output: streams by name, in the order in which they were first added. */
public final class Model {
  private final Map<String, StreamModel> streams = new LinkedHashMap<>();

  public Map<String, StreamModel> streams() {
    return streams;
  }

  public StreamModel stream(String name) {
    return streams.computeIfAbsent(name, n -> new StreamModel());
  }

  public Model copy() {
    Model copy = new Model();
    streams.forEach((name, stream) -> copy.streams.put(name, stream.copy()));
    return copy;
  }

  public int atoms() {
    return streams.values().stream().mapToInt(s -> s.atoms().size()).sum();
  }
}

package dev.linkd.oracle.image;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Collects what is wrong, one sentence each. */
public final class Problems {
  private final List<String> found = new ArrayList<>();

  public void add(String format, Object... arguments) {
    found.add(String.format(format, arguments));
  }

  /** Records the sentence unless the condition holds; returns the condition. */
  public boolean require(boolean condition, String format, Object... arguments) {
    if (!condition) {
      add(format, arguments);
    }
    return condition;
  }

  public List<String> found() {
    return Collections.unmodifiableList(found);
  }
}

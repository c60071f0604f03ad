package dev.linkd.linkbench;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;

/**
 * What a daemon holds after a collection of its heap, in KiB. Its resident memory cannot tell what
 * a few outputs add to it: it depends on what earlier links and compilers have left free, and the
 * contents of inputs are moved to a file while nobody links.
 *
 * @param ownKib tables and images of outputs, and the objects on the heap
 * @param contentsKib contents of inputs, be they in memory or in the file
 * @param residentKib what the kernel counts
 */
record Holdings(double ownKib, double contentsKib, double residentKib) {
  private static final double KIB = 1024;

  /** The ending of the names of values that are without the contents of inputs. */
  static final String WITHOUT_CONTENTS = ", without the contents of inputs";

  /**
   * Of the answer to a request for statistics.
   *
   * @param residentKib see there
   */
  static Holdings of(JsonObject stats, long residentKib) {
    return new Holdings(
        kib(stats, "residentBytes") + kib(stats, "heapBytes"),
        kib(stats, "inputBytes"),
        residentKib);
  }

  /** A field that is 0 may be missing. */
  private static double kib(JsonObject stats, String field) {
    JsonElement bytes = stats.get(field);
    return bytes == null ? 0 : bytes.getAsLong() / KIB;
  }

  /**
   * Notes what was added to other holdings, for each of some executables.
   *
   * @param whose name of the value
   */
  void note(ProgramResult result, String whose, Holdings before, int executables) {
    double own = (ownKib - before.ownKib) / executables;
    double contents = (contentsKib - before.contentsKib) / executables;
    result.value(whose, own + contents);
    result.value(whose + WITHOUT_CONTENTS, own);
    result.value(whose + ", resident", (residentKib - before.residentKib) / executables);
  }
}

package dev.linkd.linkbench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Repeated measurements of one case with one linker. */
final class Series {
  private final List<Double> millis = new ArrayList<>();
  private long peakKib;
  private int fullLinks;
  private final List<String> reasons = new ArrayList<>();

  void add(Timed.Run run) {
    millis.add(run.millis());
    peakKib = Math.max(peakKib, run.peakKib());
    // What stands before is the path of an output, which nobody but this machine knows.
    int reason = run.messages().indexOf("linked anew");
    if (reason >= 0) {
      fullLinks++;
      reasons.add(run.messages().substring(reason).strip());
    }
  }

  /** A measurement of which only the time counts. */
  void add(double time) {
    millis.add(time);
  }

  List<Double> millis() {
    return Collections.unmodifiableList(millis);
  }

  long peakKib() {
    return peakKib;
  }

  /** How many of the runs did not patch. */
  int fullLinks() {
    return fullLinks;
  }

  List<String> reasons() {
    return Collections.unmodifiableList(reasons);
  }

  double median() {
    return quantile(0.5);
  }

  /** The value that so large a part of the measurements does not exceed. */
  double quantile(double part) {
    List<Double> sorted = millis.stream().sorted().toList();
    return sorted.get(Math.min(sorted.size() - 1, (int) (sorted.size() * part)));
  }
}

package dev.linkd.elf;

import dev.linkd.diag.Code;
import dev.linkd.diag.Diagnostic;
import dev.linkd.diag.Diagnostic.Severity;
import dev.linkd.diag.Place;
import dev.linkd.publish.PublishException;
import java.util.ArrayList;
import java.util.List;

/** Diagnostics of one flush, at most {@value #LIMIT} of them. */
final class Problems {

  /** As many as a person reads; the rest is counted. */
  static final int LIMIT = 100;

  private final boolean tolerant;
  private final List<Diagnostic> list = new ArrayList<>();
  private int errors;
  private int omitted;

  /**
   * @param tolerant faults are warnings
   */
  Problems(boolean tolerant) {
    this.tolerant = tolerant;
  }

  void add(Diagnostic diagnostic) {
    boolean error = diagnostic.severity() == Severity.ERROR;
    boolean publish = diagnostic.code() == Code.PUBLISH_FAILED;
    note(error && tolerant && !publish ? asWarning(diagnostic) : diagnostic);
  }

  private static Diagnostic asWarning(Diagnostic error) {
    return new Diagnostic(
        Severity.WARNING, error.code(), error.message(), error.place(), error.notes());
  }

  private void note(Diagnostic diagnostic) {
    if (diagnostic.severity() == Severity.ERROR) {
      errors++;
    }
    if (list.size() < LIMIT) {
      list.add(diagnostic);
    } else {
      omitted++;
    }
  }

  /** The output could not be published. */
  void add(PublishException fault) {
    add(
        Diagnostic.error(
            Code.PUBLISH_FAILED,
            Place.input(fault.path().toString()),
            fault.fault(),
            fault.advice()));
  }

  boolean errors() {
    return errors > 0;
  }

  int size() {
    return list.size() + omitted;
  }

  List<Diagnostic> list() {
    return list.isEmpty() ? List.of() : List.copyOf(list);
  }

  int omitted() {
    return omitted;
  }

  void clear() {
    list.clear();
    errors = 0;
    omitted = 0;
  }
}

package dev.linkd.elf;

import dev.linkd.diag.Code;
import dev.linkd.diag.Diagnostic;
import dev.linkd.diag.Diagnostic.Severity;
import dev.linkd.diag.Place;
import dev.linkd.output.UndefinedRules.Faults;
import dev.linkd.publish.PublishException;
import java.util.ArrayList;
import java.util.List;

/** Diagnostics of one flush, at most {@value #LIMIT} of them. */
final class Problems {

  /** As many as a person reads; the rest is counted. */
  static final int LIMIT = 100;

  private final Faults faults;
  private final List<Diagnostic> list = new ArrayList<>();
  private int errors;
  private int omitted;

  /**
   * @param faults which of them keep the output from being made
   */
  Problems(Faults faults) {
    this.faults = faults;
  }

  void add(Diagnostic diagnostic) {
    boolean publish = diagnostic.code() == Code.PUBLISH_FAILED;
    note(
        switch (faults) {
          case ERRORS -> diagnostic;
          case NONE -> publish ? diagnostic : with(Severity.WARNING, diagnostic);
          case WARNINGS -> with(Severity.ERROR, diagnostic);
        });
  }

  private static Diagnostic with(Severity severity, Diagnostic diagnostic) {
    return new Diagnostic(
        severity, diagnostic.code(), diagnostic.message(), diagnostic.place(), diagnostic.notes());
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

package dev.linkd.diag;

import java.util.List;

/**
 * One message for the user.
 *
 * @param severity whether it prevents a publish
 * @param code the kind of fault, stable across versions
 * @param message one sentence that says what is wrong, without the place
 * @param place where it was found
 * @param notes further places or advice, one sentence each
 */
public record Diagnostic(
    Severity severity, Code code, String message, Place place, List<String> notes) {

  /** Whether a diagnostic prevents a publish. */
  public enum Severity {
    ERROR,
    WARNING
  }

  /** Copies the notes. */
  public Diagnostic {
    notes = List.copyOf(notes);
  }

  public static Diagnostic error(Code code, Place place, String message, String... notes) {
    return new Diagnostic(Severity.ERROR, code, message, place, List.of(notes));
  }

  public static Diagnostic warning(Code code, Place place, String message, String... notes) {
    return new Diagnostic(Severity.WARNING, code, message, place, List.of(notes));
  }

  /** The form that linkers print: {@code input:(section+0xoffset): message}. */
  @Override
  public String toString() {
    String where = code.placedInNotes() && !notes.isEmpty() ? "" : place.toString();
    StringBuilder text = new StringBuilder(where.isEmpty() ? "" : where + ": ").append(message);
    for (String note : notes) {
      text.append("\n>>> ").append(note);
    }
    return text.toString();
  }
}

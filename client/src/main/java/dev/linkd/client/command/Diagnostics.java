package dev.linkd.client.command;

import dev.linkd.rendezvous.Terminal;
import dev.linkd.v1.Diagnostic;
import dev.linkd.v1.Place;
import dev.linkd.v1.Severity;
import java.util.Set;

/** Diagnostics in the form that linkers print: {@code input:(section+0xoffset): error: message}. */
final class Diagnostics {
  /** Codes of diagnostics whose notes name the places. */
  private static final Set<String> PLACED_IN_NOTES = Set.of("UNDEFINED_SYMBOL", "DUPLICATE_SYMBOL");

  private Diagnostics() {}

  static String text(Diagnostic diagnostic, Colours colours) {
    StringBuilder text = new StringBuilder(place(diagnostic.getPlace()));
    if (!text.isEmpty()) {
      text.append(": ");
    }
    text.append(
            diagnostic.getSeverity() == Severity.SEVERITY_WARNING
                ? colours.yellow("warning")
                : colours.red("error"))
        .append(": ")
        .append(diagnostic.getMessage());
    for (String note : diagnostic.getNotesList()) {
      text.append("\n>>> ").append(note);
    }
    return text.toString();
  }

  /** In the form of LLVM's linker: {@code error: input:(section+0xoffset): message}. */
  static String linkerText(Diagnostic diagnostic, boolean coloured) {
    boolean warning = diagnostic.getSeverity() == Severity.SEVERITY_WARNING;
    StringBuilder text =
        new StringBuilder(warning ? Terminal.warning(coloured) : Terminal.error(coloured));
    boolean placed =
        PLACED_IN_NOTES.contains(diagnostic.getCode()) && diagnostic.getNotesCount() > 0;
    String place = placed ? "" : place(diagnostic.getPlace());
    text.append(' ').append(place).append(place.isEmpty() ? "" : ": ");
    text.append(diagnostic.getMessage());
    for (String note : diagnostic.getNotesList()) {
      text.append("\n>>> ").append(note);
    }
    return text.toString();
  }

  private static String place(Place place) {
    StringBuilder text = new StringBuilder(place.getInput());
    if (!place.getSection().isEmpty() || place.hasOffset()) {
      text.append(text.isEmpty() ? "(" : ":(").append(place.getSection());
      if (place.hasOffset()) {
        text.append("+0x").append(Long.toHexString(place.getOffset()));
      }
      text.append(')');
    }
    return text.toString();
  }
}

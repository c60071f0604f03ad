package dev.linkd.session;

import dev.linkd.diag.Place;
import dev.linkd.v1.Diagnostic;
import dev.linkd.v1.Severity;

/** Diagnostics as messages of the API. */
final class DiagnosticMessages {
  private DiagnosticMessages() {}

  static Diagnostic of(dev.linkd.diag.Diagnostic diagnostic) {
    return Diagnostic.newBuilder()
        .setSeverity(
            switch (diagnostic.severity()) {
              case ERROR -> Severity.SEVERITY_ERROR;
              case WARNING -> Severity.SEVERITY_WARNING;
            })
        .setCode(diagnostic.code().name())
        .setMessage(diagnostic.message())
        .setPlace(of(diagnostic.place()))
        .addAllNotes(diagnostic.notes())
        .build();
  }

  private static dev.linkd.v1.Place of(Place place) {
    dev.linkd.v1.Place.Builder message =
        dev.linkd.v1.Place.newBuilder()
            .setInput(place.input())
            .setSection(place.section())
            .setSymbol(place.symbol());
    if (place.offset() != Place.NO_OFFSET) {
      message.setOffset(place.offset());
    }
    return message.build();
  }
}

package dev.linkd.driver;

import dev.linkd.diag.Code;
import dev.linkd.diag.Diagnostic;
import dev.linkd.diag.Diagnostic.Severity;
import dev.linkd.diag.Place;
import dev.linkd.output.LinkDriver.Events;
import org.jspecify.annotations.Nullable;

/** Sends diagnostics to the caller and counts errors. */
final class Messages {
  private final Events events;
  private boolean fatalWarnings;
  private boolean warnings = true;
  private int limit = Plan.ERROR_LIMIT_DEFAULT;
  private long errors;
  private @Nullable WrittenPaths paths;

  Messages(Events events) {
    this.events = events;
  }

  /** Paths are shown as the user wrote them. */
  void show(WrittenPaths written) {
    paths = written;
  }

  /** What the command line says about messages. */
  void follow(Plan plan) {
    fatalWarnings = plan.fatalWarnings;
    warnings = plan.warnings;
    limit = plan.errorLimit;
    if (plan.colour != Plan.Colour.AUTO) {
      events.colour(plan.colour == Plan.Colour.ALWAYS);
    }
  }

  void usage(String sentence) {
    send(Diagnostic.error(Code.INVALID_REQUEST, Place.NONE, sentence));
  }

  void send(Diagnostic diagnostic) {
    if (diagnostic.severity() == Severity.WARNING) {
      if (fatalWarnings) {
        error(asError(diagnostic));
      } else if (warnings) {
        events.diagnostic(shown(diagnostic));
      }
    } else {
      error(diagnostic);
    }
  }

  private void error(Diagnostic diagnostic) {
    errors++;
    if (limit == 0 || errors <= limit) {
      events.diagnostic(shown(diagnostic));
    } else if (errors == limit + 1L) {
      events.diagnostic(
          Diagnostic.error(
              Code.LIMIT_EXCEEDED,
              Place.NONE,
              "too many errors emitted, stopping now (use --error-limit=0 to see all errors)"));
    }
  }

  private Diagnostic shown(Diagnostic diagnostic) {
    WrittenPaths written = paths;
    if (written == null) {
      return diagnostic;
    }
    Place place = diagnostic.place();
    return new Diagnostic(
        diagnostic.severity(),
        diagnostic.code(),
        written.shown(diagnostic.message()),
        new Place(written.shown(place.input()), place.section(), place.symbol(), place.offset()),
        diagnostic.notes().stream().map(written::shown).toList());
  }

  private static Diagnostic asError(Diagnostic warning) {
    return new Diagnostic(
        Severity.ERROR, warning.code(), warning.message(), warning.place(), warning.notes());
  }

  /** Whether the link has failed. */
  boolean failed() {
    return errors > 0;
  }
}

package dev.linkd.driver;

import dev.linkd.diag.Code;
import dev.linkd.diag.Diagnostic;
import dev.linkd.diag.Diagnostic.Severity;
import dev.linkd.diag.Place;
import dev.linkd.object.demangle.Demangler;
import dev.linkd.output.LinkDriver.Events;
import org.jspecify.annotations.Nullable;

/** Sends diagnostics to the caller and counts errors. */
final class Messages {
  private final Events events;
  private boolean fatalWarnings;
  private boolean warnings = true;
  private int limit = Plan.ERROR_LIMIT_DEFAULT;
  private boolean demangle = true;
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
    demangle = plan.demangle;
    if (plan.colour != Plan.Colour.AUTO) {
      events.colour(plan.colour == Plan.Colour.ALWAYS);
    }
  }

  void usage(String sentence) {
    send(Diagnostic.error(Code.INVALID_REQUEST, Place.NONE, sentence));
  }

  void send(Diagnostic diagnostic) {
    if (diagnostic.severity() == Severity.WARNING) {
      if (fatalWarnings && warnings) {
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

  /** As people read it: paths as they were written, names as in the source. */
  private Diagnostic shown(Diagnostic diagnostic) {
    Place place = diagnostic.place();
    return new Diagnostic(
        diagnostic.severity(),
        diagnostic.code(),
        shown(diagnostic.message()),
        new Place(path(place.input()), place.section(), place.symbol(), place.offset()),
        diagnostic.notes().stream().map(this::shown).toList());
  }

  private String shown(String text) {
    String whole = path(text);
    return demangle ? Demangler.demangleAll(whole) : whole;
  }

  private String path(String text) {
    WrittenPaths written = paths;
    return written == null ? text : written.shown(text);
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

package dev.linkd.session;

import dev.linkd.diag.Diagnostic;
import java.util.Map;
import java.util.Optional;

/** A call that fails, with everything that the caller is told. */
public final class RequestException extends Exception {
  private static final long serialVersionUID = 1L;

  private final Reason reason;

  /** Path of the field that is at fault; empty when it is none. */
  private final String field;

  @SuppressWarnings("serial") // never serialised; the exception stays inside the daemon
  private final Map<String, String> metadata;

  @SuppressWarnings("serial")
  private final Optional<Diagnostic> diagnostic;

  private RequestException(
      Reason reason,
      String message,
      String field,
      Map<String, String> metadata,
      Optional<Diagnostic> diagnostic) {
    super(message);
    this.reason = reason;
    this.field = field;
    this.metadata = Map.copyOf(metadata);
    this.diagnostic = diagnostic;
  }

  public static RequestException of(Reason reason, String message) {
    return new RequestException(reason, message, "", Map.of(), Optional.empty());
  }

  static RequestException of(Reason reason, String message, Map<String, String> metadata) {
    return new RequestException(reason, message, "", metadata, Optional.empty());
  }

  static RequestException field(String field, String message) {
    return new RequestException(
        Reason.INVALID_FIELD, field + ": " + message, field, Map.of(), Optional.empty());
  }

  static RequestException limit(String what, long limit) {
    return of(
        Reason.LIMIT_EXCEEDED,
        "the daemon allows " + limit + " " + what,
        Map.of("limit", Long.toString(limit)));
  }

  static RequestException refused(Diagnostic diagnostic) {
    return new RequestException(
        Reason.OUTPUT_REFUSED, diagnostic.toString(), "", Map.of(), Optional.of(diagnostic));
  }

  public Reason reason() {
    return reason;
  }

  public String field() {
    return field;
  }

  public Map<String, String> metadata() {
    return metadata;
  }

  public Optional<Diagnostic> diagnostic() {
    return diagnostic;
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}

package dev.linkd.session;

import io.grpc.Status;

/**
 * Why a call fails. The names are part of the API: they are the {@code reason} of {@code
 * google.rpc.ErrorInfo}, and {@code docs/api.md} lists them.
 */
public enum Reason {
  /** A field is out of its range. */
  INVALID_FIELD(Status.Code.INVALID_ARGUMENT),
  /** A stream breaks its protocol: no begin, or a sequence number that does not grow. */
  OUT_OF_SEQUENCE(Status.Code.INVALID_ARGUMENT),
  /** More updates were rejected than a stream may leave unflushed. */
  TOO_MANY_REJECTIONS(Status.Code.INVALID_ARGUMENT),
  /** The handle was never given out, or its output is closed. */
  STALE_HANDLE(Status.Code.NOT_FOUND),
  /** The output was closed while the call was running. */
  OUTPUT_CLOSED(Status.Code.NOT_FOUND),
  /** Nothing knows the symbol. */
  UNKNOWN_SYMBOL(Status.Code.NOT_FOUND),
  /** The output is open with other options. */
  OPTIONS_CONFLICT(Status.Code.ALREADY_EXISTS),
  /** The output cannot be opened; the attached diagnostic says why. */
  OUTPUT_REFUSED(Status.Code.FAILED_PRECONDITION),
  /** The caller of an invocation sees other files than the daemon: it has to link by itself. */
  FOREIGN_CALLER(Status.Code.FAILED_PRECONDITION),
  /** The caller of an invocation was not built together with the daemon. */
  OTHER_BUILD(Status.Code.FAILED_PRECONDITION),
  /** A service that this daemon is put together without. */
  UNSUPPORTED(Status.Code.UNIMPLEMENTED),
  /** A limit of the daemon is reached. */
  LIMIT_EXCEEDED(Status.Code.RESOURCE_EXHAUSTED),
  /** The daemon stops. */
  DRAINING(Status.Code.UNAVAILABLE),
  /** Running calls have not ended in time. */
  DRAIN_TIMEOUT(Status.Code.DEADLINE_EXCEEDED),
  /** A defect of the daemon. */
  DEFECT(Status.Code.INTERNAL);

  private final Status.Code code;

  Reason(Status.Code code) {
    this.code = code;
  }

  Status.Code code() {
    return code;
  }
}

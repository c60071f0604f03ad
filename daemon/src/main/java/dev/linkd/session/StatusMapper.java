package dev.linkd.session;

import com.google.protobuf.Any;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import dev.linkd.diag.LinkException;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The only place where faults become gRPC statuses. */
final class StatusMapper {
  private static final Logger log = LoggerFactory.getLogger(StatusMapper.class);

  private static final String DOMAIN = "linkd.dev";

  private StatusMapper() {}

  static StatusException toStatus(Throwable fault) {
    return switch (fault) {
      case RequestException request -> toStatus(request);
      case LinkException refused -> toStatus(RequestException.refused(refused.diagnostic()));
      case StatusException status -> status;
      case StatusRuntimeException status ->
          new StatusException(status.getStatus(), status.getTrailers());
      case InterruptedException interrupted ->
          toStatus(RequestException.of(Reason.DRAINING, "the daemon is stopping"));
      default -> defect(fault);
    };
  }

  private static StatusException defect(Throwable fault) {
    log.error("A call failed through a defect", fault);
    return toStatus(RequestException.of(Reason.DEFECT, "defect in the daemon: " + fault));
  }

  private static StatusException toStatus(RequestException fault) {
    com.google.rpc.Status.Builder status =
        com.google.rpc.Status.newBuilder()
            .setCode(fault.reason().code().value())
            .setMessage(fault.getMessage())
            .addDetails(
                Any.pack(
                    ErrorInfo.newBuilder()
                        .setDomain(DOMAIN)
                        .setReason(fault.reason().name())
                        .putAllMetadata(fault.metadata())
                        .build()));
    if (!fault.field().isEmpty()) {
      status.addDetails(
          Any.pack(
              BadRequest.newBuilder()
                  .addFieldViolations(
                      BadRequest.FieldViolation.newBuilder()
                          .setField(fault.field())
                          .setDescription(fault.getMessage()))
                  .build()));
    }
    fault.diagnostic().ifPresent(d -> status.addDetails(Any.pack(DiagnosticMessages.of(d))));
    return StatusProto.toStatusException(status.build());
  }
}

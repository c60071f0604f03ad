package dev.linkd.client.command;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.linkd.client.UnavailableException;
import dev.linkd.v1.Diagnostic;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Turns what goes wrong into a message that says what to do next, and an exit code. */
final class Faults implements IExecutionExceptionHandler {
  @Override
  public int handleExecutionException(Exception fault, CommandLine line, ParseResult arguments)
      throws Exception {
    PrintWriter err = line.getErr();
    switch (fault) {
      case UnavailableException unavailable -> {
        err.println("linkctl: " + unavailable.getMessage());
        return ExitCode.UNAVAILABLE;
      }
      case StatusRuntimeException status -> {
        return report(status, err);
      }
      case RequestFault request -> {
        err.println("linkctl: " + request.getMessage());
        return ExitCode.REFUSED;
      }
      case OutputLost _ -> {
        return ExitCode.OUTPUT_LOST;
      }
      default -> throw fault;
    }
  }

  private static int report(StatusRuntimeException fault, PrintWriter err) {
    Status status = fault.getStatus();
    if (status.getCode() == Status.Code.UNAVAILABLE) {
      err.println(
          "linkctl: the connection to the daemon broke ("
              + status.getDescription()
              + "); run the command again");
      return ExitCode.UNAVAILABLE;
    }
    err.println("linkctl: " + message(fault));
    return ExitCode.REFUSED;
  }

  /** The description; without one, the name of the code. */
  private static String message(StatusRuntimeException fault) {
    @Nullable Diagnostic diagnostic = diagnostic(fault);
    if (diagnostic != null) {
      return Diagnostics.text(diagnostic, Colours.NONE);
    }
    @Nullable String description = fault.getStatus().getDescription();
    return description == null ? fault.getStatus().getCode().name() : description;
  }

  private static @Nullable Diagnostic diagnostic(StatusRuntimeException fault) {
    com.google.rpc.@Nullable Status status = StatusProto.fromThrowable(fault);
    if (status == null) {
      return null;
    }
    for (Any detail : status.getDetailsList()) {
      if (detail.is(Diagnostic.class)) {
        try {
          return detail.unpack(Diagnostic.class);
        } catch (InvalidProtocolBufferException malformed) {
          // The description of the status says the same in one line.
          return null;
        }
      }
    }
    return null;
  }
}

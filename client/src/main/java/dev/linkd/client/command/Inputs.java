package dev.linkd.client.command;

import com.google.protobuf.MessageOrBuilder;
import dev.linkd.client.UpdateStream;
import dev.linkd.v1.FlushReport;
import dev.linkd.v1.InputOutcome;
import dev.linkd.v1.InputPut;
import dev.linkd.v1.Update;
import dev.linkd.v1.UpdateResponse;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Hands input files to an output, flushes, and prints what that changed. */
final class Inputs {
  private Inputs() {}

  /** Returns the exit code. */
  static int apply(UpdateStream updates, List<Path> files, Printer printer) throws Exception {
    for (Path file : files) {
      updates.send(
          Update.newBuilder()
              .setPutInput(
                  InputPut.newBuilder()
                      .setKey(file.toAbsolutePath().normalize().toString())
                      .setPath(file.toAbsolutePath().normalize().toString()))
              .build());
    }
    FlushReport report = updates.flush();
    List<InputOutcome> outcomes = updates.takeInputs();
    if (printer.json()) {
      Map<String, MessageOrBuilder> members = new LinkedHashMap<>();
      members.put("inputs", UpdateResponse.newBuilder().addAllInputs(outcomes).build());
      members.put("report", report);
      printer.messages(members);
      return Printer.failed(report) ? ExitCode.LINK_ERRORS : ExitCode.OK;
    }
    print(files, outcomes, printer);
    return printer.report(report);
  }

  /** Each file is a request of its own; the stream's begin is request 1. */
  private static void print(List<Path> files, List<InputOutcome> outcomes, Printer printer) {
    for (InputOutcome outcome : outcomes) {
      printer.line(
          "%s: %,d added, %,d changed, %,d removed, %,d same"
              .formatted(
                  files.get((int) outcome.getSequence() - 2),
                  outcome.getAtomsAdded(),
                  outcome.getAtomsChanged(),
                  outcome.getAtomsRemoved(),
                  outcome.getAtomsSame()));
    }
  }
}

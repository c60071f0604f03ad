package dev.linkd.client.command;

import com.google.protobuf.MessageOrBuilder;
import dev.linkd.client.UpdateStream;
import dev.linkd.v1.FlushReport;
import dev.linkd.v1.InputOutcome;
import dev.linkd.v1.InputPut;
import dev.linkd.v1.InputRemove;
import dev.linkd.v1.Rejection;
import dev.linkd.v1.Severity;
import dev.linkd.v1.Update;
import dev.linkd.v1.UpdateResponse;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Takes input files out of an output, hands it others, flushes, and prints what that changed. */
final class Inputs {
  /** What is wrong with an input file as a whole, or with two of them. */
  private static final Set<String> INPUT_CODES =
      Set.of(
          "INPUT_UNREADABLE",
          "MALFORMED_INPUT",
          "INCOMPATIBLE_INPUT",
          "UNSUPPORTED_INPUT",
          "DUPLICATE_SYMBOL");

  private final Map<Long, Path> sent = new HashMap<>();

  private Inputs() {}

  /** Returns the exit code. */
  static int apply(UpdateStream updates, List<Path> removed, List<Path> files, Printer printer)
      throws Exception {
    Inputs inputs = new Inputs();
    inputs.send(updates, removed, files);
    FlushReport report = updates.flush();
    List<InputOutcome> outcomes = updates.takeInputs();
    List<Rejection> rejections = updates.takeRejections();
    if (printer.json()) {
      UpdateResponse.Builder answer =
          UpdateResponse.newBuilder().addAllInputs(outcomes).addAllRejections(rejections);
      Map<String, MessageOrBuilder> members = new LinkedHashMap<>();
      members.put("inputs", answer);
      members.put("report", report);
      printer.messages(members);
      return Printer.failed(report) ? ExitCode.LINK_ERRORS : ExitCode.OK;
    }
    if (rejections.isEmpty()) {
      removed.forEach(file -> printer.line(file + ": taken out"));
    }
    inputs.print(outcomes, printer);
    int code = printer.report(report);
    adviseOnInputs(report, printer);
    return code;
  }

  /** An input that was refused keeps every later flush from publishing. */
  static void adviseOnInputs(FlushReport report, Printer printer) {
    boolean refused =
        report.getDiagnosticsList().stream()
            .filter(diagnostic -> diagnostic.getSeverity() == Severity.SEVERITY_ERROR)
            .anyMatch(diagnostic -> INPUT_CODES.contains(diagnostic.getCode()));
    if (refused) {
      printer.error("linkctl: repair the input and apply it again, or take it out: --remove=FILE");
    }
  }

  /** Each file is a request of its own, so that an answer names it. */
  private void send(UpdateStream updates, List<Path> removed, List<Path> files) {
    for (Path file : removed) {
      InputRemove remove = InputRemove.newBuilder().setKey(path(file)).setRequired(true).build();
      updates.send(Update.newBuilder().setRemoveInput(remove).build());
    }
    for (Path file : files) {
      InputPut put = InputPut.newBuilder().setPath(path(file)).build();
      sent.put(updates.send(Update.newBuilder().setPutInput(put).build()), file);
    }
  }

  private static String path(Path file) {
    return file.toAbsolutePath().normalize().toString();
  }

  private void print(List<InputOutcome> outcomes, Printer printer) {
    for (InputOutcome outcome : outcomes) {
      printer.line(
          "%s: %,d added, %,d changed, %,d removed, %,d same"
              .formatted(
                  sent.get(outcome.getSequence()),
                  outcome.getAtomsAdded(),
                  outcome.getAtomsChanged(),
                  outcome.getAtomsRemoved(),
                  outcome.getAtomsSame()));
    }
  }
}

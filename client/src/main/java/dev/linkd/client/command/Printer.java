package dev.linkd.client.command;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.util.JsonFormat;
import dev.linkd.v1.Diagnostic;
import dev.linkd.v1.FlushReport;
import dev.linkd.v1.FlushStatistics;
import dev.linkd.v1.Severity;
import java.io.PrintWriter;
import java.util.Map;

/** Prints the results of commands in the form that was asked for. */
final class Printer {
  private static final JsonFormat.Printer JSON =
      JsonFormat.printer().alwaysPrintFieldsWithNoPresence().omittingInsignificantWhitespace();

  private final PrintWriter out;
  private final PrintWriter err;
  private final Format format;
  private final Colours colours;

  Printer(PrintWriter out, PrintWriter err, Format format, Colours colours) {
    this.out = out;
    this.err = err;
    this.format = format;
    this.colours = colours;
  }

  boolean json() {
    return format == Format.json;
  }

  Colours colours() {
    return colours;
  }

  void line(String text) {
    out.println(text);
    if (out.checkError()) {
      throw new OutputLost();
    }
  }

  void error(String text) {
    err.println(text);
    err.flush();
  }

  /** One object on one line. */
  void message(MessageOrBuilder message) throws InvalidProtocolBufferException {
    line(JSON.print(message));
  }

  /** One object with a member for each entry. */
  void messages(Map<String, MessageOrBuilder> members) throws InvalidProtocolBufferException {
    StringBuilder object = new StringBuilder("{");
    for (Map.Entry<String, MessageOrBuilder> member : members.entrySet()) {
      object
          .append(object.length() == 1 ? "\"" : ",\"")
          .append(member.getKey())
          .append("\":")
          .append(JSON.print(member.getValue()));
    }
    line(object.append('}').toString());
  }

  /**
   * Diagnostics on standard error, then what was done.
   *
   * @return the exit code of a command that flushed
   */
  int report(FlushReport report) {
    for (Diagnostic diagnostic : report.getDiagnosticsList()) {
      error(Diagnostics.text(diagnostic, colours));
    }
    boolean failed = failed(report);
    if (failed) {
      line("not published; generation " + report.getGeneration() + " stays");
    } else if (!report.getPublished()) {
      line("nothing changed; generation " + report.getGeneration());
    } else {
      line(colours.bold("published generation " + report.getGeneration()));
      statistics(report.getStatistics()).lines().forEach(this::line);
    }
    return failed ? ExitCode.LINK_ERRORS : ExitCode.OK;
  }

  static boolean failed(FlushReport report) {
    return report.getDiagnosticsList().stream()
        .anyMatch(d -> d.getSeverity() != Severity.SEVERITY_WARNING);
  }

  /** What a flush did, line by line. */
  static String statistics(FlushStatistics statistics) {
    return """
          atoms        %,d added, %,d changed, %,d moved, %,d removed
          relocations  %,d applied
          written      %s in %s, %s
          time         apply %s, settle %s, publish %s\
        """
        .formatted(
            statistics.getAtomsAdded(),
            statistics.getAtomsChanged(),
            statistics.getAtomsMoved(),
            statistics.getAtomsRemoved(),
            statistics.getRelocationsApplied(),
            Units.count(statistics.getBytesWritten(), "byte"),
            Units.count(statistics.getRanges(), "range"),
            Units.count(statistics.getSystemCalls(), "system call"),
            Units.time(statistics.getApplyTime()),
            Units.time(statistics.getSettleTime()),
            Units.time(statistics.getPublishTime()));
  }
}

package dev.linkd.session;

import com.google.protobuf.Duration;
import dev.linkd.diag.Code;
import dev.linkd.diag.Diagnostic;
import dev.linkd.diag.Place;
import dev.linkd.output.FlushResult;
import dev.linkd.output.Output;
import dev.linkd.output.OutputStatus;
import dev.linkd.v1.FlushReport;
import dev.linkd.v1.FlushStatistics;
import dev.linkd.v1.OutputState;
import dev.linkd.v1.TableRows;
import java.util.List;

/** The state of outputs and the results of flushes as messages of the API. */
final class OutputMessages {
  /** Diagnostics in one report; a program with more errors than this is not read to the end. */
  static final int DIAGNOSTICS_MAX = 1_000;

  private static final long NANOS_PER_SECOND = 1_000_000_000;

  private OutputMessages() {}

  static FlushReport report(FlushResult result) {
    FlushReport.Builder report =
        FlushReport.newBuilder()
            .setPublished(result.published())
            .setGeneration(result.generation())
            .setStatistics(statistics(result.statistics()));
    addDiagnostics(report, result.diagnostics());
    return report.build();
  }

  /** The report of a flush that was not tried because updates before it were rejected. */
  static FlushReport refusal(long generation, List<Diagnostic> rejections) {
    FlushReport.Builder report = FlushReport.newBuilder().setGeneration(generation);
    addDiagnostics(report, rejections);
    return report.build();
  }

  private static void addDiagnostics(FlushReport.Builder report, List<Diagnostic> diagnostics) {
    int shown = Math.min(diagnostics.size(), DIAGNOSTICS_MAX);
    for (int i = 0; i < shown; i++) {
      report.addDiagnostics(DiagnosticMessages.of(diagnostics.get(i)));
    }
    if (shown < diagnostics.size()) {
      report.addDiagnostics(
          DiagnosticMessages.of(
              Diagnostic.error(
                  Code.LIMIT_EXCEEDED,
                  Place.NONE,
                  (diagnostics.size() - shown) + " more diagnostics are not shown")));
    }
  }

  static FlushStatistics statistics(FlushResult.Statistics statistics) {
    return FlushStatistics.newBuilder()
        .setAtomsAdded(statistics.atomsAdded())
        .setAtomsChanged(statistics.atomsChanged())
        .setAtomsMoved(statistics.atomsMoved())
        .setAtomsRemoved(statistics.atomsRemoved())
        .setRelocationsApplied(statistics.relocationsApplied())
        .setRowsVisited(statistics.rowsVisited())
        .setRows(rows(statistics.rows()))
        .setBytesWritten(statistics.bytesWritten())
        .setRanges(statistics.ranges())
        .setSystemCalls(statistics.systemCalls())
        .setApplyTime(duration(statistics.applyNanos()))
        .setSettleTime(duration(statistics.settleNanos()))
        .setPublishTime(duration(statistics.publishNanos()))
        .build();
  }

  private static TableRows rows(FlushResult.Rows rows) {
    return TableRows.newBuilder()
        .setNodes(rows.nodes())
        .setHoles(rows.holes())
        .setAtoms(rows.atoms())
        .setSymbols(rows.symbols())
        .setDefinitions(rows.definitions())
        .setRelocations(rows.relocations())
        .setSlots(rows.slots())
        .setUnwindEntries(rows.unwindEntries())
        .build();
  }

  static OutputState state(OutputActor actor, Output output) {
    OutputStatus status = output.status();
    return OutputState.newBuilder()
        .setHandle(actor.handle())
        .setOptions(OptionsMessages.of(actor.spec()))
        .setGeneration(status.generation())
        .setResident(status.resident())
        .setInputs(status.inputs())
        .setAtoms(status.atoms())
        .setSymbols(status.symbols())
        .setRelocations(status.relocations())
        .setNodes(status.nodes())
        .setFileBytes(status.fileBytes())
        .setSlackBytes(status.slackBytes())
        .setResidentBytes(status.residentBytes())
        .setFlushes(status.flushes() + actor.refusedFlushes())
        .setFailedFlushes(status.failedFlushes() + actor.refusedFlushes())
        .setLastFlush(statistics(status.lastFlush()))
        .setLastEvent(actor.explained(status.lastEvent()))
        .setStreams(actor.streams())
        .setChangesSince(output.changes().oldest())
        .build();
  }

  static Duration duration(long nanos) {
    return Duration.newBuilder()
        .setSeconds(nanos / NANOS_PER_SECOND)
        .setNanos((int) (nanos % NANOS_PER_SECOND))
        .build();
  }
}

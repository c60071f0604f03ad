package dev.linkd.client.command;

import dev.linkd.client.DaemonConnection;
import dev.linkd.client.UpdateStream;
import dev.linkd.rendezvous.FileView;
import dev.linkd.v1.OpenRequest;
import dev.linkd.v1.OpenResponse;
import dev.linkd.v1.OutputKind;
import dev.linkd.v1.OutputOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code linkctl open}. */
@Command(
    name = "open",
    description = {
      "Opens an output, or attaches to it; with input files, links them.",
      "Repeating the command with changed files patches what changed."
    })
final class OpenCommand implements Callable<Integer> {
  @ParentCommand private Linkctl linkctl = new Linkctl();

  @Parameters(index = "0", paramLabel = "OUTPUT", description = "File to write.")
  private Path output = Path.of("");

  @Parameters(
      index = "1..*",
      paramLabel = "INPUT",
      description = "Objects, archives and shared libraries, in the order of resolution.")
  private List<Path> inputs = new ArrayList<>();

  @Option(
      names = "--kind",
      required = true,
      paramLabel = "KIND",
      converter = Kind.class,
      completionCandidates = Kind.class,
      description = "pie, exe, static, static-pie or shared.")
  private OutputKind kind = OutputKind.OUTPUT_KIND_UNSPECIFIED;

  @Option(
      names = "--entry",
      paramLabel = "SYMBOL",
      description = "Entry symbol. Default: _start for executables.")
  private @Nullable String entry;

  @Option(
      names = "--interpreter",
      paramLabel = "PATH",
      description = "Dynamic linker. Default: the platform's.")
  private @Nullable String interpreter;

  @Option(names = "--soname", paramLabel = "NAME", description = "Name of a shared library.")
  private String soname = "";

  @Option(names = "--run-path", paramLabel = "PATH", description = "DT_RUNPATH entry; repeatable.")
  private List<String> runPaths = new ArrayList<>();

  @Option(names = "--bind-now", description = "Resolve all imports when the program starts.")
  private boolean bindNow;

  @Option(names = "--export-dynamic", description = "Export all global symbols of an executable.")
  private boolean exportDynamic;

  @Option(
      names = "--allow-undefined",
      description = "Leave undefined symbols to the dynamic linker.")
  private @Nullable Boolean allowUndefined;

  @Override
  public Integer call() throws Exception {
    Printer printer = linkctl.printer();
    OutputOptions options = options();
    try (DaemonConnection daemon = linkctl.connect()) {
      OpenResponse opened =
          daemon
              .link()
              .open(
                  OpenRequest.newBuilder().setOptions(options).setUmask(FileView.umask()).build());
      if (inputs.isEmpty()) {
        if (printer.json()) {
          printer.message(opened);
        } else {
          printer.line(
              (opened.getFresh() ? "opened " : "attached to ")
                  + options.getPath()
                  + ", generation "
                  + opened.getGeneration());
        }
        return ExitCode.OK;
      }
      try (UpdateStream updates = daemon.update(opened.getHandle(), "linkctl")) {
        return Inputs.apply(updates, List.of(), inputs, printer);
      }
    }
  }

  private OutputOptions options() throws RequestFault {
    OutputOptions.Builder options =
        OutputOptions.newBuilder()
            .setPath(Outputs.real(output).toString())
            .setKind(kind)
            .setSoname(soname)
            .addAllRunPaths(runPaths)
            .setBindNow(bindNow)
            .setExportDynamic(exportDynamic);
    if (entry != null) {
      options.setEntry(entry);
    }
    if (interpreter != null) {
      options.setInterpreter(interpreter);
    }
    if (allowUndefined != null) {
      options.setAllowUndefined(allowUndefined);
    }
    return options.build();
  }
}

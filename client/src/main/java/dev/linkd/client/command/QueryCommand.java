package dev.linkd.client.command;

import dev.linkd.client.DaemonConnection;
import dev.linkd.v1.QueryRequest;
import dev.linkd.v1.QueryResponse;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code linkctl query}. */
@Command(name = "query", description = "Shows who defines a symbol and who refers to it.")
final class QueryCommand implements Callable<Integer> {
  @ParentCommand private Linkctl linkctl = new Linkctl();

  @Parameters(index = "0", paramLabel = "OUTPUT", description = "An open output.")
  private Path output = Path.of("");

  @Parameters(index = "1", paramLabel = "SYMBOL", description = "Name of a global symbol.")
  private String symbol = "";

  @Option(
      names = "--references",
      paramLabel = "N",
      converter = Count.class,
      description = "Show at most so many references. Default: 1000.")
  private long references;

  @Override
  public Integer call() throws Exception {
    Printer printer = linkctl.printer();
    try (DaemonConnection daemon = linkctl.connectRunning()) {
      QueryResponse answer =
          daemon
              .link()
              .query(
                  QueryRequest.newBuilder()
                      .setHandle(Outputs.find(daemon, output).getHandle())
                      .setName(symbol)
                      .setReferencesMax((int) references)
                      .build());
      if (printer.json()) {
        printer.message(answer);
      } else {
        print(answer, printer);
      }
    }
    return ExitCode.OK;
  }

  private static void print(QueryResponse answer, Printer printer) {
    answer
        .getDefinitionsList()
        .forEach(
            d ->
                printer.line(
                    "%s 0x%x, %s, in %s(%s)"
                        .formatted(
                            d.getChosen() ? "defined at" : "also in  ",
                            d.getAddress(),
                            Units.count(d.getSize(), "byte"),
                            d.getInput(),
                            d.getSection())));
    if (answer.getDefinitionsCount() == 0) {
      printer.line("not defined");
    }
    printer.line(Units.count(answer.getReferencesTotal(), "reference"));
    answer
        .getReferencesList()
        .forEach(
            r ->
                printer.line(
                    "  %s(%s+0x%x) %s addend %d"
                        .formatted(
                            r.getInput(),
                            r.getSection(),
                            r.getOffset(),
                            r.getKindName(),
                            r.getAddend())));
  }
}

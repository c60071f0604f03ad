package dev.linkd.client.command;

import dev.linkd.client.DaemonConnection;
import dev.linkd.client.demo.Demo;
import dev.linkd.client.demo.DemoFault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code linkctl demo}. */
@Command(
    name = "demo",
    description = {
      "Links a small C program, changes it and patches it, and shows what that took.",
      "Needs a C compiler (the one in $CC, gcc, cc or clang) and the GNU C library."
    })
final class DemoCommand implements Callable<Integer> {
  @ParentCommand private Linkctl linkctl = new Linkctl();

  @Option(
      names = "--keep",
      description = "Keep the directory, and leave the program open in the daemon.")
  private boolean keep;

  @Override
  public Integer call() throws Exception {
    Printer printer = linkctl.printer();
    Path directory = Files.createTempDirectory("linkd-demo-").toRealPath();
    try (DaemonConnection daemon = linkctl.connect()) {
      if (printer.json()) {
        DemoJson result = new DemoJson();
        Demo.run(daemon, directory, !keep, result);
        printer.line(result.text());
        return exitCode(result.differences());
      }
      DemoText text = new DemoText(printer);
      Demo.run(daemon, directory, !keep, text);
      text.end(daemon.socket(), keep ? directory : null);
      return exitCode(text.differences());
    } catch (DemoFault fault) {
      printer.error("linkctl: " + fault.getMessage());
      return ExitCode.DEMO_FAILED;
    } finally {
      if (!keep) {
        delete(directory);
      }
    }
  }

  private static int exitCode(List<String> differences) {
    return differences.isEmpty() ? ExitCode.OK : ExitCode.LINK_ERRORS;
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> paths = Files.walk(directory)) {
      paths.sorted(Comparator.reverseOrder()).forEach(DemoCommand::deleteOne);
    } catch (UncheckedIOException fault) {
      throw fault.getCause();
    }
  }

  private static void deleteOne(Path path) {
    try {
      Files.delete(path);
    } catch (IOException fault) {
      throw new UncheckedIOException(fault);
    }
  }
}

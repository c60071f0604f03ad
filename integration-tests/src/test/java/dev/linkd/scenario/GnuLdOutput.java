package dev.linkd.scenario;

import dev.linkd.diag.Code;
import dev.linkd.diag.Diagnostic;
import dev.linkd.diag.Place;
import dev.linkd.oracle.image.Tools;
import dev.linkd.oracle.naive.PartialOutput;
import dev.linkd.output.FlushResult;
import dev.linkd.output.OutputKind;
import dev.linkd.output.OutputSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** GNU ld behind the interface of an output: it shows that a scenario expects what is usual. */
final class GnuLdOutput extends PartialOutput {
  private final Map<String, InputSpec> inputs = new LinkedHashMap<>();
  private long generation;

  GnuLdOutput(OutputSpec spec) {
    super(spec);
  }

  @Override
  public long generation() {
    return generation;
  }

  @Override
  public InputChange putInput(InputSpec input) {
    inputs.put(input.key(), input);
    return InputChange.NONE;
  }

  @Override
  public boolean removeInput(String key) {
    return inputs.remove(key) != null;
  }

  @Override
  public FlushResult flush() {
    try {
      Path next = path().resolveSibling("next");
      Tools.Result result = Tools.tryRun(Path.of("/"), command(next));
      if (result.status() == 0) {
        Files.move(next, path(), StandardCopyOption.REPLACE_EXISTING);
        generation++;
        return new FlushResult(true, generation, List.of(), NO_STATISTICS);
      }
      Diagnostic error = Diagnostic.error(code(result.output()), Place.NONE, result.output());
      return new FlushResult(false, generation, List.of(error), NO_STATISTICS);
    } catch (IOException fault) {
      throw new UncheckedIOException(fault);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    }
  }

  private static Code code(String message) {
    return message.contains("multiple definition") ? Code.DUPLICATE_SYMBOL : Code.UNDEFINED_SYMBOL;
  }

  private List<String> command(Path next) {
    List<String> command = new ArrayList<>(List.of("ld", "--eh-frame-hdr", "-z", "noexecstack"));
    switch (spec().kind()) {
      case STATIC_EXECUTABLE -> command.add("-static");
      case PIE -> command.add("-pie");
      case STATIC_PIE -> command.addAll(List.of("-static", "-pie", "--no-dynamic-linker"));
      case SHARED_LIBRARY -> command.add("-shared");
      case DYNAMIC_EXECUTABLE -> command.addAll(List.of("-z", "noseparate-code"));
    }
    if (!spec().interpreter().isEmpty()) {
      command.addAll(List.of("-dynamic-linker", spec().interpreter()));
    }
    if (!spec().dynamic().soname().isEmpty()) {
      command.addAll(List.of("-soname", spec().dynamic().soname()));
    }
    spec().dynamic().runPaths().forEach(p -> command.addAll(List.of("-rpath", p)));
    command.addAll(List.of("-o", next.toString()));
    boolean dynamic = spec().kind() != OutputKind.STATIC_EXECUTABLE;
    boolean group = false;
    for (InputSpec input : inputs.values()) {
      boolean archive = input.path().toString().endsWith(".a");
      if (archive != group) {
        command.add(archive ? "--start-group" : "--end-group");
        group = archive;
      }
      if (dynamic) {
        command.add(input.asNeeded() ? "--as-needed" : "--no-as-needed");
      }
      command.add(input.path().toString());
    }
    if (group) {
      command.add("--end-group");
    }
    return command;
  }
}

package dev.linkd.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.diag.Diagnostic;
import dev.linkd.diag.LinkException;
import dev.linkd.oracle.image.ImageRules;
import dev.linkd.oracle.image.Tools;
import dev.linkd.output.DynamicRules;
import dev.linkd.output.FlushResult;
import dev.linkd.output.Output;
import dev.linkd.output.Output.InputSpec;
import dev.linkd.output.OutputFactory;
import dev.linkd.output.OutputKind;
import dev.linkd.output.OutputSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** One scenario with one kind of output. */
final class ScenarioRun {
  private final Scenario scenario;
  private final OutputKind kind;
  private final Path folder;
  private final Compiler compiler;
  private final Optional<Readers> readers;
  private final Path program;
  private final Sources sources = new Sources();
  private final Map<String, String> drivers = new HashMap<>();
  private Set<String> held = new HashSet<>();

  ScenarioRun(
      Scenario scenario,
      OutputKind kind,
      Path folder,
      Compiler compiler,
      Optional<Readers> readers) {
    this.scenario = scenario;
    this.kind = kind;
    this.folder = folder;
    this.compiler = compiler;
    this.readers = readers;
    program = folder.resolve(kind == OutputKind.SHARED_LIBRARY ? "liblinked.so" : "program");
  }

  void run(OutputFactory linker) throws LinkException, IOException, InterruptedException {
    try (Output output = linker.open(spec())) {
      for (Scenario.Step step : scenario.steps()) {
        sources.apply(step);
        step(output, step);
      }
    }
  }

  private OutputSpec spec() {
    OutputSpec usual = OutputSpec.of(program, kind);
    boolean shared = kind == OutputKind.SHARED_LIBRARY;
    return new OutputSpec(
        program,
        kind,
        usual.entry(),
        usual.interpreter(),
        usual.mode(),
        usual.symbols(),
        new DynamicRules(
            shared ? program.getFileName().toString() : "",
            kind.imports() ? List.of(folder.toString()) : List.of(),
            false,
            false),
        usual.content());
  }

  private void step(Output output, Scenario.Step step)
      throws LinkException, IOException, InterruptedException {
    byte[] before = Files.exists(program) ? Files.readAllBytes(program) : new byte[0];
    Set<String> keys = new HashSet<>();
    for (InputSpec input : inputs()) {
      output.putInput(input);
      keys.add(input.key());
    }
    for (String key : held) {
      if (!keys.contains(key)) {
        assertThat(output.removeInput(key)).as(key).isTrue();
      }
    }
    held = keys;
    FlushResult result = output.flush();
    if (!step.refused().isEmpty()) {
      refused(step, result, before);
      return;
    }
    assertThat(result.ok()).as("%s: %s", step.title(), result.diagnostics()).isTrue();
    check(output, step);
  }

  private void refused(Scenario.Step step, FlushResult result, byte[] before) throws IOException {
    assertThat(result.ok()).as(step.title()).isFalse();
    assertThat(result.diagnostics()).as(step.title()).anyMatch(d -> matches(d, step.refused()));
    byte[] now = Files.exists(program) ? Files.readAllBytes(program) : new byte[0];
    assertThat(now).as("%s: the published file", step.title()).isEqualTo(before);
  }

  private static boolean matches(Diagnostic diagnostic, List<String> refused) {
    String text = diagnostic + " " + diagnostic.place();
    return diagnostic.code().name().equals(refused.getFirst())
        && refused.subList(1, refused.size()).stream().allMatch(text::contains);
  }

  private void check(Output output, Scenario.Step step) throws IOException, InterruptedException {
    String title = step.title();
    Tools.Result run = Tools.tryRun(folder, List.of(runnable().toString()));
    assertThat(run.output()).as("%s: exit status %d", title, run.status()).isEqualTo(step.output());
    assertThat(run.status()).as(title).isEqualTo(step.exit());
    if (readers.isPresent()) {
      assertThat(ImageRules.problems(program)).as(title).isEmpty();
      assertThat(readers.get().complaints(program)).as(title).isEmpty();
    }
    if (!step.debugger().isEmpty()) {
      String printed = Readers.debug(runnable(), step.debugger());
      assertThat(printed).as(title).containsSubsequence(step.debuggerOutput());
    }
    assertThat(output.verify()).as(title).isEmpty();
  }

  /** The program itself, or one that uses the library and is linked once. */
  private Path runnable() throws IOException, InterruptedException {
    if (kind != OutputKind.SHARED_LIBRARY) {
      return program;
    }
    for (String name : sources.drivers()) {
      String text = sources.text(name);
      if (!text.equals(drivers.put(name, text))) {
        Files.writeString(folder.resolve(name), text);
        Tools.run(
            folder, "gcc", "-g", "-o", "driver", name, "liblinked.so", "-Wl,-rpath," + folder);
      }
    }
    return folder.resolve("driver");
  }

  private List<InputSpec> inputs() throws IOException, InterruptedException {
    List<Path> own = new ArrayList<>();
    for (String name : sources.others()) {
      Files.writeString(folder.resolve(name), sources.text(name));
    }
    for (String name : sources.objects()) {
      own.add(object(name));
    }
    for (Map.Entry<String, List<String>> archive : sources.archives().entrySet()) {
      own.add(archive(archive.getKey(), archive.getValue()));
    }
    for (Map.Entry<String, List<String>> library : sources.shared().entrySet()) {
      own.add(shared(library.getKey(), library.getValue()));
    }
    LinkLine line = new LinkLine(compiler, kind);
    if (scenario.libc()) {
      boolean plusPlus = sources.objects().stream().anyMatch(n -> n.endsWith(".cc"));
      return line.withLibc(own, scenario.libraries(), plusPlus);
    }
    Path start = folder.resolve("start.o");
    compiler.compile(folder, "start.c", Freestanding.SOURCE, "start.o", flags());
    own.addFirst(start);
    return line.alone(own);
  }

  private List<String> flags() {
    List<String> flags = new ArrayList<>();
    flags.add(
        kind == OutputKind.SHARED_LIBRARY
            ? "-fPIC"
            : kind.positionIndependent() ? "-fPIE" : "-fno-pie");
    if (!scenario.libc()) {
      flags.addAll(List.of("-ffreestanding", "-fno-stack-protector"));
    }
    flags.addAll(scenario.compilerFlags());
    return flags;
  }

  private Path object(String source) throws IOException, InterruptedException {
    String object = source.substring(0, source.lastIndexOf('.')) + ".o";
    compiler.compile(folder, source, sources.text(source), object, flags());
    return folder.resolve(object);
  }

  private Path archive(String name, List<String> members) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("ar", "rcsD", name));
    for (String member : members) {
      command.add(object(member).getFileName().toString());
    }
    Files.deleteIfExists(folder.resolve(name));
    Tools.run(folder, command.toArray(String[]::new));
    return folder.resolve(name);
  }

  /** A file {@code NAME.map} beside the sources is the library's version script. */
  private Path shared(String name, List<String> members) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("gcc", "-shared", "-fPIC", "-g"));
    command.addAll(List.of("-o", name + ".new", "-Wl,-soname," + name));
    if (Files.exists(folder.resolve(name + ".map"))) {
      command.add("-Wl,--version-script," + name + ".map");
    }
    for (String member : members) {
      Files.writeString(folder.resolve(member), sources.text(member));
      command.add(member);
    }
    Tools.run(folder, command.toArray(String[]::new));
    Files.move(
        folder.resolve(name + ".new"), folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    return folder.resolve(name);
  }
}

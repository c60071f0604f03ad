package dev.linkd.client.demo;

import dev.linkd.client.DaemonConnection;
import dev.linkd.v1.Severity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/** Links the example with the daemon, edits it, patches it and runs it after every step. */
public final class Demo {
  private static final int WARM_UPS = 2_000;
  private static final int REPETITIONS = 1_000;

  private final Example example;
  private final Toolchain toolchain;
  private final LiveProgram program;
  private final DemoListener listener;
  private final Path file;

  private Demo(
      Example example, Toolchain toolchain, LiveProgram program, Path file, DemoListener listener) {
    this.example = example;
    this.toolchain = toolchain;
    this.program = program;
    this.file = file;
    this.listener = listener;
  }

  /**
   * Runs the demo.
   *
   * @param directory an empty directory
   * @param forget whether the daemon is to forget the program at the end
   * @throws DemoFault when something is missing or the program does not do what it should
   */
  public static void run(
      DaemonConnection daemon, Path directory, boolean forget, DemoListener listener)
      throws DemoFault, IOException, InterruptedException {
    Toolchain toolchain = Toolchain.find(System.getenv());
    Example example = Example.copyTo(directory);
    listener.started(directory, toolchain.version());
    Path file = directory.resolve(Example.NAME);
    try (LiveProgram program = LiveProgram.open(daemon, file)) {
      new Demo(example, toolchain, program, file, listener).run();
      if (forget) {
        program.forget();
      }
    }
  }

  private void run() throws DemoFault, IOException, InterruptedException {
    link();
    Path before = keep("format", "before");
    edit(Edit.IN_PLACE);
    Path after = keep("format", "after");
    edit(Edit.GROWS);
    edit(Edit.SHRINKS);
    repeat("format", before, after);
    listener.fullLink(FullLink.measure(toolchain, example));
    listener.verified(program.differences());
  }

  private void link() throws DemoFault, IOException, InterruptedException {
    long nanos = 0;
    for (String unit : Example.UNITS) {
      nanos += toolchain.compile(example, unit);
    }
    step("First link", "", nanos, program.put(toolchain.inputs(example)));
  }

  private void edit(Edit edit) throws DemoFault, IOException, InterruptedException {
    example.replace(edit.unit(), edit.from(), edit.to());
    long nanos = toolchain.compile(example, edit.unit());
    step(edit.title(), edit.note(), nanos, program.put(List.of(example.object(edit.unit()))));
  }

  private void step(String title, String note, long compileNanos, Patch patch)
      throws DemoFault, IOException, InterruptedException {
    checkPublished(patch);
    String checks = Ran.check(example.directory(), List.of(file.toString(), "--check")).output();
    List<String> command = new ArrayList<>(List.of(file.toString()));
    command.addAll(Example.QUESTIONS);
    String answers = Ran.check(example.directory(), command).output();
    listener.step(new Step(title, note, compileNanos, patch, answers + checks));
  }

  private Path keep(String unit, String suffix) throws IOException {
    Path copy = example.directory().resolve(unit + "." + suffix + ".o");
    return Files.copy(example.object(unit), copy, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Alternates between two compilations of a unit; ends with the second. */
  private void repeat(String unit, Path before, Path after) throws DemoFault, IOException {
    List<Path> object = List.of(example.object(unit));
    List<Patch> patches = new ArrayList<>();
    for (int i = 0; i < WARM_UPS + REPETITIONS; i++) {
      replace(example.object(unit), i % 2 == 0 ? before : after);
      Patch patch = program.put(object);
      checkPublished(patch);
      patches.add(patch);
    }
    listener.repeated(Repetition.of(WARM_UPS, patches));
  }

  /** Puts a file in the place of another at once, as a build does. */
  private static void replace(Path object, Path content) throws IOException {
    Path next = object.resolveSibling(object.getFileName() + ".next");
    Files.createLink(next, content);
    Files.move(next, object, StandardCopyOption.ATOMIC_MOVE);
  }

  private static void checkPublished(Patch patch) throws DemoFault {
    if (!patch.report().getPublished()) {
      throw new DemoFault(
          patch.report().getDiagnosticsList().stream()
              .filter(diagnostic -> diagnostic.getSeverity() == Severity.SEVERITY_ERROR)
              .findFirst()
              .map(diagnostic -> "not published: " + diagnostic.getMessage())
              .orElse("nothing was published"));
    }
  }
}

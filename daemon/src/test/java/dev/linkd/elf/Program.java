package dev.linkd.elf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.diag.LinkException;
import dev.linkd.os.SystemFiles;
import dev.linkd.output.FlushResult;
import dev.linkd.output.Output;
import dev.linkd.output.Output.InputSpec;
import dev.linkd.output.OutputKind;
import dev.linkd.output.OutputSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A program under test: sources are compiled and put, then linked, run and patched. */
final class Program implements AutoCloseable {

  final Path directory;
  final Path path;
  final OutputKind kind;
  final Output output;

  /** Flags for the compiler besides those of the kind of output. */
  final List<String> flags = new ArrayList<>(List.of("-O1", "-ffunction-sections", "-w"));

  private final Map<String, String> environment = new LinkedHashMap<>();

  Program(Path directory, OutputKind kind) throws LinkException {
    this(directory, OutputSpec.of(directory.resolve("program"), kind));
  }

  Program(Path directory, OutputSpec spec) throws LinkException {
    this.directory = directory;
    this.path = spec.path();
    this.kind = spec.kind();
    this.output = new ElfOutputs().open(spec);
  }

  /** A program with the system's start files and C library; objects are put by {@link #c}. */
  static Program withLibc(Path directory, OutputKind kind) throws Exception {
    return withLibc(directory, OutputSpec.of(directory.resolve("program"), kind));
  }

  static Program withLibc(Path directory, OutputSpec spec) throws Exception {
    Program program = new Program(directory, spec);
    boolean pie = spec.kind() == OutputKind.PIE;
    program.put(systemFile(pie ? "Scrt1.o" : "crt1.o"));
    program.put(systemFile("crti.o"));
    program.put(systemFile(pie ? "crtbeginS.o" : "crtbegin.o"));
    program.put(systemFile("libgcc.a"));
    program.put(systemFile("libc.so"));
    program.put(systemFile(pie ? "crtendS.o" : "crtend.o"));
    program.put(systemFile("crtn.o"));
    return program;
  }

  static Path systemFile(String name) {
    return SystemFiles.find(name);
  }

  Program flags(String... more) {
    flags.addAll(List.of(more));
    return this;
  }

  Program environment(String name, String value) {
    environment.put(name, value);
    return this;
  }

  /** Compiles C text and puts the object. */
  void c(String name, String text) throws Exception {
    put(compile(name, text));
  }

  /** Writes a source and compiles it; the compiler is chosen by the suffix. */
  Path compile(String name, String text, String... more) throws Exception {
    Path source = directory.resolve(name);
    Files.writeString(source, text);
    Path object = directory.resolve(name.substring(0, name.lastIndexOf('.')) + ".o");
    List<String> command = new ArrayList<>();
    command.add(name.endsWith(".cc") ? "g++" : "gcc");
    command.add("-c");
    command.add(
        switch (kind) {
          case PIE, STATIC_PIE -> "-fPIE";
          case SHARED_LIBRARY -> "-fPIC";
          default -> "-fno-pie";
        });
    command.addAll(flags);
    command.addAll(List.of(more));
    command.addAll(List.of("-o", object.toString(), name));
    command(directory, command.toArray(String[]::new));
    return object;
  }

  void put(Path file) throws LinkException {
    output.putInput(new InputSpec(file.toString(), file, false, false));
  }

  void putWhole(Path archive) throws LinkException {
    output.putInput(new InputSpec(archive.toString(), archive, false, true));
  }

  void putAsNeeded(Path library) throws LinkException {
    output.putInput(new InputSpec(library.toString(), library, true, false));
  }

  void remove(String name) {
    assertThat(output.removeInput(directory.resolve(name).toString())).as(name).isTrue();
  }

  /** Flushes; there must be no diagnostic, and the state must equal a fresh link. */
  FlushResult link() {
    FlushResult result = output.flush();
    assertThat(result.diagnostics()).isEmpty();
    assertThat(output.verify()).isEmpty();
    return result;
  }

  /** Flushes and runs. */
  String linkAndRun() throws Exception {
    link();
    return run();
  }

  /** What the program prints, and its exit status when it is not 0. */
  String run(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(path.toString()));
    command.addAll(List.of(arguments));
    return run(environment, command);
  }

  static String run(Map<String, String> environment, List<String> command) throws Exception {
    Path printed = Files.createTempFile("program", ".out");
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.redirectInput(Path.of("/dev/null").toFile()).redirectOutput(printed.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    boolean ended = process.waitFor(20, TimeUnit.SECONDS);
    process.destroyForcibly();
    String text = Files.readString(printed, StandardCharsets.ISO_8859_1);
    Files.delete(printed);
    assertThat(ended).as(command + " ends\n" + text).isTrue();
    return process.exitValue() == 0 ? text : text + "exit " + process.exitValue() + "\n";
  }

  /** Standard output of a tool that must succeed, its complaints included. */
  static String command(Path directory, String... command) throws IOException {
    Process process =
        new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      assertThat(process.waitFor()).as(String.join(" ", command) + "\n" + text).isZero();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
    return text;
  }

  /** What readelf says of the published file. */
  String readelf(String... options) throws IOException {
    List<String> command = new ArrayList<>(List.of("readelf", "-W"));
    command.addAll(List.of(options));
    command.add(path.toString());
    return command(directory, command.toArray(String[]::new));
  }

  /** Lines of readelf that contain a word. */
  long count(String option, String word) throws IOException {
    return readelf(option).lines().filter(line -> line.contains(word)).count();
  }

  @Override
  public void close() {
    output.close();
  }
}

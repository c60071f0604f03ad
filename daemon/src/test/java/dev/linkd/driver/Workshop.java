package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.output.LinkDriver.Invocation;
import dev.linkd.output.LinkDriver.LinkExit;
import dev.linkd.store.InputWatch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A folder with sources, compilers, the linker under test, and the programs that it makes. */
final class Workshop implements AutoCloseable {
  private static final int USUAL_UMASK = 022;

  final Path directory;
  final PlainPool pool = new PlainPool();
  final InputWatch watch = new InputWatch(pool.store());
  private final LdDriver driver = new LdDriver(pool.store(), watch);

  /** Of the last link. */
  Heard heard = new Heard();

  int umask = USUAL_UMASK;
  Map<String, String> environment = Map.of();

  /** Called with each phase of a link as it begins. */
  Consumer<String> listener = phase -> {};

  /** Called before each input of a link. */
  Runnable asked = () -> {};

  Workshop(Path directory) {
    this.directory = directory;
  }

  Path path(String name) {
    return directory.resolve(name);
  }

  void write(String name, String text) throws IOException {
    Files.createDirectories(path(name).getParent());
    Files.writeString(path(name), text);
  }

  /** Runs a tool that must succeed, in the folder. */
  String tool(String... command) throws Exception {
    Process process =
        new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as("%s: %s", List.of(command), text).isZero();
    return text;
  }

  /** Writes a source and compiles it to an object beside it. */
  void compile(String source, String text, String... options) throws Exception {
    write(source, text);
    List<String> command = new ArrayList<>();
    command.add(source.endsWith(".cc") ? "g++" : "gcc");
    command.addAll(List.of("-c", "-O1", "-ffunction-sections", "-fdata-sections"));
    command.addAll(List.of(options));
    command.addAll(List.of(source, "-o", source.substring(0, source.lastIndexOf('.')) + ".o"));
    tool(command.toArray(String[]::new));
  }

  LinkExit ld(String... words) throws InterruptedException {
    return ld(List.of(words));
  }

  LinkExit ld(List<String> words) throws InterruptedException {
    boolean gone = heard.gone;
    heard = new Heard();
    heard.gone = gone;
    heard.listener = listener;
    heard.asked = asked;
    Invocation invocation = new Invocation("ld", words, directory, environment, umask);
    return driver.link(invocation, pool, heard);
  }

  /** Links with what a compiler passes to its linker for this command. */
  LinkExit cc(String... command) throws Exception {
    return ld(linkerWords(command));
  }

  /** Links as {@link #cc}; there must be no message. */
  LinkExit ccQuietly(String... command) throws Exception {
    LinkExit exit = cc(command);
    assertThat(heard.messages()).isEmpty();
    assertThat(exit.status()).isZero();
    return exit;
  }

  List<String> linkerWords(String... command) throws Exception {
    List<String> asking = new ArrayList<>(Arrays.asList(command));
    asking.add("-###");
    String line =
        tool(asking.toArray(String[]::new))
            .lines()
            .filter(text -> text.startsWith(" ") && text.contains("-o"))
            .reduce("", (first, second) -> second);
    List<String> words = ResponseFiles.split(line);
    assertThat(words.getFirst()).as(line).matches(".*/(collect2|ld)");
    return words.subList(1, words.size());
  }

  /** What a program prints, and its exit status. */
  String run(String program, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(path(program).toString());
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).as("%s ends", program).isTrue();
    return text + "exit " + process.exitValue();
  }

  @Override
  public void close() {
    watch.close();
    pool.close();
  }
}

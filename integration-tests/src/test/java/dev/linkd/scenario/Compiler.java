package dev.linkd.scenario;

import dev.linkd.oracle.image.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Compiles sources; the same source with the same flags only once. */
final class Compiler {
  private static final List<String> FLAGS =
      List.of("-g", "-ffunction-sections", "-fdata-sections", "-Wall", "-Wno-unused");

  private final Map<List<String>, byte[]> done = new HashMap<>();
  private final Map<String, Path> found = new HashMap<>();

  static boolean compiles(String name) {
    return name.endsWith(".c") || name.endsWith(".cc") || name.endsWith(".S");
  }

  /** Writes the object of a source that is in the folder; leaves an equal object untouched. */
  void compile(Path folder, String source, String text, String object, List<String> flags)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(source.endsWith(".cc") ? "g++" : "gcc");
    command.addAll(FLAGS);
    command.addAll(flags);
    List<String> key = new ArrayList<>(command);
    key.add(source);
    key.add(text);
    byte[] bytes = done.get(key);
    if (bytes == null) {
      Files.writeString(folder.resolve(source), text);
      command.addAll(List.of("-c", "-o", object + ".new", source));
      Tools.run(folder, command.toArray(String[]::new));
      bytes = Files.readAllBytes(folder.resolve(object + ".new"));
      Files.delete(folder.resolve(object + ".new"));
      done.put(key, bytes);
    }
    Files.write(folder.resolve(object), bytes);
  }

  /** A file of the compiler or of the C library. */
  Path file(String name) throws IOException, InterruptedException {
    Path known = found.get(name);
    if (known == null) {
      String printed = Tools.run(Path.of("/"), "g++", "-print-file-name=" + name).strip();
      known = Path.of(printed);
      if (!known.isAbsolute()) {
        throw new AssertionError("the compiler has no " + name);
      }
      found.put(name, known);
    }
    return known;
  }
}

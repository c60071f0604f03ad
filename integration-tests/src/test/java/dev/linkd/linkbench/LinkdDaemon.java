package dev.linkd.linkbench;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The daemon of a benchmark, at a socket of its own, and its clients. */
final class LinkdDaemon implements AutoCloseable {
  private static final long POLL_MILLIS = 1_000;

  private final Path programs;
  private final Map<String, String> environment;
  private final Timed timed;
  private final boolean own;
  private final boolean verifies;
  private final int idleSeconds;

  /**
   * A daemon that starts when it is needed.
   *
   * @param words of its command line, beside the socket
   * @param programs folder of {@code linkctl} and {@code ld.linkd}
   * @param folder for the socket and other files
   * @param helper source of the program that measures
   * @param options whether another daemon is used
   */
  LinkdDaemon(Path programs, Path folder, Path helper, BenchOptions options, List<String> words)
      throws IOException {
    this.programs = programs;
    own = options.socket().isEmpty();
    verifies = options.verify();
    idleSeconds = options.idleSeconds();
    Path socket = options.socket().orElse(folder.resolve("socket"));
    List<String> all = new ArrayList<>(words);
    if (idleSeconds == 0) {
      all.add("--no-warm-up");
    }
    environment =
        Map.of("LINKD_SOCKET", socket.toString(), "LINKD_DAEMON", daemon(folder, all).toString());
    timed = Timed.make(helper, folder, environment);
    timed.run(List.of(programs.resolve("ld.linkd").toString(), "--version"));
  }

  /** A program for the daemon, with words in front of those that a client gives. */
  private Path daemon(Path folder, List<String> words) throws IOException {
    Path program = folder.resolve("linkd");
    String daemon = programs.resolve("linkd").toString();
    Files.writeString(
        program, "#!/bin/sh\nexec '%s' %s \"$@\"\n".formatted(daemon, String.join(" ", words)));
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    return program;
  }

  /** Runs and measures programs that find this daemon. */
  Timed timed() {
    return timed;
  }

  List<String> link(List<String> arguments, Path output) {
    List<String> words = new ArrayList<>(List.of(frontEnd().toString()));
    words.addAll(arguments);
    words.addAll(List.of("-o", output.toString(), "--linkd-explain"));
    return words;
  }

  /** The program that the launcher compiles on first use, and then runs. */
  private Path frontEnd() {
    Path compiled = programs.resolveSibling("lib").resolve("native/ld.linkd");
    return Files.isExecutable(compiled) ? compiled : programs.resolve("ld.linkd");
  }

  private String linkctl(String... arguments) throws IOException {
    List<String> words = new ArrayList<>(List.of("env"));
    environment.forEach((name, value) -> words.add(name + "=" + value));
    words.add(programs.resolve("linkctl").toString());
    words.addAll(List.of(arguments));
    return Tools.run(Path.of("/"), words);
  }

  void stop() throws IOException {
    linkctl("stop");
  }

  /** For the end of the process, where nobody can be told of a fault. */
  void stopQuietly() {
    try {
      close();
    } catch (IOException e) {
      System.err.println("bench-link: the daemon was not stopped: " + e.getMessage());
    }
  }

  void close(Path output) throws IOException {
    linkctl("close", output.toString());
  }

  /** Waits until a daemon that was started has rehearsed links, and given back what that took. */
  void awaitWarmUp() throws IOException {
    while (warmUpState().equals("WARM_UP_STATE_RUNNING")) {
      Tools.pause(POLL_MILLIS);
    }
    settle();
  }

  private String warmUpState() throws IOException {
    return status().getAsJsonObject("stats").getAsJsonObject("warmUp").get("state").getAsString();
  }

  /** Waits until a daemon of which nothing is asked has given back memory. */
  void settle() throws IOException {
    Tools.pause(idleSeconds * 1_000L);
  }

  /** Fails if the live state of an output differs from an independent link. */
  void verify(Path output) throws IOException {
    if (verifies) {
      linkctl("verify", output.toString());
    }
  }

  private JsonObject status() throws IOException {
    return JsonParser.parseString(linkctl("status", "--format=json")).getAsJsonObject();
  }

  /** Milliseconds that the last link was in the daemon. */
  double linkMillis() throws IOException {
    return millis(status().getAsJsonObject("stats"), "lastLinkTime");
  }

  /** Files that were read because they were written, before a link asked for them. */
  int filesReadAhead() throws IOException {
    JsonElement files =
        status().getAsJsonObject("stats").getAsJsonObject("inputWatch").get("filesReadAhead");
    return files == null ? 0 : files.getAsInt();
  }

  private static double millis(JsonObject message, String field) {
    String text = message.get(field).getAsString();
    return Double.parseDouble(text.substring(0, text.length() - 1)) * 1000;
  }

  /** Milliseconds that the daemon spent in the last flush of an output. */
  double flushMillis(Path output) throws IOException {
    JsonArray outputs = status().getAsJsonObject("list").getAsJsonArray("outputs");
    for (JsonElement each : outputs) {
      JsonObject state = each.getAsJsonObject();
      if (state.getAsJsonObject("options").get("path").getAsString().equals(output.toString())) {
        JsonObject flush = state.getAsJsonObject("lastFlush");
        return millis(flush, "applyTime")
            + millis(flush, "settleTime")
            + millis(flush, "publishTime");
      }
    }
    throw new IOException(output + " is not open");
  }

  /** What is held when the heap was collected, so that only what lives on it counts. */
  Holdings holdings() throws IOException {
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    Tools.run(Path.of("/"), List.of(jcmd.toString(), String.valueOf(pid()), "GC.run"));
    return Holdings.of(status().getAsJsonObject("stats"), memory().residentKib());
  }

  private long pid() throws IOException {
    return status().getAsJsonObject("version").get("pid").getAsLong();
  }

  /** Resident memory now and its peak, in KiB. */
  Memory memory() throws IOException {
    long pid = pid();
    Map<String, Long> values = new HashMap<>();
    for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
      String[] words = line.split("\\s+", -1);
      if (words.length == 3 && words[2].equals("kB")) {
        values.put(words[0], Long.parseLong(words[1]));
      }
    }
    return new Memory(values.getOrDefault("VmRSS:", 0L), values.getOrDefault("VmHWM:", 0L));
  }

  /**
   * Memory of a process.
   *
   * @param residentKib now
   * @param peakKib at most so far
   */
  record Memory(long residentKib, long peakKib) {}

  @Override
  public void close() throws IOException {
    if (own) {
      stop();
    }
  }
}

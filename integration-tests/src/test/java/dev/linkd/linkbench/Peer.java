package dev.linkd.linkbench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A linker to compare with.
 *
 * @param name short name in reports
 * @param version first line of what it says about itself
 * @param command program and arguments that come before those of a link
 * @param memoryCommand the same, for measuring memory
 */
record Peer(String name, String version, List<String> command, List<String> memoryCommand) {

  /** Those that are installed; the same version only once. */
  static List<Peer> installed() throws IOException {
    List<Peer> peers = new ArrayList<>();
    add(peers, "GNU ld", List.of("ld.bfd"));
    add(peers, "gold", List.of("ld.gold"));
    add(peers, "LLD", List.of("ld.lld"));
    for (int version = 14; version < 30; version++) {
      add(peers, "LLD", List.of("ld.lld-" + version));
    }
    if (Tools.onPath("rustc")) {
      Path root = Path.of(Tools.run(Path.of("/"), List.of("rustc", "--print", "sysroot")));
      Path lld = root.resolve("lib/rustlib/x86_64-unknown-linux-gnu/bin/rust-lld");
      add(peers, "LLD", List.of(lld.toString(), "-flavor", "gnu"));
    }
    add(peers, "mold", List.of("mold"));
    return peers;
  }

  private static void add(List<Peer> peers, String name, List<String> command) throws IOException {
    String program = command.getFirst();
    if (!program.startsWith("/") && !Tools.onPath(program)
        || program.startsWith("/") && !Files.isExecutable(Path.of(program))) {
      return;
    }
    List<String> question = new ArrayList<>(command);
    question.add("--version");
    String version = Tools.run(Path.of("/"), question).lines().findFirst().orElse(program);
    if (peers.stream().anyMatch(peer -> peer.version().equals(version))) {
      return;
    }
    // mold works in a child, whose memory would not count.
    List<String> memory = name.equals("mold") ? List.of(program, "--no-fork") : command;
    peers.add(new Peer(shortName(name, version), version, command, memory));
  }

  /** "LLD 19.1.7": the name with the first number that has a dot. */
  private static String shortName(String name, String version) {
    for (String word : version.split("[ ,]+", -1)) {
      if (word.matches("\\d+(\\.\\d+)+.*")) {
        return name + " " + word.replaceFirst("^(\\d+(\\.\\d+)+).*", "$1");
      }
    }
    return name;
  }

  List<String> link(List<String> arguments, Path output) {
    return link(command, arguments, output);
  }

  List<String> linkForMemory(List<String> arguments, Path output) {
    return link(memoryCommand, arguments, output);
  }

  private static List<String> link(List<String> command, List<String> arguments, Path output) {
    List<String> words = new ArrayList<>(command);
    words.addAll(arguments);
    words.addAll(List.of("-o", output.toString()));
    return words;
  }
}

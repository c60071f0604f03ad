package dev.linkd.elf.x86_64;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Code as the GNU assembler leaves it in an object: bytes of {@code .text} and its relocations.
 *
 * @param text not relocated
 * @param relocations ascending by offset
 */
record AssembledCode(byte[] text, List<Relocation> relocations) {

  private static final Pattern RELOCATION =
      Pattern.compile(
          "([0-9a-f]{16}) +([0-9a-f]{16}) R_X86_64_\\S+ +\\S+(?: \\S+)*? ([+-]) (\\S+)");

  private static final Pattern INSTRUCTION =
      Pattern.compile("\\s+[0-9a-f]+:\\t(?:[^\\t]*\\t)?(.*)");

  record Relocation(int offset, int kind, long addend) {}

  static AssembledCode of(Path directory, String source) throws Exception {
    Path assembly = Files.writeString(directory.resolve("code.s"), source + "\n");
    Path object = directory.resolve("code.o");
    Path bytes = directory.resolve("code.bin");
    run("as", "-o", object.toString(), assembly.toString());
    run("objcopy", "-O", "binary", "-j", ".text", object.toString(), bytes.toString());
    List<Relocation> relocations = new ArrayList<>();
    for (String line : run("readelf", "-rW", object.toString()).lines().toList()) {
      Matcher match = RELOCATION.matcher(line);
      if (match.lookingAt()) {
        long addend = Long.parseLong(match.group(4), 16);
        relocations.add(
            new Relocation(
                Integer.parseInt(match.group(1), 16),
                (int) Long.parseUnsignedLong(match.group(2), 16),
                match.group(3).equals("-") ? -addend : addend));
      }
    }
    return new AssembledCode(Files.readAllBytes(bytes), relocations);
  }

  MemorySegment segment() {
    return MemorySegment.ofArray(text);
  }

  /** The only relocation. */
  Relocation relocation() {
    assertThat(relocations).hasSize(1);
    return relocations.getFirst();
  }

  /** One line for each instruction, in AT&T syntax, with single spaces. */
  static List<String> disassemble(Path directory, byte[] code, long address) throws Exception {
    Path file = Files.write(directory.resolve("relaxed.bin"), code);
    List<String> lines = new ArrayList<>();
    String listing =
        run(
            "objdump",
            "-D",
            "--no-show-raw-insn",
            "-b",
            "binary",
            "-mi386:x86-64",
            "--adjust-vma=" + address,
            file.toString());
    for (String line : listing.lines().toList()) {
      Matcher match = INSTRUCTION.matcher(line);
      if (match.matches()) {
        lines.add(match.group(1).strip().replaceAll("\\s+", " "));
      }
    }
    return lines;
  }

  static String run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as("%s: %s", String.join(" ", command), text).isZero();
    return text;
  }
}

package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.output.AtomUpdate;
import dev.linkd.output.OutputKind;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Streams together with files: members on demand, order of constructors, names of libraries. */
class StreamedMembersTest {

  private static final int GLOBAL_FUNCTION = STB_GLOBAL << 4 | STT_FUNC;

  /** call TARGET; mov %eax,%edi; mov $60,%eax; syscall */
  private static final String CALL_AND_EXIT = "e80000000089c7b83c0000000f05";

  /** mov $42,%edi; mov $60,%eax; syscall */
  private static final String EXIT_42 = "bf2a000000b83c0000000f05";

  @TempDir Path directory;

  private final AtomUpdate update = new AtomUpdate();
  private Program program;
  private int stream;

  @BeforeEach
  void open() throws Exception {
    program = new Program(directory, OutputKind.STATIC_EXECUTABLE);
    program.flags("-fno-asynchronous-unwind-tables");
    stream = program.output.stream("test");
  }

  @AfterEach
  void close() {
    program.close();
  }

  private void begin(String key, String section, int type, long flags, String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    update.clear();
    update.key = program.output.name(key);
    update.section = program.output.name(section);
    update.sectionType = type;
    update.sectionFlags = flags;
    update.alignment = 8;
    update.size = bytes.length;
    update.bytes = MemorySegment.ofArray(bytes);
  }

  private void start(String hex, String target) throws Exception {
    begin("_start", ".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, hex);
    update.addDefinition(update.key, 0, update.size, GLOBAL_FUNCTION);
    if (!target.isEmpty()) {
      int name = program.output.name(target);
      update.addRelocation(1, R_X86_64_PLT32, AtomUpdate.TARGET_GLOBAL, name, -4);
    }
    program.output.putAtom(stream, update);
  }

  @Test
  void aMemberGoesWithTheLastStreamedReference() throws Exception {
    program.compile("member.c", "int member(void) { return 5; } int extra = 1;\n");
    Program.command(directory, "ar", "rcs", "lib.a", "member.o");
    program.put(directory.resolve("lib.a"));
    start(CALL_AND_EXIT, "member");
    assertThat(program.linkAndRun()).isEqualTo("exit 5\n");

    start(EXIT_42, "");
    assertThat(program.linkAndRun()).isEqualTo("exit 42\n");
    assertThat(program.count("-s", "extra")).isZero();

    start(CALL_AND_EXIT, "member");
    assertThat(program.linkAndRun()).isEqualTo("exit 5\n");
    program.output.removeAtom(stream, program.output.name("_start"));
    program.c("start.c", "void _start(void) { __asm__(\"mov $60,%eax; syscall\"); }\n");
    program.link();
    assertThat(program.count("-s", "extra")).isZero();
  }

  @Test
  void aTableEntryMovesWhenThePriorityInItsSectionNameChanges() throws Exception {
    start(EXIT_42, "");
    long flags = SHF_ALLOC | SHF_WRITE;
    for (String entry : new String[] {"a5", "b6", "c1"}) {
      String key = entry.substring(0, 1);
      begin(key, ".init_array." + entry.charAt(1), SHT_INIT_ARRAY, flags, entry(key));
      program.output.putAtom(stream, update);
    }
    program.link();
    assertThat(table()).isEqualTo("cab");
    begin("c", ".init_array", SHT_INIT_ARRAY, flags, entry("c"));
    program.output.putAtom(stream, update);
    program.link();
    assertThat(table()).isEqualTo("abc");
  }

  private static String entry(String key) {
    return HexFormat.of().toHexDigits((byte) key.charAt(0)) + "00000000000000";
  }

  private String table() throws Exception {
    return program
        .readelf("-x", ".init_array")
        .lines()
        .filter(line -> line.startsWith("  0x"))
        .map(line -> line.substring(line.length() - 16).replaceAll("[. ]", ""))
        .reduce("", String::concat);
  }
}

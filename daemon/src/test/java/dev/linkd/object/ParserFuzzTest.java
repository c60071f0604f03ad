package dev.linkd.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.linkd.diag.LinkException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged inputs of every kind. */
class ParserFuzzTest {
  @TempDir Path directory;
  private final Walk walk = new Walk();
  private final Fuzz fuzz = new Fuzz();

  private static byte[] bytes(Path file) {
    return Tools.read(file).toArray(ValueLayout.JAVA_BYTE);
  }

  private void check(Fuzz.Outcome outcome) {
    System.out.println(outcome + " sum " + walk.sum());
    assertThat(outcome.accepted()).as("harmless damage").isPositive();
    assertThat(outcome.refused()).as("refused").isPositive();
  }

  /** The header, the section headers and the content of all tables, each as one range. */
  private static int[] structures(ElfObject object) {
    List<Integer> ranges = new ArrayList<>(List.of(0, 64));
    int table = (int) Bytes.i64(object.bytes(), 40);
    ranges.addAll(List.of(table, table + object.sections() * 64));
    for (int s = 1; s < object.sections(); s++) {
      int type = object.sectionType(s);
      if (type == ElfConstants.SHT_SYMTAB
          || type == ElfConstants.SHT_RELA
          || type == ElfConstants.SHT_GROUP
          || type == ElfConstants.SHT_NOTE
          || object.sectionNameIs(s, ".eh_frame")) {
        int start = (int) object.sectionOffset(s);
        ranges.addAll(List.of(start, start + (int) object.sectionSize(s)));
      }
    }
    return ranges.stream().mapToInt(Integer::intValue).toArray();
  }

  private void object(Path file) throws LinkException {
    byte[] base = bytes(file);
    int[] hot = structures(ElfObject.parse("base.o", MemorySegment.ofArray(base)));
    check(fuzz.run(base, hot, bytes -> walk.object(ElfObject.parse("fuzz.o", bytes))));
  }

  @Test
  void objectsOfC() throws Exception {
    object(Samples.c(directory, "-O1", "-ffunction-sections", "-fcf-protection=full"));
  }

  @Test
  void objectsWithGroupsAndUnwindTables() throws Exception {
    object(
        Tools.compile(
            directory,
            "small.cc",
            """
            struct S { S(); ~S(); };
            inline int counter() { static int n; return ++n; }
            template <class T> T twice(T v) { S s; return v + v + counter(); }
            const char *text() { return "text"; }
            int f() { return twice(3) + (int) twice(2.5); }
            """,
            "-O1",
            "-gz=zlib",
            "-g1"));
  }

  @Test
  void sharedLibraries() throws Exception {
    Files.writeString(
        directory.resolve("map"), "V1 { global: f; local: *; }; V2 { global: g; x; } V1;");
    Files.writeString(
        directory.resolve("v.c"),
        """
        __asm__(".symver f_old, f@V1");
        __asm__(".symver f_new, f@@V2");
        extern int puts(const char *);
        int f_old(void) { return 1; }
        int f_new(void) { return puts("2"); }
        int g(void) { return 2; }
        int x = 5;
        """);
    Tools.run(
        directory,
        "gcc",
        "-shared",
        "-fPIC",
        "-nostartfiles",
        "-Wl,--hash-style=both",
        "-Wl,--version-script=map",
        "-Wl,-soname,libv.so.1",
        "-o",
        "libv.so",
        "v.c");
    byte[] base = bytes(directory.resolve("libv.so"));
    // Headers, then the dynamic tables, which come first, then the dynamic section at the end.
    ElfSegments segments = segments(base);
    int dynamic = segments.find(ElfConstants.PT_DYNAMIC);
    int[] hot = {
      0,
      64 + 12 * 56,
      64 + 12 * 56,
      0x700,
      (int) segments.fileOffset(dynamic),
      (int) (segments.fileOffset(dynamic) + segments.fileSize(dynamic))
    };
    check(fuzz.run(base, hot, bytes -> walk.library(SharedLibrary.parse("fuzz.so", bytes))));
  }

  private static ElfSegments segments(byte[] bytes) throws LinkException {
    InputBytes in = new InputBytes("base.so", MemorySegment.ofArray(bytes));
    return ElfSegments.read(in, ElfHeader.read(in));
  }

  @Test
  void archives() throws Exception {
    Files.writeString(directory.resolve("one.s"), ".globl one, uno\none: uno: ret\n");
    Files.writeString(directory.resolve("a_name_that_is_long.s"), ".globl two\ntwo: ret\n");
    Tools.run(directory, "gcc", "-c", "one.s", "a_name_that_is_long.s");
    String longName = "a_name_that_is_long.o";
    Tools.run(directory, "ar", "rcs", "plain.a", "one.o", longName);
    Tools.run(directory, "ar", "rcsT", "thin.a", "one.o", longName);
    for (String name : List.of("plain.a", "thin.a")) {
      byte[] base = bytes(directory.resolve(name));
      int[] hot = {0, 240, 240, 400};
      check(fuzz.run(base, hot, bytes -> walk.archive(Archive.parse("fuzz.a", bytes))));
    }
  }

  @Test
  void scripts() {
    byte[] base =
        """
        /* GNU ld script */
        OUTPUT_FORMAT(elf64-x86-64)
        GROUP ( /lib/libc.so.6 "/usr/lib/libc_nonshared.a" AS_NEEDED ( -lx ) ) ; ENTRY(a)
        """
            .getBytes(StandardCharsets.UTF_8);
    check(fuzz.run(base, new int[0], bytes -> LinkerScript.parse("fuzz.so", bytes)));
  }

  @Test
  void kindsOfAnything() {
    byte[] base = "\u007fELF!<arch>\n!<thin>\nBC\u0001".getBytes(StandardCharsets.ISO_8859_1);
    Fuzz.Outcome outcome = fuzz.run(base, new int[] {0, 20}, FileKinds::detect);
    assertThat(outcome.refused()).isZero();
  }

  /** The harness itself must notice what it is for. */
  @Test
  void theHarnessNoticesFaults() {
    byte[] base = new byte[16];
    int[] none = {};
    assertThatThrownBy(() -> fuzz.run(base, none, bytes -> Bytes.i64(bytes, 12)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("seed");
    List<byte[]> kept = new ArrayList<>();
    assertThatThrownBy(() -> fuzz.run(base, none, bytes -> kept.add(new byte[1 << 22])))
        .hasMessageContaining("bytes for");
    assertThatThrownBy(() -> fuzz.run(base, none, bytes -> ElfObject.parse("", bytes)))
        .hasMessageContaining("no input");
  }
}

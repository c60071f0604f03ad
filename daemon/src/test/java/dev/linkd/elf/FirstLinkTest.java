package dev.linkd.elf;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.linkd.diag.LinkException;
import dev.linkd.object.ElfConstants;
import dev.linkd.object.ElfObject;
import dev.linkd.output.Output.InputSpec;
import dev.linkd.output.OutputKind;
import dev.linkd.output.OutputSpec;
import dev.linkd.store.InputStore;
import dev.linkd.table.Layouts;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a first link leaves out or does as a whole, and the updates after it. */
class FirstLinkTest {

  private static final int FUNCTIONS = 3000;

  @TempDir Path directory;

  private InputSpec compile(String name, String text, String... options) throws Exception {
    Files.writeString(directory.resolve(name + ".c"), text);
    String[] command = new String[options.length + 6];
    System.arraycopy(
        new String[] {"gcc", "-c", "-O1", "-fno-pie", "-ffunction-sections", name + ".c"},
        0,
        command,
        0,
        6);
    System.arraycopy(options, 0, command, 6, options.length);
    Program.command(directory, command);
    Path object = directory.resolve(name + ".o");
    return new InputSpec(object.toString(), object, false, false);
  }

  private Link open() {
    OutputSpec spec = OutputSpec.of(directory.resolve("program"), OutputKind.STATIC_EXECUTABLE);
    return new Link(spec, new InputStore(1 << 28));
  }

  private static void settle(Link link) {
    link.settle();
    assertThat(link.state.problems.list()).isEmpty();
    link.state.file.check();
  }

  @Test
  void anObjectIsIndexedWhenItIsReadAgain() throws Exception {
    String text =
        "static int t[4]; int *_start(void) { return t + %d; } int g(void) { return %d; }";
    String[] plain = {"-fno-asynchronous-unwind-tables"};
    try (Link link = open()) {
      link.inputs.put(compile("a", text.formatted(1, 2), plain));
      settle(link);
      int atoms = link.state.atoms.size();
      assertThat(link.state.atomIndex.size()).isZero();
      long symbols = link.state.symbols.size();

      var change = link.inputs.put(compile("a", text.formatted(1, 3), plain));
      settle(link);
      assertThat(change.atomsChanged()).isEqualTo(1);
      assertThat(link.state.atoms.size()).isEqualTo(atoms);
      assertThat(link.state.symbols.size()).isEqualTo(symbols);
      assertThat(link.state.atomIndex.size()).isEqualTo(atoms);
    }
  }

  @Test
  void aFirstVersionThatIsRefusedLeavesNothing() throws Exception {
    try (Link link = open()) {
      link.inputs.put(compile("a", "int _start(void) { return 1; }"));
      settle(link);
      link.state.names.sweep();
      int atoms = link.state.atoms.size();
      int symbols = link.state.symbols.size();
      int definitions = link.state.definitions.size();
      InputSpec other =
          compile(
              "b",
              "static int u[4]; int *h(void) { return u; } int common;",
              "-fcommon",
              "-fno-asynchronous-unwind-tables");
      breakCommon(other.path());
      assertThatThrownBy(() -> link.inputs.put(other)).isInstanceOf(LinkException.class);
      link.inputs.remove(other.key());
      settle(link);
      assertThat(link.state.atoms.size()).isEqualTo(atoms);
      assertThat(link.state.symbols.size()).isEqualTo(symbols);
      assertThat(link.state.definitions.size()).isEqualTo(definitions);
    }
  }

  /** Gives the common symbol an alignment of 3, which is found after all sections were put. */
  private static void breakCommon(Path object) throws Exception {
    byte[] bytes = Files.readAllBytes(object);
    MemorySegment file = MemorySegment.ofArray(bytes);
    ElfObject parsed = ElfObject.parse("b", file);
    for (int s = 1; s < parsed.sections(); s++) {
      if (parsed.sectionType(s) == ElfConstants.SHT_SYMTAB) {
        for (int y = 0; y < parsed.symbols(); y++) {
          if (parsed.symbolSection(y) == ElfObject.COMMON) {
            file.set(Layouts.LONG, parsed.sectionOffset(s) + y * 24L + 8, 3L);
          }
        }
      }
    }
    Files.write(object, bytes);
  }

  private static String functions(int first, int count, String body) {
    return IntStream.range(first, first + count)
        .mapToObj(i -> "int f" + i + "(int x) { " + body + " return x + " + i + "; }\n")
        .collect(Collectors.joining());
  }

  @Test
  void theSearchTableOfManyRecordsIsSorted() throws Exception {
    try (Link link = open()) {
      link.inputs.put(compile("a", "int _start(void) { return 0; }\n"));
      link.inputs.put(compile("b", functions(0, FUNCTIONS, "")));
      settle(link);
      assertSearchTable(link, FUNCTIONS + 1);

      link.inputs.put(
          compile("a", functions(FUNCTIONS, 10, "") + "int _start(void) { return 0; }"));
      settle(link);
      assertSearchTable(link, FUNCTIONS + 11);

      String grown = "__asm__ volatile(\".fill 40, 1, 0x90\");";
      link.inputs.put(compile("b", functions(0, FUNCTIONS, grown)));
      settle(link);
      assertSearchTable(link, FUNCTIONS + 11);

      link.inputs.put(compile("b", functions(0, 3, "")));
      settle(link);
      assertSearchTable(link, 14);
    }
  }

  /** Slots ascend, each record is where it says, and each address of code is there once. */
  private static void assertSearchTable(Link link, int records) {
    OutputSection header = requireNonNull(link.parts.layout.find(".eh_frame_hdr"));
    OutputSection frames = requireNonNull(link.parts.layout.find(".eh_frame"));
    MemorySegment image = link.state.file.image();
    long at = link.state.file.position(header.node);
    int slots = EhFrameHdrDescriptor.entries(image, at);
    long before = Long.MIN_VALUE;
    int different = 0;
    for (int i = 0; i < slots; i++) {
      long slot = at + EhFrameHdrDescriptor.TABLE + i * 8L;
      long code = header.address + image.get(Layouts.INT, slot);
      long record = header.address + image.get(Layouts.INT, slot + 4);
      assertThat(code).isGreaterThanOrEqualTo(before);
      different += code == before ? 0 : 1;
      before = code;
      long field = record + 8;
      long inFile = link.state.file.position(frames.node) + field - frames.address;
      assertThat(field + image.get(Layouts.INT, inFile)).isEqualTo(code);
    }
    assertThat(different).isEqualTo(records);
  }

  @Test
  void unwindRecordsOfOneSectionHaveKeysInTheirOrder() throws Exception {
    try (Link link = open()) {
      link.inputs.put(compile("a", "int _start(void) { return 0; }\n"));
      link.inputs.put(compile("b", functions(0, 300, ""), "-fno-function-sections"));
      settle(link);
      assertSearchTable(link, 301);
      var change = link.inputs.put(compile("b", functions(0, 299, ""), "-fno-function-sections"));
      settle(link);
      assertSearchTable(link, 300);
      assertThat(change.atomsRemoved()).isEqualTo(1);
    }
  }
}

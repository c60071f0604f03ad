package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.output.FlushResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sections with SHF_LINK_ORDER lie in the order of the sections that they are linked to. */
class LinkOrderLinkTest {

  /** A program that prints what its table of entries holds, from first to last. */
  private static final String MAIN =
      """
      #include <stdio.h>
      extern void *const __start_entries[], *const __stop_entries[];
      void *const *volatile start = __start_entries;
      int main(void) {
        for (void *const *p = start; p < __stop_entries; p++) {
          printf("%s%s", *p == 0 ? "0" : p > start && p[0] < p[-1] ? "!" : "+", "");
        }
        return 0;
      }
      """;

  @TempDir Path directory;
  private Workshop shop;

  @BeforeEach
  void open() throws Exception {
    shop = new Workshop(directory);
    shop.compile("main.c", MAIN);
  }

  @AfterEach
  void close() {
    shop.close();
  }

  /**
   * A function of a size with an entry for it, in a section that is linked to that of the function.
   */
  private static String function(String name, int bytes) {
    return """
    .section .text.%1$s,"ax",@progbits
    .globl %1$s
    %1$s: .fill %2$d,1,0x90
    ret
    .section entries,"ao",@progbits,.text.%1$s
    .quad %1$s
    """
        .formatted(name, bytes);
  }

  private void assemble(String file, String... parts) throws Exception {
    shop.write(file + ".s", String.join("", parts) + ".section .note.GNU-stack,\"\",@progbits\n");
    shop.tool("gcc", "-c", file + ".s", "-o", file + ".o");
  }

  private void link(String... options) throws Exception {
    List<String> words = new ArrayList<>(List.of("gcc", "-no-pie", "-o", "p", "main.o"));
    words.addAll(List.of(options));
    shop.ccQuietly(words.toArray(String[]::new));
    assertThat(shop.pool.output(shop.path("p")).verify()).isEmpty();
  }

  /** Names of the functions in the order of the entries, and in that of their addresses. */
  private void requireOrder(int count) throws Exception {
    Map<String, String> names = new HashMap<>();
    for (String line : shop.tool("nm", "p").lines().toList()) {
      if (line.matches("[0-9a-f]{16} T f\\d+")) {
        names.put(line.substring(0, 16), line.substring(19));
      }
    }
    List<String> addresses = new ArrayList<>(names.keySet());
    addresses.sort(Comparator.naturalOrder());
    assertThat(entries()).isEqualTo(addresses).hasSize(count);
  }

  /** What the entries hold, as 16 digits. */
  private List<String> entries() throws Exception {
    return entries("entries");
  }

  private List<String> entries(String section) throws Exception {
    shop.tool("objcopy", "-O", "binary", "-j", section, "p", "entries.bin");
    byte[] bytes = Files.readAllBytes(shop.path("entries.bin"));
    List<String> entries = new ArrayList<>();
    for (int at = 0; at < bytes.length; at += Long.BYTES) {
      StringBuilder digits = new StringBuilder();
      for (int i = Long.BYTES - 1; i >= 0; i--) {
        digits.append("%02x".formatted(bytes[at + i] & 0xff));
      }
      entries.add(digits.toString());
    }
    return entries;
  }

  @ParameterizedTest
  @ValueSource(strings = {"-Wl,--no-gc-sections", "-Wl,--gc-sections,-z,nostart-stop-gc"})
  void entriesFollowTheirFunctionsThroughEdits(String option) throws Exception {
    assemble("a", function("f1", 8), function("f2", 8));
    assemble("b", function("f3", 40), function("f4", 8));
    // In another order than the functions: the entry of f6 is written before that of f5.
    String[] halves = function("f5", 8).split("(?=\\.section entries)");
    assemble("c", halves[0], function("f6", 8), halves[1]);
    String[] link = {option, "a.o", "b.o", "c.o"};
    link(link);
    requireOrder(6);
    assertThat(shop.run("p")).isEqualTo("++++++exit 0");

    assemble("a", function("f1", 5000), function("f2", 8)); // f1 goes elsewhere
    link(link);
    requireOrder(6);
    assemble("b", function("f3", 8), function("f4", 300), function("f7", 4));
    link(link);
    requireOrder(7);
    assemble("a", function("f2", 8));
    link(link);
    requireOrder(6);
    assemble("c", function("f6", 70), function("f8", 1), function("f5", 9), function("f9", 2000));
    link(link);
    requireOrder(8);
    assemble("a", function("f2", 9000), function("f1", 3));
    link(option, "c.o", "a.o", "b.o");
    requireOrder(9);
    assertThat(shop.run("p")).isEqualTo("+++++++++exit 0");
    link(option, "c.o", "b.o");
    requireOrder(7);
  }

  @Test
  void theSectionHeaderNamesWhatIsLinkedTo() throws Exception {
    assemble("a", function("f1", 8));
    link("a.o");
    String headers = shop.tool("readelf", "-SW", "p");
    String number = headers.replaceAll("(?s).*\\[ *(\\d+)\\] \\.text .*", "$1");
    assertThat(headers).containsPattern(" entries .* AL +" + number + " ");
    assertThat(shop.tool("sh", "-c", "eu-elflint --gnu-ld p; true")).doesNotContain("entries");
  }

  /** As in GNU ld: first those that are linked to nothing, in the order of the inputs. */
  @Test
  void thoseThatAreLinkedToNothingComeFirst() throws Exception {
    String free = ".section entries,\"a\",@progbits,unique,7\n.quad %d\n";
    assemble("a", function("f1", 8), free.formatted(1), function("f2", 8));
    assemble("b", function("f3", 8), free.formatted(3));
    link("a.o", "b.o");
    assertThat(entries().subList(0, 2)).containsExactly("%016x".formatted(1), "%016x".formatted(3));
    assertThat(entries().subList(2, 5)).isSorted();
    assemble("c", free.formatted(2));
    link("a.o", "c.o", "b.o");
    assertThat(entries().subList(0, 3))
        .containsExactly("%016x".formatted(1), "%016x".formatted(2), "%016x".formatted(3));
    assertThat(entries().subList(3, 6)).isSorted();
    assemble("d", free.formatted(4));
    link("a.o", "c.o", "b.o", "d.o");
    assertThat(entries().subList(0, 4)).endsWith("%016x".formatted(3), "%016x".formatted(4));
    assertThat(entries().subList(4, 7)).isSorted();
    assemble("a", ".section .text.f1,\"ax\"\nnop\n");
    assemble("b", free.formatted(3));
    link("a.o", "c.o", "b.o");
    assertThat(entries()).containsExactly("%016x".formatted(2), "%016x".formatted(3));
    assertThat(shop.tool("readelf", "-SW", "p")).containsPattern(" entries .* A +0 ");
  }

  /** A section that first had no order gets one when a file asks for it. */
  @Test
  void anOrderCanBeAskedForLater() throws Exception {
    assemble("a", ".section .entries,\"a\",@progbits\n.quad 7\n");
    assemble("b", function("f1", 8).replace("section entries", "section .entries"));
    shop.compile("main.c", "int main(void) { return 0; }\n");
    link("a.o");
    String[] link = {"a.o", "c.o", "b.o"};
    assemble("c", function("f2", 8).replace("section entries", "section .entries"));
    link(link);
    assertThat(shop.tool("readelf", "-SW", "p")).containsOnlyOnce(" .entries ");
    assertThat(shop.tool("readelf", "-SW", "p")).containsPattern(" \\.entries .* 000018 00  AL ");
    assertThat(entries(".entries")).startsWith("%016x".formatted(7)).isSorted();
  }

  @Test
  void sectionsThatAreLinkedInACircleAreLinked() throws Exception {
    assemble(
        "a",
        """
        .section .entry1,"ao",@progbits,.entry2
        .quad 1
        .section .entry2,"ao",@progbits,.entry1
        .quad 2
        """);
    shop.compile("main.c", "int main(void) { return 0; }\n");
    link("a.o");
    assertThat(shop.run("p")).isEqualTo("exit 0");
  }

  /** Within what one statement of a linker script takes. */
  @Test
  void aScriptHasTheOrderOfEachStatement() throws Exception {
    shop.write(
        "p.ld",
        """
        ENTRY(f1)
        SECTIONS {
          . = 0x10000;
          .text : { *(.text.f2) *(.text.f4) *(.text.*) }
          entries : { *b.o(entries) *(entries) }
          /DISCARD/ : { *(.note.GNU-stack) *(.note.gnu.property) }
        }
        """);
    assemble("a", function("f1", 8), function("f2", 8));
    assemble("b", function("f3", 8), function("f4", 8));
    String[] words = {"-T", "p.ld", "-o", "p", "a.o", "b.o"};
    assertThat(shop.ld(words).status()).as("%s", shop.heard.messages()).isZero();
    Map<String, String> names = new HashMap<>();
    shop.tool("nm", "p")
        .lines()
        .forEach(line -> names.put(line.substring(0, 16), line.substring(19)));
    assertThat(entries().stream().map(names::get)).containsExactly("f4", "f3", "f2", "f1");
    assertThat(shop.pool.output(shop.path("p")).verify()).isEmpty();
  }

  /** The first gcc with this option links the entries of a file to its first function. */
  @ParameterizedTest
  @ValueSource(strings = {"gcc", "clang"})
  void tablesOfPatchableFunctions(String compiler) throws Exception {
    for (String name : List.of("one", "two", "three")) {
      patchable(compiler, name, "return x * 3;");
    }
    shop.compile("main.c", "int main(void) { return 0; }\n");
    String[] link = {"three.o", "one.o", "two.o"};
    link(link);
    requireSortedTable();
    patchable(compiler, "three", "x = x * 3 + 1; x ^= x >> 3;".repeat(400) + " return x;");
    link(link);
    requireSortedTable();
  }

  private void patchable(String compiler, String name, String body) throws Exception {
    shop.write(name + ".c", "int " + name + "(int x) { " + body + " }\n");
    shop.tool(
        compiler, "-c", "-O1", "-ffunction-sections", "-fpatchable-function-entry=4", name + ".c");
  }

  private void requireSortedTable() throws Exception {
    assertThat(entries("__patchable_function_entries")).hasSize(3).isSorted();
  }

  /** A table of three thousand entries costs nothing while nobody touches it. */
  @Test
  void anOrderThatNobodyTouchesIsNotLookedAt() throws Exception {
    StringBuilder many = new StringBuilder();
    for (int i = 0; i < 3_000; i++) {
      many.append(function("f" + i, 3));
    }
    assemble("a", many.toString());
    String text = ".section .text.other,\"ax\"\n.globl other\nother: mov $%d, %%eax\nret\n";
    assemble("b", text.formatted(1));
    link("a.o", "b.o");
    requireOrder(3_000);
    assemble("b", text.formatted(2));
    FlushResult flush =
        shop.ccQuietly("gcc", "-no-pie", "-o", "p", "main.o", "a.o", "b.o").flush().orElseThrow();
    assertThat(flush.statistics().rows().nodes()).isLessThan(100);
    requireOrder(3_000);
  }

  /** Whatever moves where: the entries are in order, and those of nothing in front. */
  @Test
  void randomEditsKeepTheOrder() throws Exception {
    long seed = Long.getLong("linkd.seed", System.nanoTime());
    Random random = new Random(seed);
    String[] link = IntStream.range(0, 4).mapToObj(i -> "o" + i + ".o").toArray(String[]::new);
    int[] free = new int[4];
    int[] functions = new int[4];
    for (int step = 0; step < 40; step++) {
      for (int i = 0; i < 4; i++) {
        if (step > 0 && random.nextInt(4) > 0) {
          continue;
        }
        List<String> parts = new ArrayList<>();
        functions[i] = random.nextInt(5);
        for (int f = 0; f < functions[i]; f++) {
          parts.add(function("f" + (i * 10 + f), random.nextInt(random.nextBoolean() ? 8 : 3000)));
        }
        free[i] = random.nextInt(2);
        if (free[i] > 0) {
          parts.add(".section entries,\"a\",@progbits,unique,7\n.quad " + (i + 1) + "\n");
        }
        Collections.shuffle(parts, random);
        assemble("o" + i, parts.toArray(String[]::new));
      }
      link(link);
      int first = Arrays.stream(free).sum();
      int count = first + Arrays.stream(functions).sum();
      List<String> entries = count == 0 ? List.of() : entries();
      assertThat(entries).as("seed %d, step %d", seed, step).hasSize(count).isSorted();
    }
  }

  /** The entry of a function that moves is compared with its neighbours. */
  @Test
  void anEntryThatStaysInOrderCostsTheSameInALargeTable() throws Exception {
    List<FlushResult.Statistics> grown = new ArrayList<>();
    List<FlushResult.Statistics> added = new ArrayList<>();
    for (int count : new int[] {200, 4_000}) {
      StringBuilder many = new StringBuilder();
      for (int i = 0; i < count; i++) {
        many.append(function("f" + i, 3));
      }
      assemble("a", many.toString());
      String last = "f" + count;
      assemble("b", function(last, 30));
      assemble(
          "c", ".section .text.other,\"ax\"\n.fill 99,1,0x90\n"); // keeps it from growing there
      String[] words = {"gcc", "-no-pie", "-o", "p" + count, "main.o", "a.o", "b.o", "c.o"};
      shop.ccQuietly(words);
      assemble("b", function(last, 9_000));
      grown.add(shop.ccQuietly(words).flush().orElseThrow().statistics());
      assemble("b", function(last, 9_000), function(last + "0", 9_000));
      added.add(shop.ccQuietly(words).flush().orElseThrow().statistics());
      assertThat(shop.pool.output(shop.path("p" + count)).verify()).isEmpty();
    }
    assertThat(grown.get(0).atomsMoved()).isEqualTo(1).isEqualTo(grown.get(1).atomsMoved());
    requireSameWork(grown);
    requireSameWork(added);
  }

  private static void requireSameWork(List<FlushResult.Statistics> updates) {
    assertThat(updates.get(0).rows().nodes()).isEqualTo(updates.get(1).rows().nodes());
    assertThat(updates.get(0).rows().atoms()).isEqualTo(updates.get(1).rows().atoms());
    assertThat(updates.get(0).rows().relocations()).isEqualTo(updates.get(1).rows().relocations());
  }
}

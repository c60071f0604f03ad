package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.STB_GLOBAL;
import static dev.linkd.object.ElfConstants.STB_WEAK;
import static dev.linkd.object.ElfConstants.STV_HIDDEN;
import static dev.linkd.object.ElfConstants.STV_INTERNAL;
import static dev.linkd.object.ElfConstants.STV_PROTECTED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.output.OutputKind;
import dev.linkd.output.OutputSpec;
import dev.linkd.store.InputStore;
import dev.linkd.symbol.Definitions;
import dev.linkd.symbol.Symbols;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A name that very many inputs mention costs no more to change than one that few do. */
class ManyReferencesTest {
  private static final int NONE = -1;

  @TempDir Path directory;
  private Link link;
  private final List<Stream> streams = new ArrayList<>();

  @BeforeEach
  void open() {
    link =
        new Link(OutputSpec.of(Path.of("/p"), OutputKind.SHARED_LIBRARY), new InputStore(1 << 20));
    link.settle();
  }

  @AfterEach
  void close() {
    link.close();
  }

  private int symbol(String name) {
    return link.state.symbol(Symbols.GLOBAL, link.state.names.intern(name));
  }

  private void refer(Stream from, int symbol, int info) {
    link.parts.streamSymbols.put(from, symbol, Definitions.REFERENCE, NONE, 0, 0, info);
  }

  private void define(Stream in, int symbol, long value, int binding) {
    int info = binding << 4;
    link.parts.streamSymbols.put(in, symbol, Definitions.ABSOLUTE, NONE, value, 0, info);
  }

  private void referFrom(int inputs, int symbol) {
    while (streams.size() < inputs) {
      Stream stream = link.addStream("input " + streams.size());
      streams.add(stream);
      refer(stream, symbol, STB_GLOBAL << 4);
    }
    link.settle();
  }

  /** Rows visited by the changes of one input: forget, mention again, define elsewhere. */
  private long visited(int symbol) {
    Stream any = streams.get(streams.size() / 2);
    link.state.work.clear();
    assertThat(link.parts.streamSymbols.remove(any, symbol)).isTrue();
    link.settle();
    refer(any, symbol, STB_GLOBAL << 4);
    link.settle();
    refer(any, symbol, STB_GLOBAL << 4);
    define(any, symbol("other"), 1, STB_GLOBAL);
    link.settle();
    link.parts.streamSymbols.remove(any, symbol("other"));
    link.settle();
    return link.state.work.rowsVisited();
  }

  @Test
  void aHundredThousandReferencesCostAsMuchAsTen() {
    int symbol = symbol("memcpy");
    referFrom(10, symbol);
    visited(symbol); // makes what the first change of a link makes
    long few = visited(symbol);
    referFrom(100_000, symbol);
    assertThat(visited(symbol)).as("while other tables are new").isLessThanOrEqualTo(few);
    assertThat(visited(symbol)).isEqualTo(few);
    assertThat(link.state.references.required(symbol)).isTrue();
  }

  @Test
  void definitionsAreFoundInFrontOfAllReferences() {
    int symbol = symbol("f");
    referFrom(1_000, symbol);
    Stream definer = link.addStream("definer");
    define(definer, symbol, 7, STB_WEAK);
    refer(link.addStream("late"), symbol, STB_GLOBAL << 4);
    Stream strong = link.addStream("strong");
    define(strong, symbol, 8, STB_GLOBAL);
    refer(link.addStream("later"), symbol, STB_GLOBAL << 4);
    link.state.work.clear();
    link.settle();
    assertThat(link.state.symbols.value(symbol)).isEqualTo(8);
    assertThat(link.state.work.rowsVisited()).isLessThan(500);
    link.parts.streamSymbols.remove(strong, symbol);
    link.settle();
    assertThat(link.state.symbols.value(symbol)).isEqualTo(7);
    refer(definer, symbol, STB_GLOBAL << 4);
    link.settle();
    assertThat(link.state.symbols.state(symbol)).isNotEqualTo(Symbols.ABSOLUTE);
    define(streams.getFirst(), symbol, 9, STB_GLOBAL);
    link.settle();
    assertThat(link.state.symbols.value(symbol)).isEqualTo(9);
  }

  @Test
  void aNameIsRequiredAsLongAsOneInputIsNotContentWithoutIt() {
    int symbol = symbol("g");
    Stream weak = link.addStream("weak");
    Stream strong = link.addStream("strong");
    refer(weak, symbol, STB_WEAK << 4);
    assertThat(link.state.references.required(symbol)).isFalse();
    refer(strong, symbol, STB_GLOBAL << 4);
    assertThat(link.state.references.required(symbol)).isTrue();
    refer(strong, symbol, STB_WEAK << 4);
    assertThat(link.state.references.required(symbol)).isFalse();
    refer(strong, symbol, STB_GLOBAL << 4);
    link.parts.streamSymbols.removeAll(strong);
    assertThat(link.state.references.required(symbol)).isFalse();
  }

  @Test
  void theNarrowestVisibilityOfAllReferencesCounts() {
    int symbol = symbol("v");
    List<Stream> inputs = new ArrayList<>();
    for (int visibility : new int[] {0, STV_PROTECTED, STV_HIDDEN, STV_INTERNAL}) {
      inputs.add(link.addStream("visibility " + visibility));
      refer(inputs.getLast(), symbol, STB_GLOBAL << 4 | visibility << 8);
    }
    assertThat(link.state.references.visibility(symbol)).isEqualTo(STV_INTERNAL);
    link.parts.streamSymbols.remove(inputs.get(3), symbol);
    assertThat(link.state.references.visibility(symbol)).isEqualTo(STV_HIDDEN);
    link.parts.streamSymbols.remove(inputs.get(2), symbol);
    assertThat(link.state.references.visibility(symbol)).isEqualTo(STV_PROTECTED);
    link.parts.streamSymbols.remove(inputs.get(1), symbol);
    assertThat(link.state.references.visibility(symbol)).isZero();
  }

  @Test
  void rowsOfAnInputCanGoInAnyOrder() {
    Stream input = link.addStream("many");
    List<Integer> symbols = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      symbols.add(symbol("s" + i));
      refer(input, symbols.getLast(), STB_GLOBAL << 4);
    }
    Collections.shuffle(symbols, new Random(3));
    for (int symbol : symbols.subList(0, 1_500)) {
      assertThat(link.parts.streamSymbols.remove(input, symbol)).isTrue();
      assertThat(link.parts.streamSymbols.remove(input, symbol)).isFalse();
    }
    int left = 0;
    int row = input.firstDefinition;
    for (; row != NONE; row = link.state.definitions.nextOfOwner(row)) {
      left++;
    }
    assertThat(left).isEqualTo(500);
    link.parts.streamSymbols.removeAll(input);
    link.settle();
    assertThat(link.state.definitions.size()).isZero();
    assertThat(link.state.saidIndex.size()).isZero();
  }

  @Test
  void editingOneOfManyObjectsThatCallOneFunctionVisitsAsManyRowsAsOneOfFew() throws Exception {
    assertThat(rowsOfAnEdit(300)).isEqualTo(rowsOfAnEdit(30));
  }

  private long rowsOfAnEdit(int objects) throws Exception {
    Path inner = Files.createDirectory(directory.resolve("of" + objects));
    try (Program program = new Program(inner, OutputKind.STATIC_EXECUTABLE)) {
      program.flags("-fno-asynchronous-unwind-tables");
      program.c("f.c", "int f(int x) { return x + 1; }\n");
      program.c(
          "start.c",
          "int f(int); void _start(void) { __asm__(\"syscall\" : : \"a\"(60), \"D\"(f(4))); }");
      Path user = program.compile("user.c", user(0));
      for (int i = 0; i < objects; i++) {
        program.put(Files.copy(user, inner.resolve("user" + i + ".o")));
      }
      assertThat(program.linkAndRun()).isEqualTo("exit 5\n");
      Files.copy(
          program.compile("user.c", user(1)),
          inner.resolve("user7.o"),
          java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      program.put(inner.resolve("user7.o"));
      return program.link().statistics().rowsVisited();
    }
  }

  private static String user(int version) {
    return "int f(int); static __attribute__((used)) int u(void) { return f(" + version + "); }\n";
  }

  /** Rows of names that went are used again, and so is what is held of each. */
  @Test
  void namesThatComeAndGoTakeNoMoreMemory() {
    Stream stream = link.addStream("unit");
    List<Long> bytes = new ArrayList<>();
    for (int round = 0; round < 6; round++) {
      for (int step = 0; step < 2; step++) {
        for (int i = 0; i < 40_000; i++) {
          int symbol = symbol("name" + round + "_" + i);
          if (step == 0) {
            refer(stream, symbol, (i % 3 == 0 ? STB_WEAK : STB_GLOBAL) << 4);
          } else {
            assertThat(link.parts.streamSymbols.remove(stream, symbol)).isTrue();
          }
        }
        link.settle();
        link.state.names.sweep();
      }
      bytes.add(link.state.references.bytes());
    }
    assertThat(bytes.subList(1, 6)).containsOnly(bytes.get(0));
    assertThat(bytes.get(0)).isLessThan(1 << 20);
  }
}

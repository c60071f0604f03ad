package dev.linkd.symbol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.linkd.table.TableFullException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Definitions with a row of their own and those that the row of a symbol holds look the same. */
class DefinitionsTest {
  private static final int ATOMS = 40;
  private static final int SYMBOLS = 12;
  private static final int INPUTS = 5;
  private static final int STEPS = 2_000;
  private static final int INFO = 0x12;
  private static final int HIDDEN = 0x212;

  private final Symbols symbols = new Symbols(1 << 20);
  private final Lists lists = new Lists();
  private final Definitions definitions = new Definitions(symbols, lists, 1 << 20);

  private final List<Entry> entries = new ArrayList<>();

  /** What one definition or reference says. */
  private record Entry(int symbol, int owner, int kind, long value, long size, int info) {}

  /** Lists of atoms; a fifth of the atoms belongs to each input. */
  private static final class Lists implements DefinitionOwners {
    private final int[] first = new int[ATOMS];

    @Override
    public int input(int atom) {
      return atom % INPUTS + 1;
    }

    @Override
    public int firstDefinition(int atom) {
      return first[atom];
    }

    @Override
    public void setFirstDefinition(int atom, int definition) {
      first[atom] = definition;
    }
  }

  @BeforeEach
  void addSymbols() {
    Arrays.fill(lists.first, Definitions.NONE);
    for (int i = 0; i < SYMBOLS; i++) {
      symbols.add(i, Symbols.GLOBAL);
    }
  }

  @AfterEach
  void close() {
    definitions.close();
    symbols.close();
  }

  @Test
  void theOnlyDefinitionNeedsNoRow() {
    addToAtom(3, 7, 0);
    resolve(3);
    assertThat(definitions.size()).isZero();
    addReference(3, 1);
    assertThat(definitions.size()).as("the reference").isEqualTo(1);
    addToAtom(3, 8, 0);
    assertThat(definitions.size()).as("two definitions and the reference").isEqualTo(3);
    remove(symbols.firstDefinition(3));
    resolve(3);
    assertThat(definitions.size()).as("one is left").isEqualTo(1);
    check();
  }

  @Test
  void aSymbolThatResolvesToSomethingElseKeepsItsDefinition() {
    addToAtom(0, 2, 16);
    resolve(0);
    set(0, Symbols.IMPORTED, 4, 9, 0, INFO, Definitions.NONE);
    assertThat(definitions.size()).isEqualTo(1);
    assertThat(symbols.atom(0)).isEqualTo(4);
    check();
    resolve(0);
    assertThat(definitions.size()).isZero();
    check();
  }

  @Test
  void whatIsChangedIsNoLongerTheWinner() {
    addToAtom(0, 2, 16);
    resolve(0);
    int winner = symbols.winner(0);
    assertThat(winner).isEqualTo(symbols.firstDefinition(0));
    definitions.set(winner, Definitions.IN_ATOM, 24, 8, INFO);
    assertThat(symbols.winner(0)).isEqualTo(Symbols.STALE);
    assertThat(definitions.value(winner)).isEqualTo(24);
    assertThatThrownBy(() -> definitions.set(winner, Definitions.COMMON, 0, 0, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aReferenceThatBecomesADefinitionIsTheLatest() {
    addToAtom(0, 2, 16);
    resolve(0);
    int row = definitions.add(0, 1, 1, Definitions.REFERENCE, 0, 0, INFO);
    definitions.set(row, Definitions.ABSOLUTE, 42, 0, INFO);
    assertThat(symbols.firstDefinition(0)).isEqualTo(row);
    assertThat(definitions.size()).as("neither is the only one").isEqualTo(2);
    int other = definitions.next(row);
    assertThat(definitions.owner(other)).isEqualTo(2);
    assertThat(symbols.winner(0)).isEqualTo(other);
    definitions.set(row, Definitions.REFERENCE, 0, 0, INFO);
    resolve(0);
    assertThat(definitions.size()).as("the reference").isEqualTo(1);
  }

  @Test
  void aDefinitionStaysWhereItIsWhenThereIsNoRowForIt() {
    try (Definitions small = new Definitions(symbols, lists, 1)) {
      small.add(1, 1, 1, Definitions.REFERENCE, 0, 0, INFO);
      int held = small.addToAtom(0, lists.input(2), 2, 16, 8, INFO);
      lists.first[2] = held;
      assertThatThrownBy(() -> small.addToAtom(0, lists.input(3), 3, 0, 8, INFO))
          .isInstanceOf(TableFullException.class);
      assertThatThrownBy(() -> small.prepare(0, 4, 9, 0, INFO, Definitions.NONE))
          .isInstanceOf(TableFullException.class);
      assertThat(symbols.firstDefinition(0)).isEqualTo(held);
      assertThat(lists.first[2]).isEqualTo(held);
      assertThat(small.value(held)).isEqualTo(16);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void sayWhatAListSays(long seed) {
    Random random = new Random(seed);
    int rowless = 0;
    for (int step = 0; step < STEPS; step++) {
      int symbol = random.nextInt(SYMBOLS);
      switch (random.nextInt(9)) {
        case 0, 1 -> addToAtom(symbol, random.nextInt(ATOMS), random.nextInt(100));
        case 2 -> addReference(symbol, random.nextInt(INPUTS) + 1);
        case 3 -> edit(symbol, random);
        case 4 -> set(symbol, Symbols.IMPORTED, 1, random.nextInt(9), 0, INFO, Definitions.NONE);
        case 5 -> resolve(symbol);
        default -> removeOne(symbol, random);
      }
      check();
      rowless += entries.size() > definitions.size() ? 1 : 0;
    }
    assertThat(rowless).as("steps with a held definition").isGreaterThan(STEPS / 10);
    while (!entries.isEmpty()) {
      remove(row(entries.getLast()));
    }
    check();
    assertThat(definitions.size()).isZero();
  }

  private void addToAtom(int symbol, int atom, long value) {
    int winner = symbols.winner(symbol);
    Entry won = winner < 0 ? null : entry(winner);
    int row = definitions.addToAtom(symbol, lists.input(atom), atom, value, 8, INFO);
    int wins = symbols.winner(symbol);
    assertThat(wins < 0 ? null : entry(wins)).as("winner").isEqualTo(won);
    definitions.setNextOfOwner(row, lists.first[atom]);
    lists.first[atom] = row;
    entries.add(new Entry(symbol, atom, Definitions.IN_ATOM, value, 8, INFO));
  }

  private void addReference(int symbol, int input) {
    definitions.add(symbol, input, input, Definitions.REFERENCE, 0, 0, INFO);
    entries.add(new Entry(symbol, input, Definitions.REFERENCE, 0, 0, INFO));
  }

  private void edit(int symbol, Random random) {
    int row = symbols.firstDefinition(symbol);
    if (row != Definitions.NONE && definitions.kind(row) == Definitions.IN_ATOM) {
      entries.remove(entry(row));
      int info = random.nextBoolean() ? INFO : HIDDEN;
      definitions.set(row, Definitions.IN_ATOM, random.nextInt(100), 4, info);
      entries.add(entry(row));
    }
  }

  private void removeOne(int symbol, Random random) {
    List<Integer> rows = rows(symbol);
    if (!rows.isEmpty()) {
      remove(rows.get(random.nextInt(rows.size())));
    }
  }

  private void remove(int row) {
    entries.remove(entry(row));
    int symbol = definitions.symbol(row);
    if (definitions.kind(row) == Definitions.IN_ATOM) {
      unlink(definitions.owner(row), row);
    }
    if (symbols.winner(symbol) == row) {
      symbols.setWinner(symbol, Symbols.STALE);
    }
    definitions.remove(row);
  }

  private void unlink(int atom, int row) {
    int next = definitions.nextOfOwner(row);
    int other = lists.first[atom];
    if (other == row) {
      lists.first[atom] = next;
      return;
    }
    while (definitions.nextOfOwner(other) != row) {
      other = definitions.nextOfOwner(other);
    }
    definitions.setNextOfOwner(other, next);
  }

  /** As the resolver does: to the first definition; nobody but the definition makes it hidden. */
  private void resolve(int symbol) {
    int row = symbols.firstDefinition(symbol);
    if (row == Definitions.NONE || definitions.kind(row) == Definitions.REFERENCE) {
      set(symbol, Symbols.UNDEFINED, Symbols.NONE, 0, 0, INFO, Definitions.NONE);
      return;
    }
    long value = definitions.value(row);
    set(symbol, Symbols.DEFINED, definitions.owner(row), value, definitions.size(row), INFO, row);
    definitions.absorb(symbols.winner(symbol));
    assertThat(symbols.state(symbol)).isEqualTo(Symbols.DEFINED);
    assertThat(symbols.value(symbol)).isEqualTo(value);
    assertThat(symbols.info(symbol)).as("resolution").isEqualTo(INFO);
  }

  private void set(int symbol, int state, int atom, long value, long size, int info, int row) {
    symbols.setWinner(symbol, definitions.prepare(symbol, atom, value, size, info, row));
    symbols.resolve(symbol, state, atom, value, size, info);
  }

  private List<Integer> rows(int symbol) {
    List<Integer> rows = new ArrayList<>();
    for (int row = symbols.firstDefinition(symbol); row != Definitions.NONE; ) {
      rows.add(row);
      row = definitions.next(row);
    }
    return rows;
  }

  private Entry entry(int row) {
    return new Entry(
        definitions.symbol(row),
        definitions.owner(row),
        definitions.kind(row),
        definitions.value(row),
        definitions.size(row),
        definitions.info(row));
  }

  private int row(Entry entry) {
    return rows(entry.symbol).stream()
        .filter(r -> entry(r).equals(entry))
        .findFirst()
        .orElseThrow();
  }

  private void check() {
    List<Entry> said = new ArrayList<>();
    Map<Integer, List<Integer>> ofAtoms = new HashMap<>();
    for (int symbol = 0; symbol < SYMBOLS; symbol++) {
      boolean references = false;
      List<Integer> rows = rows(symbol);
      for (int row : rows) {
        said.add(entry(row));
        assertThat(definitions.live(row)).isTrue();
        boolean reference = definitions.kind(row) == Definitions.REFERENCE;
        assertThat(references && !reference).as("definition behind a reference").isFalse();
        references |= reference;
        if (!reference) {
          assertThat(definitions.input(row)).isEqualTo(lists.input(definitions.owner(row)));
          ofAtoms.computeIfAbsent(definitions.owner(row), _ -> new ArrayList<>()).add(row);
        }
      }
      int winner = symbols.winner(symbol);
      assertThat(winner < 0 || rows.contains(winner)).as("winner").isTrue();
    }
    assertThat(said).containsExactlyInAnyOrderElementsOf(entries);
    for (int atom = 0; atom < ATOMS; atom++) {
      List<Integer> listed =
          IntStream.iterate(
                  lists.first[atom], row -> row != Definitions.NONE, definitions::nextOfOwner)
              .boxed()
              .toList();
      assertThat(listed).containsExactlyInAnyOrderElementsOf(ofAtoms.getOrDefault(atom, List.of()));
    }
  }
}

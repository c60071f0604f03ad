package dev.linkd.elf;

import dev.linkd.output.Atoms;
import dev.linkd.reloc.Relocations;
import dev.linkd.symbol.Definitions;
import dev.linkd.symbol.Symbols;
import dev.linkd.table.Layouts;
import dev.linkd.table.Segments;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/** Compares the meaning of two links: their atoms, symbols and what relocations resolve to. */
final class Comparison {

  private static final int NONE = -1;

  private final Link live;
  private final Link fresh;
  private final Findings findings;
  private final InputNames liveNames;
  private final InputNames freshNames;

  Comparison(Link live, Link fresh, Findings findings) {
    this.live = live;
    this.fresh = fresh;
    this.findings = findings;
    this.liveNames = new InputNames(live.state.inputs);
    this.freshNames = new InputNames(fresh.state.inputs);
  }

  private String name(Link link, int input) {
    return (link == live ? liveNames : freshNames).of(input);
  }

  void compare() {
    Map<String, Integer> expected = atoms(fresh);
    Map<String, Integer> actual = atoms(live);
    for (Map.Entry<String, Integer> entry : expected.entrySet()) {
      Integer atom = actual.remove(entry.getKey());
      if (atom == null) {
        findings.add("missing: " + printable(entry.getKey()));
      } else {
        compareAtoms(entry.getKey(), atom, entry.getValue());
      }
    }
    actual.keySet().forEach(name -> findings.add("not in a fresh link: " + printable(name)));
    compareGlobals();
    compareStrings();
  }

  /** A string that is too many is used by nothing; one that is missing is found by its users. */
  private void compareStrings() {
    long expected = strings(fresh);
    long actual = strings(live);
    if (actual != expected) {
      findings.add(actual + " strings instead of " + expected);
    }
  }

  private static long strings(Link link) {
    long count = 0;
    for (int pool = 0; pool < link.parts.strings.pools(); pool++) {
      count += link.parts.strings.pool(pool).strings();
    }
    return count;
  }

  private static String printable(String name) {
    return name.replace('\0', '~');
  }

  private Map<String, Integer> atoms(Link link) {
    Map<String, Integer> map = new HashMap<>();
    Atoms atoms = link.state.atoms;
    for (int atom = 0; atom < atoms.highWater(); atom++) {
      if (atoms.live(atom)) {
        map.put(identity(link, atom), atom);
      }
    }
    return map;
  }

  /** Input and key; a shared CIE is known by its bytes, because its key contains row numbers. */
  private String identity(Link link, int atom) {
    LinkState state = link.state;
    String key = exact(state, state.atoms.key(atom));
    String input = name(link, state.atoms.input(atom));
    if (key.startsWith("\0cie")) {
      StringBuilder text = new StringBuilder("\0cie");
      MemorySegment held = state.contentSegment(atom);
      for (long i = 0; i < state.atoms.size(atom); i++) {
        text.append((char) (Segments.getByte(held, state.atoms.content(atom) + i)));
      }
      int first = state.atoms.firstRelocation(atom);
      for (int row = first; row < first + state.atoms.relocations(atom); row++) {
        text.append(target(link, state.relocations.symbol(row)));
      }
      key = text.toString();
    }
    int flags = (int) state.atoms.sectionFlags(atom);
    return input + '\n' + flags + '/' + state.atoms.alignmentLog2(atom) + '\n' + key;
  }

  /**
   * A key without loss: keys of shared constants are their bytes, and as text two different ones
   * could look the same.
   */
  private static String exact(LinkState state, int name) {
    byte[] bytes =
        state
            .names
            .bytes()
            .asSlice(state.names.offset(name), state.names.length(name))
            .toArray(Layouts.BYTE);
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private void compareAtoms(String name, int atom, int other) {
    LinkState a = live.state;
    LinkState b = fresh.state;
    if (a.atoms.size(atom) != b.atoms.size(other) || !sameContent(atom, other)) {
      findings.add("bytes differ: " + printable(name));
    }
    if (a.placed(atom) != b.placed(other)) {
      findings.add((a.placed(atom) ? "not collected: " : "collected: ") + printable(name));
    }
    if (!leader(live, atom).equals(leader(fresh, other))) {
      findings.add("folded into " + leader(live, atom) + ": " + printable(name));
    }
    int count = a.atoms.relocations(atom);
    if (count != b.atoms.relocations(other)) {
      findings.add("relocations differ: " + printable(name));
      return;
    }
    int row = a.atoms.firstRelocation(atom);
    int otherRow = b.atoms.firstRelocation(other);
    for (int i = 0; i < count; i++) {
      compareRelocations(name, row + i, otherRow + i);
    }
  }

  /** The atom that stands for another; empty when none does. */
  private String leader(Link link, int atom) {
    int leader = link.state.folds.leader(atom);
    return leader == NONE ? "" : printable(home(link, leader));
  }

  private boolean sameContent(int atom, int other) {
    long from = live.state.atoms.content(atom);
    long otherFrom = fresh.state.atoms.content(other);
    if (from == NONE || otherFrom == NONE) {
      return from == otherFrom;
    }
    long size = live.state.atoms.size(atom);
    return MemorySegment.mismatch(
            live.state.contentSegment(atom),
            from,
            from + size,
            fresh.state.contentSegment(other),
            otherFrom,
            otherFrom + size)
        < 0;
  }

  private void compareRelocations(String name, int row, int other) {
    LinkState a = live.state;
    LinkState b = fresh.state;
    boolean same =
        a.relocations.offset(row) == b.relocations.offset(other)
            && a.relocations.kind(row) == b.relocations.kind(other)
            && addend(live, row) == addend(fresh, other);
    String target = targetOf(live, row);
    String expected = targetOf(fresh, other);
    if (!same || !target.equals(expected)) {
      findings.add(
          printable(name)
              + "+0x"
              + Long.toHexString(a.relocations.offset(row))
              + " refers to "
              + printable(target)
              + " instead of "
              + printable(expected));
    } else if (a.placed(a.relocations.atom(row))
        && !a.relocations.flag(row, Relocations.FAR) // keeps the slot that it needed once
        && needs(a, row) != needs(b, other)) {
      findings.add(printable(name) + " uses other tables for " + printable(target));
    }
  }

  private static int needs(LinkState state, int row) {
    return state.relocations.needs(row);
  }

  /** The addend of a relocation to a string says where the string is, which can differ. */
  private static long addend(Link link, int row) {
    boolean string = link.parts.strings.poolOf(link.state.relocations.symbol(row)) != NONE;
    return string ? 0 : link.state.relocations.addend(row);
  }

  private String targetOf(Link link, int row) {
    int symbol = link.state.relocations.symbol(row);
    int pool = link.parts.strings.poolOf(symbol);
    if (pool == NONE) {
      return target(link, symbol);
    }
    StringPool strings = link.parts.strings.pool(pool);
    return symbol == strings.symbol()
        ? "string " + strings.text(link.state.relocations.addend(row))
        : "a place beside a string of " + strings.section().name;
  }

  /** What a symbol resolves to, in names that both links share. */
  private String target(Link link, int symbol) {
    Symbols symbols = link.state.symbols;
    long value = symbols.value(symbol);
    return switch (symbols.state(symbol)) {
      case Symbols.DEFINED -> home(link, symbols.atom(symbol)) + '+' + value;
      case Symbols.ABSOLUTE -> "absolute " + value;
      case Symbols.IMPORTED -> {
        Library library = link.parts.providers.library(symbols.atom(symbol));
        yield library.soname + ' ' + link.state.name(symbol);
      }
      case Symbols.SECTION_START -> "start of " + section(link, symbols.atom(symbol));
      case Symbols.SECTION_END -> "end of " + section(link, symbols.atom(symbol));
      default -> "undefined";
    };
  }

  private static String section(Link link, int number) {
    return link.parts.layout.section(number).name;
  }

  private String home(Link link, int atom) {
    LinkState state = link.state;
    String key = exact(state, state.atoms.key(atom));
    return key.startsWith("\0cie") ? "cie" : name(link, state.atoms.input(atom)) + ' ' + key;
  }

  private void compareGlobals() {
    Map<String, String> expected = globals(fresh);
    Map<String, String> actual = globals(live);
    expected.forEach(
        (name, target) -> {
          String other = actual.remove(name);
          if (!Objects.equals(other, target)) {
            findings.add("symbol " + name + " is " + other + " instead of " + printable(target));
          }
        });
    actual.forEach((name, target) -> findings.add("stale symbol " + name));
  }

  private Map<String, String> globals(Link link) {
    Map<String, String> map = new HashMap<>();
    Symbols symbols = link.state.symbols;
    for (int symbol = 0; symbol < symbols.highWater(); symbol++) {
      if (symbols.live(symbol) && symbols.global(symbol) && mentioned(link, symbol)) {
        String what = target(link, symbol) + " info " + symbols.info(symbol);
        String version = link.parts.exports.stated(symbol);
        what += version.isEmpty() ? "" : " version " + version;
        boolean listed = symbols.slot(symbol) != NONE;
        map.put(link.state.name(symbol), what + (listed ? " listed" : ""));
      }
    }
    return map;
  }

  private static boolean mentioned(Link link, int symbol) {
    Definitions definitions = link.state.definitions;
    Symbols symbols = link.state.symbols;
    return symbols.firstReference(symbol) != NONE
        || (symbols.firstDefinition(symbol) != NONE
            && definitions.live(symbols.firstDefinition(symbol)));
  }
}

package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.STT_FILE;
import static dev.linkd.object.ElfConstants.STT_SECTION;

import dev.linkd.object.ElfObject;
import dev.linkd.object.dwarf.SourceLine;
import dev.linkd.object.dwarf.SourceLines;
import dev.linkd.object.dwarf.VariableLines;
import dev.linkd.symbol.Definitions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Says where something is, for people: the source line as far as the debug information knows it,
 * then function and object, in the words of LLVM's linker. Everything is looked up in the object's
 * file, so that it costs nothing while there is nothing to report.
 */
final class SourcePlaces {
  private static final int NONE = -1;

  private final LinkState state;

  SourcePlaces(LinkState state) {
    this.state = state;
  }

  /**
   * The lines of a note about a place in an atom.
   *
   * @param words how the note begins: "referenced by "
   * @param target name that a relocation at the place refers to; empty when there is none
   */
  List<String> ofPlace(String words, int atom, long offset, String target) {
    Input input = state.inputs.get(state.atoms.input(atom));
    String key = state.names.string(state.atoms.key(atom));
    if (input instanceof ObjectInput object) {
      int section = section(object.object, key, offset, target);
      if (section != NONE) {
        return lines(words, object, section, offset);
      }
    }
    return List.of(words + input.name + ":(" + plain(key) + "+0x" + Long.toHexString(offset) + ")");
  }

  /** The lines of a note about a definition. */
  List<String> ofDefinition(String words, int row) {
    Definitions definitions = state.definitions;
    Input input = state.inputs.get(definitions.input(row));
    String name = state.name(definitions.symbol(row));
    if (input instanceof ObjectInput object) {
      ElfObject file = object.object;
      for (int y = file.firstGlobal(); y < file.symbols(); y++) {
        if (file.symbolSection(y) > 0 && file.symbolName(y).equals(name)) {
          return lines(words, object, file.symbolSection(y), file.symbolValue(y));
        }
      }
    }
    if (definitions.kind(row) == Definitions.IN_ATOM) {
      return ofPlace(words, definitions.owner(row), definitions.value(row), "");
    }
    return List.of(words + input.name);
  }

  private static List<String> lines(String words, ObjectInput input, int section, long offset) {
    return lines(words, input, input.object, section, offset);
  }

  /** The lines of a note about a place in a version of an object. */
  static List<String> lines(
      String words, ObjectInput input, ElfObject file, int section, long offset) {
    int symbol = enclosing(file, section, offset);
    String object = inObject(input, file, section, offset, symbol);
    Optional<SourceLine> line = new SourceLines(file).at(section, offset);
    if (line.isEmpty() && symbol != NONE) {
      line = VariableLines.of(file, section, file.symbolValue(symbol));
    }
    String source = line.map(SourceLine::toString).orElseGet(() -> sourceFile(file));
    if (source.isEmpty()) {
      return List.of(words + object);
    }
    return List.of(words + source, " ".repeat(words.length()) + object);
  }

  /** The form {@code main.o:(main)}, or {@code main.o:(.data+0x8) in archive libx.a}. */
  private static String inObject(
      ObjectInput input, ElfObject file, int section, long offset, int symbol) {
    String place =
        symbol == NONE
            ? file.sectionName(section) + "+0x" + Long.toHexString(offset)
            : file.symbolName(symbol);
    ArchiveInput archive = input.archive;
    String name = input.name;
    String suffix = "";
    if (archive != null && name.startsWith(archive.name + "(")) {
      name = name.substring(archive.name.length() + 1, name.length() - 1);
      suffix = " in archive " + archive.name;
    }
    return name + ":(" + place + ")" + suffix;
  }

  /** The function or object that a place lies in. */
  private static int enclosing(ElfObject file, int section, long offset) {
    for (int y = 1; y < file.symbols(); y++) {
      long start = file.symbolValue(y);
      if (file.symbolSection(y) == section
          && SymbolView.type(file.symbolInfo(y)) != STT_SECTION
          && offset >= start
          && offset - start < file.symbolSize(y)) {
        return y;
      }
    }
    return NONE;
  }

  /** The source file that the object's symbol table names. */
  private static String sourceFile(ElfObject file) {
    for (int y = 1; y < file.firstGlobal(); y++) {
      if (SymbolView.type(file.symbolInfo(y)) == STT_FILE) {
        return file.symbolName(y);
      }
    }
    return "";
  }

  /** The section of an atom. Among those with one name it is that with the relocation. */
  private static int section(ElfObject file, String key, long offset, String target) {
    String name = plain(key);
    int best = NONE;
    int bestRank = NONE;
    for (int s = 1; s < file.sections(); s++) {
      if (file.sectionNameIs(s, name)) {
        int rank = rank(file, s, offset, target);
        if (rank > bestRank) {
          best = s;
          bestRank = rank;
        }
      }
    }
    return best;
  }

  private static int rank(ElfObject file, int s, long offset, String target) {
    int rank = 0;
    for (int r = 0; r < file.relocationCount(s) && rank < 2; r++) {
      if (file.relocationOffset(s, r) == offset) {
        boolean named = file.symbolName(file.relocationSymbol(s, r)).equals(target);
        rank = named ? 2 : 1;
      }
    }
    return rank;
  }

  /** A key without the number that tells sections with one name apart. */
  private static String plain(String key) {
    int end = key.indexOf('\0');
    return end < 0 ? key : key.substring(0, end);
  }

  /** All strong definitions of a symbol, by the order of their inputs. */
  List<String> ofDefinitions(String words, List<Integer> rows) {
    List<Integer> sorted = new ArrayList<>(rows);
    sorted.sort(Comparator.comparingLong(row -> input(row).order));
    List<String> notes = new ArrayList<>();
    sorted.forEach(row -> notes.addAll(ofDefinition(words, row)));
    return notes;
  }

  /** The inputs of definitions, the first one first. */
  List<Input> inOrder(List<Integer> rows) {
    return rows.stream().map(this::input).sorted(Comparator.comparingLong(i -> i.order)).toList();
  }

  private Input input(int definition) {
    return state.inputs.get(state.definitions.input(definition));
  }
}

package dev.linkd.elf;

import dev.linkd.object.ElfConstants;
import dev.linkd.object.ElfObject;
import dev.linkd.symbol.Definitions;
import dev.linkd.symbol.Symbols;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** For each archive member in the output the first symbol of it that another input requires. */
final class ExtractionReport {

  private static final int NONE = -1;
  private static final String INTERNAL = "<internal>";

  private final LinkState state;

  ExtractionReport(Link link) {
    this.state = link.state;
  }

  String text() {
    StringBuilder text = new StringBuilder("reference\textracted\tsymbol\n");
    members(state).forEach(member -> member(text, member));
    return text.toString();
  }

  /** The archive members that are part of the output, in the order of the inputs. */
  static List<ObjectInput> members(LinkState state) {
    List<ObjectInput> members = new ArrayList<>();
    state.inputs.forEach(
        input -> {
          if (input instanceof ObjectInput object && object.archive != null) {
            members.add(object);
          }
        });
    members.sort(Comparator.comparingLong(member -> member.order));
    return members;
  }

  private void member(StringBuilder text, ObjectInput member) {
    ElfObject object = member.object;
    for (int y = object.firstGlobal(); y < object.symbols(); y++) {
      int symbol = object.symbolSection(y) == ElfObject.UNDEF ? NONE : symbol(object, y);
      String reference = symbol == NONE ? "" : reference(symbol, member.number);
      if (!reference.isEmpty()) {
        text.append(reference).append('\t').append(member.name).append('\t');
        text.append(state.name(symbol)).append('\n');
        return;
      }
    }
  }

  private int symbol(ElfObject object, int y) {
    int name =
        state.names.find(object.bytes(), object.symbolNameOffset(y), object.symbolNameLength(y));
    return name == NONE ? NONE : state.global(name);
  }

  /** The first input that requires the symbol; empty when only the member itself does. */
  private String reference(int symbol, int self) {
    if (state.symbols.flag(symbol, Symbols.PINNED)) {
      return INTERNAL;
    }
    int first = NONE;
    Definitions definitions = state.definitions;
    int row = state.symbols.firstDefinition(symbol);
    for (; row != NONE; row = definitions.next(row)) {
      boolean requires =
          definitions.kind(row) == Definitions.REFERENCE
              && definitions.input(row) != self
              && SymbolView.binding(definitions.info(row)) != ElfConstants.STB_WEAK;
      if (requires && (first == NONE || order(row) < order(first))) {
        first = row;
      }
    }
    return first == NONE ? "" : state.inputs.get(definitions.input(first)).name;
  }

  private long order(int row) {
    return state.inputs.get(state.definitions.input(row)).order;
  }
}

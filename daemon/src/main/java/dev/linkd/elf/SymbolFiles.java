package dev.linkd.elf;

import dev.linkd.diag.LinkException;
import dev.linkd.object.ImageSymbols;
import dev.linkd.output.Output.InputSpec;
import dev.linkd.store.Content;
import dev.linkd.symbol.Definitions;
import dev.linkd.symbol.Symbols;

/** Images of which only the symbols are linked ({@code --just-symbols}); they count as absolute. */
final class SymbolFiles {

  private final LinkState state;
  private final StreamSymbols symbols;

  SymbolFiles(LinkState state, StreamSymbols symbols) {
    this.state = state;
    this.symbols = symbols;
  }

  /** Adds what an image defines. */
  Input add(InputSpec spec, long place, Content content) throws LinkException {
    String name = spec.path().toString();
    ImageSymbols image = content.parsed(ImageSymbols.class, name, ImageSymbols::parse);
    Input input = state.inputs.add(place, (number, order) -> new Input(number, name, order));
    for (int y = 0; y < image.count(); y++) {
      int id = state.names.intern(image.bytes(), image.nameOffset(y), image.nameLength(y));
      int symbol = state.symbol(Symbols.GLOBAL, id);
      symbols.put(
          input,
          symbol,
          Definitions.ABSOLUTE,
          LinkState.NONE,
          image.value(y),
          image.size(y),
          image.info(y));
    }
    return input;
  }

  void remove(Input input) {
    symbols.removeAll(input);
    state.inputs.remove(input);
  }
}

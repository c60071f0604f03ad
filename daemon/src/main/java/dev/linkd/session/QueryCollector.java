package dev.linkd.session;

import dev.linkd.output.Output;
import dev.linkd.v1.QueryRequest;
import dev.linkd.v1.QueryResponse;
import dev.linkd.v1.SymbolDefinition;
import dev.linkd.v1.SymbolReference;

/** Collects what an output knows of a symbol. */
final class QueryCollector implements Output.QueryVisitor {
  private static final int REFERENCES_USUAL = 1_000;
  private static final int REFERENCES_MAX = 100_000;

  private final int referencesMax;
  private final QueryResponse.Builder response = QueryResponse.newBuilder();
  private long references;

  private QueryCollector(int referencesMax) {
    this.referencesMax = referencesMax;
  }

  static QueryResponse collect(Output output, QueryRequest request) throws RequestException {
    int asked = request.getReferencesMax();
    if (asked < 0 || asked > REFERENCES_MAX) {
      throw RequestException.field("references_max", "at most " + REFERENCES_MAX);
    }
    QueryCollector collector = new QueryCollector(asked == 0 ? REFERENCES_USUAL : asked);
    if (!output.query(request.getName(), collector)) {
      throw RequestException.of(
          Reason.UNKNOWN_SYMBOL, "nothing defines or refers to '" + request.getName() + "'");
    }
    return collector.response.setReferencesTotal(collector.references).build();
  }

  @Override
  public void definition(
      boolean chosen, String input, String section, long address, long size, int info) {
    response.addDefinitions(
        SymbolDefinition.newBuilder()
            .setChosen(chosen)
            .setInput(input)
            .setSection(section)
            .setAddress(address)
            .setSize(size)
            .setInfo(info));
  }

  @Override
  public void reference(
      String input, String section, long offset, int kind, String kindName, long addend) {
    if (references++ < referencesMax) {
      response.addReferences(
          SymbolReference.newBuilder()
              .setInput(input)
              .setSection(section)
              .setOffset(offset)
              .setKind(kind)
              .setKindName(kindName)
              .setAddend(addend));
    }
  }
}

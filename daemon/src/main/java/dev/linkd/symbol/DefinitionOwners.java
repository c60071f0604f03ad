package dev.linkd.symbol;

/** The atoms that definitions lie in, each with the head of a list of {@link Definitions}. */
public interface DefinitionOwners {

  /** Number of the input that an atom is of. */
  int input(int atom);

  /** Head of the list of definitions that lie in an atom. */
  int firstDefinition(int atom);

  void setFirstDefinition(int atom, int definition);
}

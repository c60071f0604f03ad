package dev.linkd.driver;

import dev.linkd.output.Output.InputUse;

/**
 * An input as the command line or a script names it, with the options that held at its place.
 *
 * @param text a path; for a library what follows {@code -l}
 * @param library it is searched for
 * @param asNeeded a shared library only counts when something refers to it
 * @param wholeArchive all members of an archive are taken
 * @param archivesOnly the search finds no shared libraries
 * @param use what the file is for
 */
record Word(
    String text,
    boolean library,
    boolean asNeeded,
    boolean wholeArchive,
    boolean archivesOnly,
    InputUse use) {

  /** An input that is linked. */
  Word(String text, boolean library, boolean asNeeded, boolean wholeArchive, boolean archivesOnly) {
    this(text, library, asNeeded, wholeArchive, archivesOnly, InputUse.LINKED);
  }

  /** A file of which only the symbols count. */
  static Word symbols(String path) {
    return new Word(path, false, false, false, false, InputUse.SYMBOLS);
  }

  /** As it was written. */
  @Override
  public String toString() {
    return library ? "-l" + text : text;
  }
}

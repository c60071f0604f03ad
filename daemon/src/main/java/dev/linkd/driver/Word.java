package dev.linkd.driver;

/**
 * An input as the command line or a script names it, with the options that held at its place.
 *
 * @param text a path; for a library what follows {@code -l}
 * @param library it is searched for
 * @param asNeeded a shared library only counts when something refers to it
 * @param wholeArchive all members of an archive are taken
 * @param archivesOnly the search finds no shared libraries
 */
record Word(
    String text, boolean library, boolean asNeeded, boolean wholeArchive, boolean archivesOnly) {

  /** As it was written. */
  @Override
  public String toString() {
    return library ? "-l" + text : text;
  }
}

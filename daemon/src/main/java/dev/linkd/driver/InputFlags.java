package dev.linkd.driver;

/**
 * The options that hold for the inputs behind them; {@code --push-state} saves all of them.
 *
 * @param asNeeded {@code --as-needed}
 * @param wholeArchive {@code --whole-archive}
 * @param archivesOnly {@code -Bstatic}
 */
record InputFlags(boolean asNeeded, boolean wholeArchive, boolean archivesOnly) {

  static final InputFlags DEFAULT = new InputFlags(false, false, false);

  InputFlags withAsNeeded(boolean on) {
    return new InputFlags(on, wholeArchive, archivesOnly);
  }

  InputFlags withWholeArchive(boolean on) {
    return new InputFlags(asNeeded, on, archivesOnly);
  }

  InputFlags withArchivesOnly(boolean on) {
    return new InputFlags(asNeeded, wholeArchive, on);
  }

  Word file(String path) {
    return new Word(path, false, asNeeded, wholeArchive, archivesOnly);
  }

  Word library(String name) {
    return new Word(name, true, asNeeded, wholeArchive, archivesOnly);
  }
}

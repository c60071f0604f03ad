package dev.linkd.driver;

import dev.linkd.output.Output.InputUse;

/**
 * The options that hold for the inputs behind them; {@code --push-state} saves all of them.
 *
 * @param asNeeded {@code --as-needed}
 * @param wholeArchive {@code --whole-archive}
 * @param archivesOnly {@code -Bstatic}
 * @param lazy {@code --start-lib}
 */
record InputFlags(boolean asNeeded, boolean wholeArchive, boolean archivesOnly, boolean lazy) {

  static final InputFlags DEFAULT = new InputFlags(false, false, false, false);

  InputFlags withAsNeeded(boolean on) {
    return new InputFlags(on, wholeArchive, archivesOnly, lazy);
  }

  InputFlags withWholeArchive(boolean on) {
    return new InputFlags(asNeeded, on, archivesOnly, lazy);
  }

  InputFlags withArchivesOnly(boolean on) {
    return new InputFlags(asNeeded, wholeArchive, on, lazy);
  }

  InputFlags withLazy(boolean on) {
    return new InputFlags(asNeeded, wholeArchive, archivesOnly, on);
  }

  Word file(String path) {
    InputUse use = lazy ? InputUse.WHEN_NEEDED : InputUse.LINKED;
    return new Word(path, false, asNeeded, wholeArchive, archivesOnly, use);
  }

  Word library(String name) {
    return new Word(name, true, asNeeded, wholeArchive, archivesOnly);
  }
}

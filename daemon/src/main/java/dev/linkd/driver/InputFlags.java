package dev.linkd.driver;

import dev.linkd.output.Output.InputUse;

/**
 * The options that hold for the inputs behind them; {@code --push-state} saves all of them.
 *
 * @param asNeeded {@code --as-needed}
 * @param wholeArchive {@code --whole-archive}
 * @param archivesOnly {@code -Bstatic}
 * @param lazy {@code --start-lib}
 * @param data {@code --format=binary}
 */
record InputFlags(
    boolean asNeeded, boolean wholeArchive, boolean archivesOnly, boolean lazy, boolean data) {

  static final InputFlags DEFAULT = new InputFlags(false, false, false, false, false);

  InputFlags withAsNeeded(boolean on) {
    return new InputFlags(on, wholeArchive, archivesOnly, lazy, data);
  }

  InputFlags withWholeArchive(boolean on) {
    return new InputFlags(asNeeded, on, archivesOnly, lazy, data);
  }

  InputFlags withArchivesOnly(boolean on) {
    return new InputFlags(asNeeded, wholeArchive, on, lazy, data);
  }

  InputFlags withLazy(boolean on) {
    return new InputFlags(asNeeded, wholeArchive, archivesOnly, on, data);
  }

  InputFlags withData(boolean on) {
    return new InputFlags(asNeeded, wholeArchive, archivesOnly, lazy, on);
  }

  Word file(String path) {
    InputUse whole = data ? InputUse.DATA : InputUse.LINKED;
    InputUse use = lazy && !data ? InputUse.WHEN_NEEDED : whole;
    return new Word(path, false, asNeeded, wholeArchive, archivesOnly, use);
  }

  Word library(String name) {
    return new Word(name, true, asNeeded, wholeArchive, archivesOnly);
  }
}

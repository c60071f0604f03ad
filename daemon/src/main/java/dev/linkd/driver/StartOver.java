package dev.linkd.driver;

/** Why an output could not be patched. The names are part of the API. */
enum StartOver {
  /** Nothing was resident for the path. */
  FIRST_LINK("nothing is known of an earlier link"),
  /** A link that failed had nothing to keep: it made no file, or was to make another output. */
  LAST_LINK_FAILED("the last link failed, and nothing of it was kept"),
  /** The output is to be another one: its kind, entry, search path, … */
  OPTIONS_CHANGED("options changed"),
  /** The same words come to another output, because a script, a list or a library is another. */
  FILE_CHANGED("options are the same, but a file that decides on the output changed"),
  /** The same words come to another output, because a search finds other files. */
  SEARCH_CHANGED("options are the same, but a path that was tried came, went or leads elsewhere"),
  /** A relocatable output is made anew by every link that changes something. */
  RELOCATABLE_OUTPUT("relocatable outputs are made anew"),
  /** There is no room any more for the new inputs between others. */
  INPUT_ORDER_CHANGED("no room between the inputs for new ones");

  private final String text;

  StartOver(String text) {
    this.text = text;
  }

  /** For people. */
  String text() {
    return text;
  }
}

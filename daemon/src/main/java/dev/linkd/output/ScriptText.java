package dev.linkd.output;

/**
 * A linker script that says where sections are or defines symbols.
 *
 * @param name path of the script, for messages
 * @param ordered made of an order of sections: what has other permissions begins on another page,
 *     and the headers of the file are loaded where {@link #FILE_HEADER} and {@link
 *     #PROGRAM_HEADERS} are
 */
public record ScriptText(String name, String text, boolean ordered, String directory) {

  /** Section of the ELF header in an ordered image. */
  public static final String FILE_HEADER = ".linkd.ehdr";

  /** Section of the program headers in an ordered image. */
  public static final String PROGRAM_HEADERS = ".linkd.phdr";

  public ScriptText(String name, String text) {
    this(name, text, false, "");
  }

  /** The script with more text behind it. */
  public ScriptText plus(String more) {
    return new ScriptText(name, text + more, ordered, directory);
  }
}

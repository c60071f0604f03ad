package dev.linkd.output;

/**
 * What the headers of the image tell its loader and its readers.
 *
 * @param relro memory that relocation is done with becomes read-only (PT_GNU_RELRO)
 * @param stack whether and how the stack is described (PT_GNU_STACK)
 * @param sections there is a section header table
 * @param writableCode code can be written, as {@code -N} asks for
 * @param unreadableCode code cannot be read as data
 * @param physicalBase physical address of the image base; {@link #SAME} for the virtual one
 */
public record HeaderRules(
    boolean relro,
    Stack stack,
    boolean sections,
    boolean writableCode,
    boolean unreadableCode,
    long physicalBase) {

  /** Physical addresses are the virtual ones. */
  public static final long SAME = -1;

  /**
   * The stack of the program.
   *
   * @param described the image says anything about it
   * @param executable code can run there
   * @param ifRequired code can run there if an input requires it
   * @param warn inputs that require it although it is not so are reported
   * @param bytes its size; 0 for the system's choice
   */
  public record Stack(
      boolean described, boolean executable, boolean ifRequired, boolean warn, long bytes) {}

  /** What linkers do without options. */
  public static final HeaderRules USUAL =
      new HeaderRules(true, new Stack(true, false, false, true, 0), true, false, false, SAME);
}

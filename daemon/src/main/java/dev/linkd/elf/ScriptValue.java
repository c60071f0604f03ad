package dev.linkd.elf;

/**
 * A result of an expression of a linker script, with the section that it belongs to. Inside of an
 * output section the rules of GNU ld hold ("The Section of an Expression" in its manual): a number
 * that is assigned there counts from the start of the section.
 *
 * @param number the number, or the whole address
 * @param home where an address is; {@link Home#NONE} for others
 */
record ScriptValue(long number, Kind kind, Home home) {
  static final ScriptValue ZERO = number(0);

  /** What a value is. */
  enum Kind {
    NUMBER,
    /** An address that does not move with the image. */
    ABSOLUTE,
    /** An address that does. */
    ADDRESS
  }

  /**
   * The section of an address.
   *
   * @param section what tells it from others
   * @param start its address
   * @param loose the address was the location counter between sections: there it stands for itself
   */
  record Home(Object section, long start, boolean loose) {
    static final Home NONE = new Home("", 0);

    Home(Object section, long start) {
      this(section, start, false);
    }

    /** An address that is so far behind the start. */
    ScriptValue at(long offset) {
      return new ScriptValue(start + offset, Kind.ADDRESS, this);
    }
  }

  static ScriptValue number(long number) {
    return new ScriptValue(number, Kind.NUMBER, Home.NONE);
  }

  static ScriptValue of(boolean truth) {
    return number(truth ? 1 : 0);
  }

  static ScriptValue absolute(long address) {
    return new ScriptValue(address, Kind.ABSOLUTE, Home.NONE);
  }

  /** An address of which nobody knows the section. */
  static ScriptValue address(long address) {
    return address(address, Home.NONE);
  }

  static ScriptValue address(long address, Home home) {
    return new ScriptValue(address, Kind.ADDRESS, home);
  }

  /** It moves with the image. */
  boolean address() {
    return kind == Kind.ADDRESS;
  }

  boolean plain() {
    return kind == Kind.NUMBER;
  }

  /** Whether it counts from the start of a section. */
  boolean placed() {
    return kind == Kind.ADDRESS && home != Home.NONE;
  }

  /** Distance from the start of its section; all of it when it has none. */
  long offset() {
    return number - home.start();
  }

  /** The value of the same kind in the same section with another offset. */
  ScriptValue with(long offset) {
    return new ScriptValue(home.start() + offset, kind, home);
  }

  /** Whether both are in one section, or neither is in any. */
  boolean beside(ScriptValue other) {
    return placed() == other.placed() && home.section().equals(other.home.section());
  }
}

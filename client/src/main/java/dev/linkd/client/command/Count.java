package dev.linkd.client.command;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A number of things, at least one. */
final class Count implements ITypeConverter<Long> {
  private static final int DIGITS_MAX = 9;

  @Override
  public Long convert(String text) {
    return number(text, 1);
  }

  /** The same, but none is a number too. */
  static final class FromZero implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
      return number(text, 0);
    }
  }

  private static long number(String text, int min) {
    boolean plain = text.length() <= DIGITS_MAX && text.matches("[0-9]+");
    if (!plain || Long.parseLong(text) < min) {
      throw new TypeConversionException(
          "expected a number from %d to 999999999, not '%s'".formatted(min, text));
    }
    return Long.parseLong(text);
  }
}

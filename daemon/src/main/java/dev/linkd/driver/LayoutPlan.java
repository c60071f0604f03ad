package dev.linkd.driver;

import dev.linkd.output.HeaderRules;
import dev.linkd.output.LayoutRules;
import dev.linkd.output.ScriptText;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What the options ask for where the image and its parts are, and what its headers say. */
final class LayoutPlan {
  private static final int HEXADECIMAL = 16;

  private final Map<String, Long> addresses = new HashMap<>();
  private long imageBase = LayoutRules.USUAL_BASE;
  private int pageLog2 = LayoutRules.PAGE_LOG2_MIN;
  long physicalBase = HeaderRules.SAME;
  boolean relro = true;
  boolean stackDescribed = true;
  boolean executableStack;
  long stackBytes;
  boolean sectionHeaders = true;
  boolean writableCode;

  /** Lays the image out. */
  Optional<ScriptText> script = Optional.empty();

  LayoutRules rules() throws UsageException {
    if (imageBase != LayoutRules.USUAL_BASE && (imageBase & ((1L << pageLog2) - 1)) != 0) {
      throw new UsageException(
          "--image-base: 0x" + Long.toHexString(imageBase) + " is not a multiple of the page size");
    }
    HeaderRules.Stack stack = new HeaderRules.Stack(stackDescribed, executableStack, stackBytes);
    return new LayoutRules(
        imageBase,
        pageLog2,
        addresses,
        0,
        new HeaderRules(relro, stack, sectionHeaders, writableCode, physicalBase),
        script);
  }

  void imageBase(String option, String value) throws UsageException {
    imageBase = number(option, value);
  }

  /** As {@code -Ttext}: the digits are hexadecimal with and without 0x. */
  void address(String option, String section, String value) throws UsageException {
    String digits = value.startsWith("0x") || value.startsWith("0X") ? value.substring(2) : value;
    addresses.put(section, parse(option, value, digits, HEXADECIMAL));
    if (addresses.size() > LayoutRules.ADDRESSES_MAX) {
      throw new UsageException(
          "more than " + LayoutRules.ADDRESSES_MAX + " sections with addresses of their own");
    }
  }

  /** {@code NAME=ADDRESS}. */
  void sectionStart(String value) throws UsageException {
    int equals = value.indexOf('=');
    if (equals <= 0) {
      throw new UsageException("invalid argument to option --section-start: " + value);
    }
    address("section-start", value.substring(0, equals), value.substring(equals + 1));
  }

  void page(String value) throws UsageException {
    long size = number("max-page-size", value);
    int log2 = Long.numberOfTrailingZeros(size);
    if (Long.bitCount(size) != 1 || log2 > LayoutRules.PAGE_LOG2_MAX) {
      throw new UsageException("invalid maximum page size '" + value + "'");
    }
    pageLog2 = Math.max(LayoutRules.PAGE_LOG2_MIN, log2);
  }

  /** A number as in C: decimal, 0x hexadecimal. */
  static long number(String option, String value) throws UsageException {
    boolean hexadecimal = value.startsWith("0x") || value.startsWith("0X");
    return hexadecimal
        ? parse(option, value, value.substring(2), HEXADECIMAL)
        : parse(option, value, value, 10);
  }

  private static long parse(String option, String value, String digits, int radix)
      throws UsageException {
    int width = radix == HEXADECIMAL ? 16 : 19;
    String allowed = radix == HEXADECIMAL ? "[0-9a-fA-F]{1,16}" : "[0-9]{1,19}";
    if (!digits.matches(allowed)) {
      throw new UsageException("invalid number in option " + option + ": '" + value + "'");
    }
    long number = digits.length() < width ? Long.parseLong(digits, radix) : Long.MAX_VALUE;
    if (number > LayoutRules.ADDRESS_MAX) {
      throw new UsageException("number in option " + option + " is too large: '" + value + "'");
    }
    return number;
  }
}

package dev.linkd.driver;

import dev.linkd.output.HeaderRules;
import dev.linkd.output.LayoutRules;
import dev.linkd.output.OrphanHandling;
import dev.linkd.output.PlacementRules;
import dev.linkd.output.ScriptText;
import dev.linkd.output.SectionOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What the options ask for where the image and its parts are, and what its headers say. */
final class LayoutPlan {
  private static final int HEXADECIMAL = 16;
  private static final long FIXED_BASE = 0x400000;
  private static final int SPARE_HEADERS_MAX = 8;

  /** Sections that the usual script names, and options give addresses to. */
  private static final Set<String> USUAL_SECTIONS = Set.of(".text", ".rodata", ".data", ".bss");

  private final Map<String, Long> addresses = new HashMap<>();
  private long imageBase = LayoutRules.USUAL_BASE;
  private int pageLog2 = LayoutRules.PAGE_LOG2_MIN;
  long physicalBase = HeaderRules.SAME;
  boolean relro = true;
  boolean stackDescribed = true;
  boolean executableStack;
  boolean executableIfRequired;
  boolean warnExecutableStack = true;
  boolean textPrefixes;
  boolean boundaries;

  /** The order of sections, groups and addresses that the image has; empty for the usual one. */
  String sectionOrder = "";

  /** Constants and code are in one segment. */
  boolean constantsWithCode;

  int spareHeaders;
  final List<String> unique = new ArrayList<>();
  final Map<String, Integer> alignmentsLog2 = new HashMap<>();
  SectionOrder order = SectionOrder.USUAL;
  PlacementRules.Sort sort = PlacementRules.Sort.INPUTS;

  OrphanHandling orphans = OrphanHandling.PLACE;

  /** Path of the file that lists what comes first; empty for none. */
  String orderFile = "";

  SectionOrder.Kind orderFileKind = SectionOrder.Kind.SYMBOLS;
  long stackBytes;
  boolean sectionHeaders = true;
  boolean writableCode;
  boolean unreadableCode;

  /** Lays the image out. */
  Optional<ScriptText> script = Optional.empty();

  /** Whether the code has an address of its own, or the image is where kernels are. */
  boolean standsAlone() {
    boolean usual = USUAL_SECTIONS.containsAll(addresses.keySet());
    return (addresses.containsKey(".text") && usual) || high(imageBase);
  }

  /** In the upper 4 GiB, which only a layout without windows can be in. */
  private static boolean high(long address) {
    return address < 0 && address != LayoutRules.USUAL_BASE;
  }

  LayoutRules rules() throws UsageException {
    if (script.isEmpty() && (high(imageBase) || addresses.values().stream().anyMatch(a -> a < 0))) {
      throw new UsageException(
          "only programs that need no dynamic linker can be in the upper 4 GiB");
    }
    if (imageBase != LayoutRules.USUAL_BASE && (imageBase & ((1L << pageLog2) - 1)) != 0) {
      throw new UsageException(
          "--image-base: 0x" + Long.toHexString(imageBase) + " is not a multiple of the page size");
    }
    HeaderRules.Stack stack =
        new HeaderRules.Stack(
            stackDescribed, executableStack, executableIfRequired, warnExecutableStack, stackBytes);
    return new LayoutRules(
        imageBase,
        pageLog2,
        addresses,
        0,
        new HeaderRules(relro, stack, sectionHeaders, writableCode, unreadableCode, physicalBase),
        script,
        new PlacementRules(
            textPrefixes, unique, alignmentsLog2, spareHeaders, boundaries, sort, orphans, order));
  }

  /** {@code NAME=ALIGNMENT}. */
  void sectionAlignment(String value) throws UsageException {
    int equals = value.indexOf('=');
    if (equals <= 0) {
      throw new UsageException("invalid argument to option --section-align: " + value);
    }
    long alignment = number("section-align", value.substring(equals + 1));
    int log2 = Long.numberOfTrailingZeros(alignment);
    if (Long.bitCount(alignment) != 1 || log2 > LayoutRules.PAGE_LOG2_MAX) {
      throw new UsageException(
          "--section-align=" + value + ": the alignment must be a power of 2, at most 16 MiB");
    }
    alignmentsLog2.put(value.substring(0, equals), log2);
  }

  /** A number of program headers. */
  void spareHeaders(String value) throws UsageException {
    long number = number("spare-program-headers", value);
    if (number > SPARE_HEADERS_MAX) {
      throw new UsageException("--spare-program-headers is more than " + SPARE_HEADERS_MAX);
    }
    spareHeaders = (int) number;
  }

  /**
   * {@code SEED}, or as in lld {@code GLOB=SEED}, where the wildcard counts for everything. Without
   * a seed it is always the same, so that the next link of the same output is a patch.
   */
  void shuffle(String value) throws UsageException {
    String seed = value.substring(value.lastIndexOf('=') + 1);
    long number = seed.isEmpty() ? 1 : number("shuffle-sections", seed.replaceFirst("^-1$", "0"));
    order =
        seed.equals("-1")
            ? new SectionOrder(SectionOrder.Kind.REVERSED, 0, List.of())
            : new SectionOrder(SectionOrder.Kind.SHUFFLED, number, List.of());
  }

  /** Address of the ELF header. */
  long base(boolean positionIndependent) {
    return imageBase != LayoutRules.USUAL_BASE ? imageBase : positionIndependent ? 0 : FIXED_BASE;
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
    boolean high =
        radix == HEXADECIMAL && digits.length() == width && digits.startsWith("ffffffff");
    long number =
        high
            ? Long.parseUnsignedLong(digits, radix)
            : digits.length() < width ? Long.parseLong(digits, radix) : Long.MAX_VALUE;
    if (number > LayoutRules.ADDRESS_MAX) {
      throw new UsageException("number in option " + option + " is too large: '" + value + "'");
    }
    return number;
  }
}

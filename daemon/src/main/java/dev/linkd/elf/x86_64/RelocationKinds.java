package dev.linkd.elf.x86_64;

import static dev.linkd.elf.x86_64.Expression.*;
import static dev.linkd.elf.x86_64.FieldRange.*;
import static dev.linkd.object.ElfConstants.*;

import dev.linkd.table.Segments;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * The relocation kinds of x86-64: one row for each, columns in arrays that are indexed by the
 * number of the kind, so that the loop over relocations reads a few bytes and calls nothing
 * virtual. Any {@code int} may be asked for; numbers that are no kind are {@link
 * Expression#UNKNOWN}.
 */
public final class RelocationKinds {

  /** The value fits the field. */
  public static final int FITS = 0;

  /** The value is less than the field can hold. */
  public static final int TOO_LOW = -1;

  /** The value is greater than the field can hold. */
  public static final int TOO_HIGH = 1;

  private static final int COUNT = 256;

  /** May be in an object file. */
  private static final int INPUT = 1;

  /** May be in a dynamic relocation table. */
  private static final int DYNAMIC = 2;

  private static final String[] NAMES = new String[COUNT];
  private static final byte[] WIDTHS = new byte[COUNT];
  private static final Expression[] EXPRESSIONS = new Expression[COUNT];
  private static final long[] MIN = new long[COUNT];
  private static final long[] MAX = new long[COUNT];
  private static final byte[] USES = new byte[COUNT];

  static {
    Arrays.fill(EXPRESSIONS, UNKNOWN);
    addressKinds();
    tableKinds();
    threadLocalKinds();
    loaderKinds();
  }

  private RelocationKinds() {}

  private static void loaderKinds() {
    row("R_X86_64_COPY", R_X86_64_COPY, 0, LOADER, ANY, DYNAMIC);
    row("R_X86_64_GLOB_DAT", R_X86_64_GLOB_DAT, 8, LOADER, ANY, DYNAMIC);
    row("R_X86_64_JUMP_SLOT", R_X86_64_JUMP_SLOT, 8, LOADER, ANY, DYNAMIC);
    row("R_X86_64_RELATIVE", R_X86_64_RELATIVE, 8, LOADER, ANY, DYNAMIC);
    row("R_X86_64_DTPMOD64", R_X86_64_DTPMOD64, 8, LOADER, ANY, DYNAMIC);
    row("R_X86_64_TLSDESC", R_X86_64_TLSDESC, 16, LOADER, ANY, DYNAMIC);
    row("R_X86_64_IRELATIVE", R_X86_64_IRELATIVE, 8, LOADER, ANY, DYNAMIC);
    row("R_X86_64_RELATIVE64", R_X86_64_RELATIVE64, 8, LOADER, ANY, DYNAMIC);
  }

  private static void addressKinds() {
    row("R_X86_64_NONE", R_X86_64_NONE, 0, NOTHING, ANY, INPUT);
    row("R_X86_64_64", R_X86_64_64, 8, S_A, ANY, INPUT | DYNAMIC);
    row("R_X86_64_PC32", R_X86_64_PC32, 4, S_A_P, SIGNED32, INPUT);
    row("R_X86_64_PLT32", R_X86_64_PLT32, 4, L_A_P, SIGNED32, INPUT);
    row("R_X86_64_32", R_X86_64_32, 4, S_A, UNSIGNED32, INPUT);
    row("R_X86_64_32S", R_X86_64_32S, 4, S_A, SIGNED32, INPUT);
    row("R_X86_64_16", R_X86_64_16, 2, S_A, EITHER16, INPUT);
    row("R_X86_64_PC16", R_X86_64_PC16, 2, S_A_P, SIGNED16, INPUT);
    row("R_X86_64_8", R_X86_64_8, 1, S_A, EITHER8, INPUT);
    row("R_X86_64_PC8", R_X86_64_PC8, 1, S_A_P, SIGNED8, INPUT);
    row("R_X86_64_PC64", R_X86_64_PC64, 8, S_A_P, ANY, INPUT);
    row("R_X86_64_SIZE32", R_X86_64_SIZE32, 4, Z_A, UNSIGNED32, INPUT);
    row("R_X86_64_SIZE64", R_X86_64_SIZE64, 8, Z_A, ANY, INPUT);
    row("R_X86_64_TLSDESC_CALL", R_X86_64_TLSDESC_CALL, 0, NOTHING, ANY, INPUT);
    row("R_X86_64_PC32_BND", R_X86_64_PC32_BND, 4, S_A_P, SIGNED32, INPUT);
    row("R_X86_64_PLT32_BND", R_X86_64_PLT32_BND, 4, L_A_P, SIGNED32, INPUT);
    row("R_X86_64_GNU_VTINHERIT", R_X86_64_GNU_VTINHERIT, 0, NOTHING, ANY, INPUT);
    row("R_X86_64_GNU_VTENTRY", R_X86_64_GNU_VTENTRY, 0, NOTHING, ANY, INPUT);
  }

  private static void tableKinds() {
    row("R_X86_64_GOT32", R_X86_64_GOT32, 4, G_A, SIGNED32, INPUT);
    row("R_X86_64_GOTPCREL", R_X86_64_GOTPCREL, 4, G_GOT_A_P, SIGNED32, INPUT);
    row("R_X86_64_GOTOFF64", R_X86_64_GOTOFF64, 8, S_A_GOT, ANY, INPUT);
    row("R_X86_64_GOTPC32", R_X86_64_GOTPC32, 4, GOT_A_P, SIGNED32, INPUT);
    row("R_X86_64_GOT64", R_X86_64_GOT64, 8, G_A, ANY, INPUT);
    row("R_X86_64_GOTPCREL64", R_X86_64_GOTPCREL64, 8, G_GOT_A_P, ANY, INPUT);
    row("R_X86_64_GOTPC64", R_X86_64_GOTPC64, 8, GOT_A_P, ANY, INPUT);
    row("R_X86_64_GOTPLT64", R_X86_64_GOTPLT64, 8, G_A, ANY, INPUT);
    row("R_X86_64_PLTOFF64", R_X86_64_PLTOFF64, 8, L_A_GOT, ANY, INPUT);
    row("R_X86_64_GOTPCRELX", R_X86_64_GOTPCRELX, 4, G_GOT_A_P, SIGNED32, INPUT);
    row("R_X86_64_REX_GOTPCRELX", R_X86_64_REX_GOTPCRELX, 4, G_GOT_A_P, SIGNED32, INPUT);
    row("R_X86_64_CODE_4_GOTPCRELX", R_X86_64_CODE_4_GOTPCRELX, 4, G_GOT_A_P, SIGNED32, INPUT);
    row("R_X86_64_CODE_5_GOTPCRELX", R_X86_64_CODE_5_GOTPCRELX, 4, G_GOT_A_P, SIGNED32, INPUT);
    row("R_X86_64_CODE_6_GOTPCRELX", R_X86_64_CODE_6_GOTPCRELX, 4, G_GOT_A_P, SIGNED32, INPUT);
  }

  private static void threadLocalKinds() {
    row("R_X86_64_DTPOFF64", R_X86_64_DTPOFF64, 8, DTP_OFFSET, ANY, INPUT | DYNAMIC);
    row("R_X86_64_TPOFF64", R_X86_64_TPOFF64, 8, TP_OFFSET, ANY, INPUT | DYNAMIC);
    row("R_X86_64_TLSGD", R_X86_64_TLSGD, 4, TLSGD_A_P, SIGNED32, INPUT);
    row("R_X86_64_TLSLD", R_X86_64_TLSLD, 4, TLSLD_A_P, SIGNED32, INPUT);
    row("R_X86_64_DTPOFF32", R_X86_64_DTPOFF32, 4, DTP_OFFSET, SIGNED32, INPUT);
    row("R_X86_64_GOTTPOFF", R_X86_64_GOTTPOFF, 4, GOTTP_A_P, SIGNED32, INPUT);
    row("R_X86_64_TPOFF32", R_X86_64_TPOFF32, 4, TP_OFFSET, SIGNED32, INPUT);
    row("R_X86_64_GOTPC32_TLSDESC", R_X86_64_GOTPC32_TLSDESC, 4, TLSDESC_A_P, SIGNED32, INPUT);
    row("R_X86_64_CODE_4_GOTTPOFF", R_X86_64_CODE_4_GOTTPOFF, 4, GOTTP_A_P, SIGNED32, INPUT);
    row(
        "R_X86_64_CODE_4_GOTPC32_TLSDESC",
        R_X86_64_CODE_4_GOTPC32_TLSDESC,
        4,
        TLSDESC_A_P,
        SIGNED32,
        INPUT);
    row("R_X86_64_CODE_5_GOTTPOFF", R_X86_64_CODE_5_GOTTPOFF, 4, GOTTP_A_P, SIGNED32, INPUT);
    row(
        "R_X86_64_CODE_5_GOTPC32_TLSDESC",
        R_X86_64_CODE_5_GOTPC32_TLSDESC,
        4,
        TLSDESC_A_P,
        SIGNED32,
        INPUT);
    row("R_X86_64_CODE_6_GOTTPOFF", R_X86_64_CODE_6_GOTTPOFF, 4, GOTTP_A_P, SIGNED32, INPUT);
    row(
        "R_X86_64_CODE_6_GOTPC32_TLSDESC",
        R_X86_64_CODE_6_GOTPC32_TLSDESC,
        4,
        TLSDESC_A_P,
        SIGNED32,
        INPUT);
  }

  private static void row(
      String name, int kind, int width, Expression expression, FieldRange range, int uses) {
    NAMES[kind] = name;
    WIDTHS[kind] = (byte) width;
    EXPRESSIONS[kind] = expression;
    MIN[kind] = range.min;
    MAX[kind] = range.max;
    USES[kind] = (byte) uses;
  }

  /** Whether the number is a relocation kind of this machine. */
  public static boolean known(int kind) {
    return expression(kind) != UNKNOWN;
  }

  /** Whether the kind may be in an object file. */
  public static boolean input(int kind) {
    return known(kind) && (USES[kind] & INPUT) != 0;
  }

  /** Whether the dynamic linker implements the kind. */
  public static boolean dynamic(int kind) {
    return known(kind) && (USES[kind] & DYNAMIC) != 0;
  }

  /** The name in the psABI, or "unknown relocation kind N". */
  public static String name(int kind) {
    return known(kind) ? NAMES[kind] : "unknown relocation kind " + Integer.toUnsignedString(kind);
  }

  /** Bytes that the field occupies; 0 for markers and unknown kinds. */
  public static int width(int kind) {
    return (kind & -COUNT) == 0 ? WIDTHS[kind] : 0;
  }

  public static Expression expression(int kind) {
    return (kind & -COUNT) == 0 ? EXPRESSIONS[kind] : UNKNOWN;
  }

  /** Whether the field changes when its own place moves. */
  public static boolean pcRelative(int kind) {
    return expression(kind).pcRelative();
  }

  /**
   * Whether a value fits the field of a known kind.
   *
   * @return {@link #FITS}, {@link #TOO_LOW} or {@link #TOO_HIGH}
   */
  public static int check(int kind, long value) {
    return value < MIN[kind] ? TOO_LOW : value > MAX[kind] ? TOO_HIGH : FITS;
  }

  /**
   * Writes the field of a known kind, or leaves it alone when the value does not fit.
   *
   * @param image what holds the field
   * @param at where the field starts; the caller has checked that {@link #width} bytes are there
   * @return {@link #FITS}, {@link #TOO_LOW} or {@link #TOO_HIGH}
   */
  public static int apply(MemorySegment image, long at, int kind, long value) {
    int fits = check(kind, value);
    if (fits != FITS) {
      return fits;
    }
    switch (WIDTHS[kind]) {
      case 0 -> {}
      case 1 -> Segments.setByte(image, at, (byte) value);
      case 2 -> Segments.setShort(image, at, (short) value);
      case 4 -> Segments.setInt(image, at, (int) value);
      case 8 -> Segments.setLong(image, at, value);
      default -> throw new IllegalArgumentException(name(kind) + " is not one field");
    }
    return FITS;
  }

  /** What to tell the user about a value that does not fit. */
  public static String outOfRange(int kind, long value, String target) {
    return "relocation %s against %s out of range: %s is not in [%d, %d]"
        .formatted(name(kind), target, hex(value), MIN[kind], MAX[kind]);
  }

  private static String hex(long value) {
    return value < 0 ? "-0x" + Long.toHexString(-value) : "0x" + Long.toHexString(value);
  }
}

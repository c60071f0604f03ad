package dev.linkd.output;

import java.util.Map;
import java.util.Optional;

/**
 * Where the parts of the image are.
 *
 * @param imageBase address of the ELF header, a multiple of the page size; {@link #USUAL_BASE} for
 *     0x400000 in executables at fixed addresses and 0 in images that can be anywhere
 * @param pageLog2 what addresses and file offsets of segments are aligned to, log2
 * @param addresses sections with addresses of their own
 * @param windowsLog2 how many times the address windows of segments begin at half their usual size
 * @param script lays the image out, or defines symbols
 * @param placement of what sections contain
 */
public record LayoutRules(
    long imageBase,
    int pageLog2,
    Map<String, Long> addresses,
    int windowsLog2,
    HeaderRules headers,
    Optional<ScriptText> script,
    PlacementRules placement) {

  /** The image begins where images of its kind do. */
  public static final long USUAL_BASE = -1;

  /** Log2 of the size of a page on x86-64. */
  public static final int PAGE_LOG2_MIN = 12;

  /** Larger pages leave no room in the reach of 32-bit relocations. */
  public static final int PAGE_LOG2_MAX = 24;

  /** Addresses above would not leave room for the image. */
  public static final long ADDRESS_MAX = 1L << 62;

  /** Each section with an address of its own needs a program header. */
  public static final int ADDRESSES_MAX = 24;

  /** What linkers do without options. */
  public static final LayoutRules USUAL =
      new LayoutRules(
          USUAL_BASE,
          PAGE_LOG2_MIN,
          Map.of(),
          0,
          HeaderRules.USUAL,
          Optional.empty(),
          PlacementRules.USUAL);

  public LayoutRules {
    if (pageLog2 < PAGE_LOG2_MIN || pageLog2 > PAGE_LOG2_MAX) {
      throw new IllegalArgumentException("pages of 2^" + pageLog2 + " bytes");
    }
    if (addresses.size() > ADDRESSES_MAX) {
      throw new IllegalArgumentException(addresses.size() + " sections with addresses");
    }
    addresses = Map.copyOf(addresses);
  }

  /** The same with windows that begin at a fraction of their usual size: 1 / 2^{@code log2}. */
  public LayoutRules withSmallWindows(int log2) {
    return new LayoutRules(imageBase, pageLog2, addresses, log2, headers, script, placement);
  }

  /** The same with a linker script. */
  public LayoutRules withScript(ScriptText text) {
    return new LayoutRules(
        imageBase, pageLog2, addresses, windowsLog2, headers, Optional.of(text), placement);
  }
}

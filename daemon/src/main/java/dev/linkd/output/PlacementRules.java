package dev.linkd.output;

import java.util.List;
import java.util.Map;

/**
 * What the user chooses of the sections of the image beside their addresses.
 *
 * @param textPrefixes {@code .text.hot} and the like are output sections of their own
 * @param unique wildcards: input sections with such names keep them as output sections
 * @param alignmentsLog2 sections that are aligned at least so much
 * @param spareHeaders number of PT_NULL entries behind the program headers
 * @param boundaries all sections have {@code __start_} and {@code __stop_} symbols
 * @param sort how wildcards of a linker script that do not say it are sorted
 * @param orphans what becomes of sections that a linker script does not name
 * @param order in which a first link places what its sections contain
 */
public record PlacementRules(
    boolean textPrefixes,
    List<String> unique,
    Map<String, Integer> alignmentsLog2,
    int spareHeaders,
    boolean boundaries,
    Sort sort,
    OrphanHandling orphans,
    SectionOrder order) {

  /** What sections that one wildcard takes are sorted by. */
  public enum Sort {
    INPUTS,
    NAME,
    /** The greatest first. */
    ALIGNMENT
  }

  /** What linkers do without options. */
  public static final PlacementRules USUAL =
      new PlacementRules(
          false,
          List.of(),
          Map.of(),
          0,
          false,
          Sort.INPUTS,
          OrphanHandling.PLACE,
          SectionOrder.USUAL);

  public PlacementRules {
    unique = List.copyOf(unique);
    alignmentsLog2 = Map.copyOf(alignmentsLog2);
  }
}

package dev.linkd.output;

import java.util.List;

/**
 * What the dynamic section says beside what follows from the rest.
 *
 * @param flags DF_ bits
 * @param flags1 DF_1_ bits
 * @param unique the library is loaded once, in the main namespace
 * @param hash which tables find symbols by name
 * @param oldRunPath the search path is DT_RPATH, which counts for needed libraries too
 * @param auxiliaryFilters DT_AUXILIARY entries
 * @param filters DT_FILTER entries
 * @param audit DT_AUDIT; empty for none
 * @param neededAudit DT_DEPAUDIT; empty for none
 * @param init function that DT_INIT names
 * @param fini function that DT_FINI names
 * @param spare number of further null entries
 * @param readOnly the section cannot be written
 * @param text what happens to addresses in memory that is not written otherwise
 * @param packing whether relative relocations are in {@code .relr.dyn}
 * @param metadata text for {@code .note.package}; empty for none
 */
public record ModuleTags(
    int flags,
    int flags1,
    boolean unique,
    HashStyle hash,
    boolean oldRunPath,
    List<String> auxiliaryFilters,
    List<String> filters,
    String audit,
    String neededAudit,
    String init,
    String fini,
    int spare,
    boolean readOnly,
    TextRelocations text,
    RelativePacking packing,
    String metadata) {

  /** What linkers do without options. */
  public static final ModuleTags USUAL =
      new ModuleTags(
          0,
          0,
          false,
          HashStyle.GNU,
          false,
          List.of(),
          List.of(),
          "",
          "",
          "_init",
          "_fini",
          0,
          false,
          TextRelocations.REFUSED,
          RelativePacking.NONE,
          "");

  public ModuleTags {
    auxiliaryFilters = List.copyOf(auxiliaryFilters);
    filters = List.copyOf(filters);
  }

  /** Addresses in code and constants that the dynamic linker would have to write. */
  public enum TextRelocations {
    REFUSED,
    ALLOWED,
    /** Allowed with a warning. */
    WARNED
  }

  /** Tables that find symbols by name. */
  public enum HashStyle {
    GNU,
    /** That of the gABI, which every dynamic linker reads. */
    SYSV,
    BOTH,
    /** Symbols are found by other means. */
    NONE;

    public boolean gnu() {
      return this == GNU || this == BOTH;
    }

    public boolean sysv() {
      return this == SYSV || this == BOTH;
    }
  }
}

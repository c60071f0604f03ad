package dev.linkd.output;

import java.util.List;

/**
 * What the dynamic linker is told.
 *
 * @param soname DT_SONAME; empty for none
 * @param runPaths DT_RUNPATH entries
 * @param bindNow resolve all imports at start (DF_BIND_NOW)
 * @param exportDynamic put all global symbols of an executable into .dynsym
 * @param exports which symbols other modules see
 */
public record DynamicRules(
    String soname,
    List<String> runPaths,
    boolean bindNow,
    boolean exportDynamic,
    ExportRules exports) {

  /** What linkers do without options. */
  public static final DynamicRules USUAL = new DynamicRules("", List.of(), false, false);

  /** With the usual exports. */
  public DynamicRules(
      String soname, List<String> runPaths, boolean bindNow, boolean exportDynamic) {
    this(soname, runPaths, bindNow, exportDynamic, ExportRules.USUAL);
  }

  public DynamicRules {
    runPaths = List.copyOf(runPaths);
  }
}

package dev.linkd.output;

import java.util.List;

/**
 * What the dynamic linker is told.
 *
 * @param soname DT_SONAME; empty for none
 * @param runPaths DT_RUNPATH entries
 * @param bindNow resolve all imports at start (DF_BIND_NOW)
 * @param exportDynamic put all global symbols of an executable into .dynsym
 * @param copies an executable may hold copies of objects of libraries
 * @param exports which symbols other modules see
 * @param undefined what happens to names that nothing defines
 * @param tags further marks
 */
public record DynamicRules(
    String soname,
    List<String> runPaths,
    boolean bindNow,
    boolean exportDynamic,
    boolean copies,
    ExportRules exports,
    UndefinedRules undefined,
    ModuleTags tags) {

  /** What linkers do without options. */
  public static final DynamicRules USUAL = new DynamicRules("", List.of(), false, false);

  /** With the usual choices of the rest. */
  public DynamicRules(
      String soname, List<String> runPaths, boolean bindNow, boolean exportDynamic) {
    this(
        soname,
        runPaths,
        bindNow,
        exportDynamic,
        true,
        ExportRules.USUAL,
        UndefinedRules.USUAL,
        ModuleTags.USUAL);
  }

  public DynamicRules {
    runPaths = List.copyOf(runPaths);
  }
}

package dev.linkd.output;

import java.util.List;

/**
 * What the dynamic linker is told.
 *
 * @param soname DT_SONAME; empty for none
 * @param runPaths DT_RUNPATH entries
 * @param bindNow resolve all imports at start (DF_BIND_NOW)
 * @param exportDynamic put all global symbols of an executable into .dynsym
 */
public record DynamicRules(
    String soname, List<String> runPaths, boolean bindNow, boolean exportDynamic) {

  /** What linkers do without options. */
  public static final DynamicRules USUAL = new DynamicRules("", List.of(), false, false);

  public DynamicRules {
    runPaths = List.copyOf(runPaths);
  }
}

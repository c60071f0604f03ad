package dev.linkd.driver;

import dev.linkd.object.SymbolPattern;
import dev.linkd.object.VersionScript;
import dev.linkd.output.BoundarySymbols;
import dev.linkd.output.SymbolBinding;
import dev.linkd.output.UndefinedRules;
import dev.linkd.output.UndefinedVersions;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a command line says about symbols that cross the border of the output. */
final class ExportPlan {

  /** Paths of version scripts. */
  final List<String> versionScripts = new ArrayList<>();

  /** From VERSION in linker scripts. */
  final List<VersionScript.Node> scriptVersions = new ArrayList<>();

  /** What is said of names of a version script that nothing defines. */
  UndefinedVersions undefinedVersions = UndefinedVersions.WARNED;

  /** Symbols without a version get that of the library's name. */
  boolean defaultVersion;

  /** Paths of lists of symbols that can be replaced, which no other symbol can then. */
  final List<String> dynamicLists = new ArrayList<>();

  /** Paths of lists of symbols that are exported. */
  final List<String> exportLists = new ArrayList<>();

  /** Symbols that are exported. */
  final List<SymbolPattern> names = new ArrayList<>();

  /** Only what lists name can be replaced. */
  boolean listed;

  /** All objects are listed. */
  boolean data;

  final List<String> hiddenArchives = new ArrayList<>();
  SymbolBinding binding = SymbolBinding.NONE;
  boolean unique = true;
  BoundarySymbols boundaries = BoundarySymbols.USUAL;
  boolean copies = true;

  /** Undefined symbols are warnings. */
  boolean warnUndefined;

  final List<String> undefinedNames = new ArrayList<>();

  /**
   * Whether undefined symbols of libraries are errors; null for what the output is usually told.
   */
  @Nullable Boolean undefinedOfLibraries;

  UndefinedRules.Weak weak = UndefinedRules.Weak.USUAL;

  /** Faults of the link are warnings. */
  boolean faultsTolerated;

  void hideArchives(String list) {
    for (String name : list.split("[,:]", -1)) {
      if (!name.isEmpty() && !hiddenArchives.contains(name)) {
        hiddenArchives.add(name);
      }
    }
  }
}

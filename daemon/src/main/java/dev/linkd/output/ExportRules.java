package dev.linkd.output;

import dev.linkd.object.SymbolPattern;
import dev.linkd.object.VersionScript;
import java.util.List;

/**
 * Which symbols other modules see, under which versions, and whether they can replace them.
 *
 * @param versions what a version script says
 * @param undefinedVersions what is said of names of a version script that nothing defines
 * @param defaultVersion symbols without a version get one that is called like the library
 * @param listed only what the lists name can be replaced in a library
 * @param names what an executable exports, and what can be replaced in a library
 * @param data the lists name all objects too
 * @param hiddenArchives archives whose definitions are not exported, by file name with or without
 *     its suffix; {@code ALL} for every one
 * @param binding which exported definitions cannot be replaced
 * @param unique definitions of STB_GNU_UNIQUE stay so, and are not made STB_GLOBAL
 * @param boundaries whether {@code __start_} and {@code __stop_} symbols are exported
 */
public record ExportRules(
    VersionScript versions,
    UndefinedVersions undefinedVersions,
    boolean defaultVersion,
    boolean listed,
    List<SymbolPattern> names,
    boolean data,
    List<String> hiddenArchives,
    SymbolBinding binding,
    boolean unique,
    BoundarySymbols boundaries) {

  /** What linkers do without options. */
  public static final ExportRules USUAL =
      new ExportRules(
          VersionScript.NONE,
          UndefinedVersions.ALLOWED,
          false,
          false,
          List.of(),
          false,
          List.of(),
          SymbolBinding.NONE,
          true,
          BoundarySymbols.USUAL);

  public ExportRules {
    names = List.copyOf(names);
    hiddenArchives = List.copyOf(hiddenArchives);
  }
}

package dev.linkd.output;

import dev.linkd.object.VersionScript;

/**
 * Which symbols other modules see, and under which versions.
 *
 * @param versions what a version script says
 * @param undefinedVersions a version script may name symbols that nothing defines
 * @param defaultVersion symbols without a version get one that is called like the library
 */
public record ExportRules(
    VersionScript versions, boolean undefinedVersions, boolean defaultVersion) {

  /** What linkers do without options. */
  public static final ExportRules USUAL = new ExportRules(VersionScript.NONE, true, false);
}

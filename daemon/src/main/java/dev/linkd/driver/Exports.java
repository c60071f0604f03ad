package dev.linkd.driver;

import dev.linkd.diag.LinkException;
import dev.linkd.object.SymbolPattern;
import dev.linkd.object.VersionScript;
import dev.linkd.output.ExportRules;
import dev.linkd.output.UndefinedVersions;
import dev.linkd.store.FileAnswers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What other modules see of the output. Version scripts and lists of symbols are read here, so that
 * one that changes makes another {@link ExportRules} and thereby another output.
 *
 * @param files remembers what was read
 * @param search finds files that are not where relative paths start
 */
record Exports(FileAnswers files, SearchPath search) {

  /** Scripts have some thousand lines at most. */
  private static final long SIZE_MAX = 1 << 24;

  ExportRules of(ExportPlan plan, boolean fatalWarnings) throws UsageException {
    // Build systems ask with --fatal-warnings whether a linker takes a script, and define nothing.
    UndefinedVersions undefinedVersions =
        fatalWarnings && plan.undefinedVersions == UndefinedVersions.WARNED
            ? UndefinedVersions.ALLOWED
            : plan.undefinedVersions;
    try {
      return new ExportRules(
          versions(plan),
          undefinedVersions,
          plan.defaultVersion,
          plan.listed || !plan.dynamicLists.isEmpty(),
          names(plan),
          plan.data,
          plan.hiddenArchives,
          plan.binding,
          plan.unique,
          plan.boundaries);
    } catch (LinkException e) {
      throw new UsageException(e.diagnostic().toString());
    }
  }

  private VersionScript versions(ExportPlan plan) throws UsageException, LinkException {
    List<VersionScript.Node> nodes = new ArrayList<>(plan.scriptVersions);
    for (String script : plan.versionScripts) {
      nodes.addAll(VersionScript.parse(script, read(script, "version script")).nodes());
    }
    boolean anonymous = nodes.stream().anyMatch(node -> node.name().isEmpty());
    if (anonymous && nodes.size() > 1) {
      throw new UsageException("anonymous version tag cannot be combined with other version tags");
    }
    return new VersionScript(String.join(", ", plan.versionScripts), nodes);
  }

  private List<SymbolPattern> names(ExportPlan plan) throws UsageException, LinkException {
    List<SymbolPattern> names = new ArrayList<>(plan.names);
    for (String list : plan.dynamicLists) {
      names.addAll(VersionScript.parseList(list, read(list, "dynamic list")));
    }
    for (String list : plan.exportLists) {
      names.addAll(VersionScript.parseList(list, read(list, "list of exported symbols")));
    }
    return names;
  }

  private String read(String name, String what) throws UsageException {
    Path path = search.command(name);
    try {
      return files
          .text(path, SIZE_MAX)
          .orElseThrow(() -> new UsageException(what + " " + name + " has more than 16 MiB"));
    } catch (LinkException e) {
      throw new UsageException("cannot open " + what + " " + name + ": " + reason(path));
    }
  }

  private static String reason(Path path) {
    return Files.exists(path) ? "it cannot be read" : "No such file or directory";
  }
}

package dev.linkd.driver;

import dev.linkd.output.ModuleTags;
import dev.linkd.output.ModuleTags.TextRelocations;
import dev.linkd.output.RelativePacking;
import java.util.ArrayList;
import java.util.List;

/** What a command line says about the dynamic section. */
final class TagPlan {

  /** DF_ and DF_1_ bits. */
  int flags;

  int flags1;
  boolean unique;

  /** Compilers say which one they want. */
  ModuleTags.HashStyle hash = ModuleTags.HashStyle.BOTH;

  boolean oldRunPath;
  boolean readOnly;
  TextRelocations text = TextRelocations.WARNED;
  boolean warnText;
  boolean packRelative;
  boolean androidTags;
  final List<String> auxiliaryFilters = new ArrayList<>();
  final List<String> filters = new ArrayList<>();
  final List<String> audit = new ArrayList<>();
  final List<String> neededAudit = new ArrayList<>();
  String init = ModuleTags.USUAL.init();
  String fini = ModuleTags.USUAL.fini();
  int spare;
  String metadata = "";

  private TextRelocations text() {
    boolean allowed = text == TextRelocations.ALLOWED;
    return allowed && warnText ? TextRelocations.WARNED : text;
  }

  private RelativePacking packing() {
    if (!packRelative) {
      return RelativePacking.NONE;
    }
    return androidTags ? RelativePacking.ANDROID : RelativePacking.STANDARD;
  }

  ModuleTags of(boolean shared) throws UsageException {
    if (!shared && !(auxiliaryFilters.isEmpty() && filters.isEmpty())) {
      String option = filters.isEmpty() ? "-f, --auxiliary" : "-F, --filter";
      throw new UsageException(option + " may not be used without -shared");
    }
    return new ModuleTags(
        flags,
        flags1,
        unique,
        hash,
        oldRunPath,
        auxiliaryFilters,
        filters,
        String.join(":", audit),
        String.join(":", neededAudit),
        init,
        fini,
        spare,
        readOnly,
        text(),
        packing(),
        metadata);
  }
}

package dev.linkd.elf;

import org.jspecify.annotations.Nullable;

/**
 * Which section of a linker script a section follows that the script does not name: the usual one
 * of its kind, or else the last one. Where there is none, constants follow the code, and variables
 * with contents whatever is loaded, so that they have the region and the load address of these and
 * not those of zeros.
 */
final class OrphanAnchors {
  private static final int CODE = 1;
  private static final int CONSTANTS = 2;
  private static final int VARIABLES = 3;

  /** The usual sections by kind; kinds begin with 1. */
  private static final String[] USUAL = {".text", ".rodata", ".data", ".bss"};

  private final Layout layout;
  private final ScriptLayout places;

  OrphanAnchors(Layout layout, ScriptLayout places) {
    this.layout = layout;
    this.places = places;
  }

  /** Null for a section that comes last, or is not loaded. */
  @Nullable ScriptSection of(ScriptSection orphan) {
    OutputSection output = orphan.output;
    if (output == null || !output.loaded()) {
      return null;
    }
    int kind = ScriptSection.kind(output);
    ScriptSection usual = places.named(USUAL[kind - 1]);
    if (usual != null && usual.command != null && present(usual.output)) {
      return usual;
    }
    ScriptSection same = null;
    ScriptSection similar = null;
    for (ScriptSection section : places.sections()) {
      OutputSection candidate = section.output;
      if (candidate == null || !present(candidate)) {
        continue;
      }
      int other = ScriptSection.kind(candidate);
      if (other == kind) {
        same = section;
      } else if (similar(kind, other)) {
        similar = section;
      }
    }
    return same == null ? similar : same;
  }

  /** What only the script puts bytes into attracts nothing. */
  private boolean present(@Nullable OutputSection section) {
    return section != null
        && section.loaded()
        && (section.atoms > 0 || (section.tableSize >= 0 && layout.size(section) > 0));
  }

  private static boolean similar(int kind, int other) {
    return switch (kind) {
      case CONSTANTS -> other == CODE;
      case VARIABLES -> other == CODE || other == CONSTANTS;
      default -> false;
    };
  }
}

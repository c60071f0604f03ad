package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which section of a linker script a section follows that the script does not name, by the rules of
 * GNU ld: the usual one of its kind; else the last one with inputs of the same type and
 * permissions; else constants follow the code, variables whatever has bytes, and zeros anything.
 * All of one kind are where the first of them is.
 */
final class OrphanAnchors {

  /** Kinds in the order in which they lie behind one section. */
  private enum Kind {
    CODE(".text"),
    CONSTANTS(".rodata"),
    NOTE(".interp"),
    VARIABLES(".data"),
    THREAD_LOCAL(".tdata"),
    ZEROS(".bss");

    final String usual;

    Kind(String usual) {
      this.usual = usual;
    }

    static Kind of(OutputSection section) {
      if ((section.flags & SHF_TLS) != 0) {
        return THREAD_LOCAL;
      }
      if (section.type == SHT_NOBITS) {
        return ZEROS;
      }
      if ((section.flags & SHF_WRITE) != 0) {
        return VARIABLES;
      }
      if (section.type == SHT_NOTE) {
        return NOTE;
      }
      return (section.flags & SHF_EXECINSTR) != 0 ? CODE : CONSTANTS;
    }
  }

  /** A section and what it follows; null when it comes last. */
  private record Anchored(
      ScriptSection orphan, OutputSection output, Kind kind, @Nullable ScriptSection anchor) {

    /** Zeros of the thread-local block come behind its data, own notes behind those of inputs. */
    int place() {
      boolean own = kind == Kind.NOTE && output.tableSize >= 0;
      boolean zeroes = kind == Kind.THREAD_LOCAL && output.threadLocalZero();
      return own || zeroes ? 1 : 0;
    }
  }

  private final Layout layout;
  private final ScriptLayout places;
  private final List<Anchored> all = new ArrayList<>();

  OrphanAnchors(Layout layout, ScriptLayout places) {
    this.layout = layout;
    this.places = places;
  }

  /** Looks where everything belongs that is there now. */
  void begin() {
    all.clear();
    List<OutputSection> orphans = new ArrayList<>();
    Map<OutputSection, ScriptSection> homes = new HashMap<>();
    for (ScriptSection orphan : places.orphans()) {
      OutputSection output = orphan.output;
      if (output != null && present(output)) {
        orphans.add(output);
        homes.put(output, orphan);
      }
    }
    orphans.sort(Comparator.comparing(Kind::of));
    Kind kind = null;
    ScriptSection anchor = null;
    for (OutputSection orphan : orphans) {
      ScriptSection home = homes.get(orphan);
      if (home == null) {
        continue;
      }
      if (kind != Kind.of(orphan)) {
        kind = Kind.of(orphan);
        anchor = anchor(orphan);
      }
      all.add(new Anchored(home, orphan, kind, anchor));
    }
    all.sort(Comparator.comparing(Anchored::kind).thenComparing(Anchored::place));
  }

  /** What follows a section of the script, in this order. */
  List<ScriptSection> behind(ScriptSection section) {
    return all.stream().filter(each -> each.anchor == section).map(Anchored::orphan).toList();
  }

  private @Nullable ScriptSection anchor(OutputSection output) {
    Kind kind = Kind.of(output);
    ScriptSection usual = places.named(kind.usual);
    if (usual != null && usual.command != null) {
      return usual;
    }
    ScriptSection typed = find(output, kind, true);
    return typed == null ? find(output, kind, false) : typed;
  }

  private @Nullable ScriptSection find(OutputSection output, Kind kind, boolean sameType) {
    Search search = new Search(output, kind, sameType);
    for (ScriptSection section : places.sections()) {
      OutputSection other = section.output;
      if (other != null && (present(other) || section.holdsOwn || data(section, sameType))) {
        search.look(section, other);
      }
      for (Anchored before : all) {
        if (before.anchor == section) {
          search.look(section, before.output);
        }
      }
    }
    return search.found();
  }

  /** Looks for the last section that is like another, in the order of the image. */
  private static final class Search {
    private final OutputSection output;
    private final Kind kind;
    private final boolean sameType;
    private @Nullable ScriptSection same;
    private @Nullable ScriptSection similar;
    private @Nullable ScriptSection local;

    Search(OutputSection output, Kind kind, boolean sameType) {
      this.output = output;
      this.kind = kind;
      this.sameType = sameType;
    }

    /** Looks at a section that is at the place of one of the script. */
    void look(ScriptSection place, OutputSection other) {
      local = (other.flags & SHF_TLS) != 0 ? place : local;
      if (sameType && other.type != output.type) {
        return;
      }
      boolean permissions =
          equal(output, other, SHF_WRITE | SHF_EXECINSTR | SHF_TLS) && bytes(output, other);
      same = permissions ? place : same;
      similar = similar(kind, output, other) ? place : similar;
    }

    @Nullable ScriptSection found() {
      if (same == null && kind == Kind.THREAD_LOCAL && local != null) {
        return local;
      }
      return same == null ? similar : same;
    }
  }

  private static boolean similar(Kind kind, OutputSection output, OutputSection other) {
    return switch (kind) {
      case CODE -> equal(output, other, SHF_EXECINSTR | SHF_TLS) && bytes(output, other);
      case CONSTANTS, NOTE -> equal(output, other, SHF_WRITE) && bytes(output, other);
      case VARIABLES -> equal(output, other, SHF_TLS) && bytes(output, other);
      case THREAD_LOCAL -> other.type != SHT_NOBITS;
      case ZEROS -> true;
    };
  }

  private static boolean equal(OutputSection one, OutputSection other, long flags) {
    return ((one.flags ^ other.flags) & flags) == 0;
  }

  private static boolean bytes(OutputSection one, OutputSection other) {
    return (one.type == SHT_NOBITS) == (other.type == SHT_NOBITS);
  }

  /** What only the script puts bytes into has no type yet. */
  private static boolean data(ScriptSection section, boolean sameType) {
    return !sameType && !section.apart() && section.hasData();
  }

  private boolean present(OutputSection section) {
    return section.loaded()
        && (section.atoms > 0 || (section.tableSize >= 0 && layout.size(section) > 0));
  }
}

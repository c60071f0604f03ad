package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.mapped.GapFiller;
import dev.linkd.object.LayoutCommand;
import dev.linkd.object.LayoutCommand.Assign;
import dev.linkd.object.LayoutCommand.Data;
import dev.linkd.object.LayoutCommand.Fill;
import dev.linkd.object.LayoutCommand.Inputs;
import dev.linkd.object.LayoutCommand.Loading;
import dev.linkd.object.LayoutCommand.Pattern;
import dev.linkd.object.LayoutCommand.Section;
import dev.linkd.object.LayoutCommand.SectionType;
import dev.linkd.object.LayoutExpression.Number;
import dev.linkd.output.AtomUpdate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An output section of a linker script: its statements, and what was made of it. */
final class ScriptSection {

  private static final int ALIGNMENT_LOG2_MAX = AtomUpdate.ALIGNMENT_LOG2_MAX;

  /** Input sections with these names have no bytes, as far as a script can know. */
  private static final String[] ZEROES = {
    ".bss",
    ".sbss",
    ".dynbss",
    ".dynsbss",
    ".tbss",
    ".lbss",
    ".dynlbss",
    ".noinit",
    ".gnu.linkonce.b.",
    ".gnu.linkonce.sb.",
    ".gnu.linkonce.tb.",
    ".gnu.linkonce.lb.",
  };

  final String name;

  /** The name, and more for further sections with it. */
  String key;

  /** The command; null for a section that the script does not name. */
  final @Nullable Section command;

  /** What SUBALIGN says instead of the alignments of the inputs; -1 when it says nothing. */
  final int inputAlignmentLog2;

  /** The statements of the command. */
  final List<LayoutCommand> statements = new ArrayList<>();

  /** Null until it has contents. */
  @Nullable OutputSection output;

  /** Tables that the script puts into this section; they follow it. */
  final List<ScriptSection> attached = new ArrayList<>();

  /** Node before the contents of each statement; it holds what the statement itself adds. */
  int[] markers = {};

  /** A note or a table of the linker's own is in it. */
  boolean holdsOwn;

  /** The region of memory that it was placed in; null outside of regions. */
  ScriptNames.@Nullable Memory region;

  /** The region that it is loaded from, when that is another one. */
  ScriptNames.@Nullable Memory loadRegion;

  /** Where it would be; of a section that is absent. */
  long address;

  /** Load address. */
  long loadAddress;

  /** Number in the order of the image, as placed last; -1 when absent. */
  int place = -1;

  ScriptSection(String name, @Nullable Section command) {
    this.name = name;
    this.key = name;
    this.command = command;
    if (command != null) {
      statements.addAll(command.body());
    }
    this.inputAlignmentLog2 =
        command != null
                && command.inputAlignment().orElse(null) instanceof Number number
                && Long.bitCount(number.value()) == 1
            ? Long.numberOfTrailingZeros(number.value())
            : -1;
  }

  /** Takes room or numbers whether or not inputs do. */
  boolean occupies() {
    for (LayoutCommand statement : statements) {
      if (statement instanceof Data || (statement instanceof Assign a && a.dot())) {
        return true;
      }
    }
    return false;
  }

  /** What its gaps contain when the script says so for all of it; else null. */
  @Nullable FillPattern fill() {
    Section section = command;
    if (section == null) {
      return null;
    }
    if (section.fill().isPresent()) {
      return FillPattern.constant(section.fill().get());
    }
    return !statements.isEmpty() && statements.getFirst() instanceof Fill fill
        ? FillPattern.constant(fill)
        : null;
  }

  /** What its gaps contain when that changes within it; else {@link #fill}. */
  @Nullable GapFiller filler(boolean code) {
    FillPattern pattern = fill();
    long fills = statements.stream().filter(Fill.class::isInstance).count();
    boolean fromTheFirst = !statements.isEmpty() && statements.getFirst() instanceof Fill;
    if (fills == 0 || (fills == 1 && fromTheFirst)) {
      return pattern;
    }
    FillPattern usual = code ? FillPattern.CODE : FillPattern.ZEROS;
    return new StatementFiller(this, pattern == null ? usual : pattern);
  }

  /** Whether the script itself puts numbers there. */
  boolean hasData() {
    return statements.stream().anyMatch(Data.class::isInstance);
  }

  /** Its section header says what ALIGN asks for, too. */
  void align(int log2, LinkState state) {
    OutputSection section = output;
    if (section != null && log2 > section.alignmentLog2 && log2 <= ALIGNMENT_LOG2_MAX) {
      section.alignmentLog2 = log2;
      state.headersDoubtful();
    }
  }

  /** Whether what it has without inputs is constant: as in GNU ld, when numbers come first. */
  boolean constant() {
    for (LayoutCommand statement : statements) {
      if (!(statement instanceof Inputs)) {
        return holdsOwn || statement instanceof Data;
      }
    }
    return holdsOwn;
  }

  /** Whether symbols say where it is although nothing may be in it. */
  boolean assigns() {
    return statements.stream().anyMatch(each -> each instanceof Assign a && !a.dot());
  }

  /** Whether the script says so that it has no bytes. */
  boolean unloaded() {
    Section section = command;
    return section != null && section.type().loading() == Loading.ROOM;
  }

  /** Whether it is meant for what is not loaded: debug information and the like. */
  boolean forUnloaded() {
    Section section = command;
    return apart()
        || (section != null
            && section.address().orElse(null) instanceof Number number
            && number.value() == 0);
  }

  /** Whether it is no part of the image although it has an address. */
  boolean apart() {
    Section section = command;
    return section != null && section.type().loading() == Loading.APART;
  }

  /** The flags of an output section with contents that have such. */
  long flags(long flags) {
    Section section = command;
    boolean readOnly = section != null && section.type().readOnly();
    return (flags | SHF_ALLOC) & ~(apart() ? SHF_ALLOC : 0) & ~(readOnly ? SHF_WRITE : 0);
  }

  /** The SHT_ that the script says for its own data; else another. */
  int type(int other) {
    Section section = command;
    int forced = section == null ? SectionType.OF_INPUTS : section.type().elfType();
    return forced != SectionType.OF_INPUTS && hasData() ? forced : other;
  }

  /** Whether everything that it takes has no bytes. */
  boolean zeroes() {
    if (unloaded() || type(SHT_NULL) == SHT_NOBITS) {
      return true;
    }
    if (apart()) {
      return false;
    }
    for (LayoutCommand statement : statements) {
      if (statement instanceof Data) {
        return false;
      }
      if (statement instanceof Inputs inputs) {
        for (Pattern pattern : inputs.sections()) {
          if (!zeroes(pattern.name())) {
            return false;
          }
        }
      }
    }
    return true;
  }

  private static boolean zeroes(String pattern) {
    if (pattern.endsWith("COMMON") || pattern.equals(".tcommon") || pattern.equals(".scommon")) {
      return true;
    }
    for (String prefix : ZEROES) {
      if (pattern.startsWith(prefix)) {
        return true;
      }
    }
    return false;
  }

  /** The block of thread-locals has two sections: what the script does not name belongs there. */
  static String blockName(String name, int type, long flags) {
    if ((flags & SHF_TLS) == 0) {
      return name;
    }
    return type == SHT_NOBITS ? ".tbss" : ".tdata";
  }
}

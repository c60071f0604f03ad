package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.mapped.MappedFile;
import dev.linkd.mapped.WindowFullException;
import dev.linkd.object.LayoutCommand.Header;
import dev.linkd.object.LayoutCommand.Section;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The PT_LOADs of an image that a linker script lays out. Sections are joined as long as addresses
 * grow and permissions stay, or must share a page; in the file they lie at the same distances.
 */
final class ScriptImage {

  /** A program header: a PT_LOAD, or whatever else a PHDRS command declares. */
  static final class Load {
    int type = PT_LOAD;

    /** What PHDRS says of it; null when the sections decide. */
    @Nullable Header command;

    int flags;
    boolean started;
    long offset;
    long address;
    long loadAddress;
    long fileSize;
    long memorySize;
    long alignment;
    boolean endsWithZeroes;

    /** The alignment that its last section will leave it with, as far as that is known. */
    long wanted = 1;

    /** Load address of its first byte, whatever PHDRS says of it. */
    long firstLoaded;

    long end() {
      return address + memorySize;
    }
  }

  private final LinkState state;
  private final Layout layout;
  private final MappedFile file;
  private final long page;
  private final List<Load> loads = new ArrayList<>();

  /** The segments as measured before, from which only their alignments count. */
  private List<Load> wanted = List.of();

  private long relroStart;
  private long relroEnd;
  private final ScriptFile places;
  private final ScriptSegments segments;
  private final ScriptEvaluator evaluator;

  ScriptImage(LinkState state, Layout layout, ScriptLayout script, ScriptEvaluator evaluator) {
    this.state = state;
    this.layout = layout;
    this.evaluator = evaluator;
    this.file = state.file;
    this.page = 1L << state.spec.layout().pageLog2();
    this.places = new ScriptFile(file);
    this.segments = new ScriptSegments(script.script, layout, places, page);
  }

  List<Load> loads() {
    return loads;
  }

  long relroStart() {
    return relroStart;
  }

  long relroEnd() {
    return relroEnd;
  }

  /** The part of the image with what relocation is done with; null without one. */
  @Nullable Load relro() {
    for (Load load : loads) {
      boolean inside =
          relroEnd > load.address
              && relroEnd <= load.end() + Layout.PAGE
              && relroStart < load.end();
      if (relroEnd != 0 && inside && (load.flags & PF_W) != 0) {
        return load;
      }
    }
    return null;
  }

  /** Whether PHDRS declares the program headers. */
  boolean declared() {
    return segments.declared();
  }

  private boolean loadsHeaders(Load load) {
    return load.type == PT_LOAD && load.offset == 0 && load.fileSize > 0;
  }

  /** Whether the ELF header is part of the image. */
  boolean headersLoaded() {
    for (Load load : loads) {
      if (loadsHeaders(load)) {
        return true;
      }
    }
    return false;
  }

  private long headersAddress() {
    for (Load load : loads) {
      if (loadsHeaders(load)) {
        return load.address;
      }
    }
    return 0;
  }

  /** Puts sections where their addresses want them; returns whether the headers moved. */
  boolean arrange(List<ScriptSection> placed, ScriptNames names, ScriptExpressions expressions) {
    relroStart = names.relroEnd() == 0 ? 0 : names.relroStart();
    relroEnd = names.relroEnd();
    trim();
    List<Load> measured = List.of();
    distribute(placed, expressions, measured);
    // Which section decides the alignment of a segment is known only at its end.
    measured = List.copyOf(loads);
    distribute(placed, expressions, measured);
    segments.faults().forEach(evaluator::fault);
    for (ScriptSection section : segments.outside()) {
      Section command = section.command;
      evaluator.warn(
          command == null ? 0 : command.at(),
          "allocated section `" + section.name + "' not in segment");
    }
    absent();
    places.arrange(layout.segments().imageNode());
    long base = headersAddress();
    boolean moved = layout.headers().planned != base;
    layout.headers().planned = base;
    return moved;
  }

  /**
   * Puts the sections into segments, behind the headers.
   *
   * @param measured the same segments, as aligned as they need to be; empty when that is not known
   */
  private void distribute(
      List<ScriptSection> placed, ScriptExpressions expressions, List<Load> measured) {
    places.begin(layout.headers().node);
    loads.clear();
    loads.addAll(segments.begin(expressions));
    wanted = measured;
    for (int i = 0; i < Math.min(loads.size(), measured.size()); i++) {
      loads.get(i).wanted = measured.get(i).alignment;
    }
    for (ScriptSection section : declared() ? placed : loadOrder(placed)) {
      OutputSection output = section.output;
      if (output != null && output.loaded() && layout.size(output) > 0) {
        add(section, output);
      }
    }
  }

  /** Sections as they are loaded, which is how segments contain them. */
  private static List<ScriptSection> loadOrder(List<ScriptSection> placed) {
    List<ScriptSection> sorted = new ArrayList<>(placed);
    sorted.sort(
        (a, b) -> {
          int order = Long.compareUnsigned(a.loadAddress, b.loadAddress);
          return order != 0 ? order : Long.compareUnsigned(address(a), address(b));
        });
    return sorted;
  }

  private static long address(ScriptSection section) {
    OutputSection output = section.output;
    return output == null ? 0 : output.planned;
  }

  /** Sections give back the room that they hold for growth. */
  private void trim() {
    for (OutputSection section : layout.sections()) {
      boolean scripted = section.segment != null && !section.pseudo() && !section.discarded;
      if (!scripted || !file.hasContent(section.node)) {
        continue;
      }
      long size = layout.size(section);
      if (file.size(section.node) > size) {
        try {
          file.resize(section.node, size);
        } catch (WindowFullException e) {
          throw new TableTooLargeException(section.name, e);
        }
      }
    }
  }

  private void add(ScriptSection section, OutputSection output) {
    boolean content = file.hasContent(output.node);
    if (declared()) {
      segments.add(loads, section, output, content);
      return;
    }
    if (output.threadLocalZero()) {
      return;
    }
    long size = layout.size(output);
    long address = output.planned;
    Load load = loads.isEmpty() ? null : loads.getLast();
    if (load == null || !joins(load, section, output, content)) {
      load = begin(section, output, content);
    }
    load.flags |= flags(output);
    load.alignment = Math.max(load.alignment, 1L << output.alignmentLog2);
    load.memorySize = Math.max(load.memorySize, address + size - load.address);
    load.endsWithZeroes = !content;
    if (content) {
      long distance = address - load.address;
      places.put(output.node, load.offset + distance, size);
      load.fileSize = distance + size;
    }
  }

  static int flags(OutputSection output) {
    int flags = PF_R;
    flags |= (output.flags & SHF_WRITE) != 0 ? PF_W : 0;
    flags |= (output.flags & SHF_EXECINSTR) != 0 ? PF_X : 0;
    return flags;
  }

  private boolean joins(Load load, ScriptSection section, OutputSection output, boolean content) {
    long address = output.planned;
    boolean samePage = address >>> log2() == (load.end() - 1) >>> log2();
    long distance = section.loadAddress - address;
    if (address < load.end() || distance != load.loadAddress - load.address) {
      return false;
    }
    if (samePage) {
      return true;
    }
    boolean gap = (address & -page) - ((load.end() + page - 1) & -page) > 0;
    return !gap && load.flags == flags(output) && !(content && load.endsWithZeroes);
  }

  private int log2() {
    return state.spec.layout().pageLog2();
  }

  private Load begin(ScriptSection section, OutputSection output, boolean content) {
    Load load = new Load();
    int number = loads.size();
    load.wanted = number < wanted.size() ? wanted.get(number).alignment : 1;
    long align = Math.max(page, 1L << output.alignmentLog2);
    long address = output.planned;
    long offset = places.like(address, Math.max(align, load.wanted));
    load.alignment = align;
    load.address = address;
    load.offset = offset;
    load.loadAddress = section.loadAddress;
    if (loads.isEmpty() && content && offset < page && address >= offset) {
      load.address = address - offset;
      load.loadAddress = section.loadAddress - offset;
      load.offset = 0;
    }
    loads.add(load);
    return load;
  }

  /** Sections without contents lie behind the others, where nothing reads them. */
  private void absent() {
    for (OutputSection section : layout.sections()) {
      boolean scripted = section.segment != null && !section.pseudo() && section.host == null;
      if (scripted && file.hasContent(section.node) && !places.contains(section.node)) {
        places.append(section.node, file.size(section.node));
      }
    }
  }
}

package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.diag.LinkException;
import dev.linkd.mapped.Arrangement;
import dev.linkd.mapped.MappedFile;
import dev.linkd.mapped.WindowFullException;
import dev.linkd.object.LayoutCommand.Header;
import dev.linkd.object.LayoutCommand.Section;
import dev.linkd.object.LayoutExpression;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
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

    long end() {
      return address + memorySize;
    }
  }

  private final LinkState state;
  private final Layout layout;
  private final MappedFile file;
  private final long page;
  private final List<Load> loads = new ArrayList<>();
  private long relroStart;
  private long relroEnd;
  private int[] nodes = new int[64];
  private long[] offsets = new long[64];
  private int count;
  private long cursor;
  private final List<Header> headers;

  /** Segments of the section before, which hold for those that name none. */
  private List<String> segments = List.of();

  ScriptImage(LinkState state, Layout layout, ScriptLayout places) {
    this.headers = places.script.all(Header.class).toList();
    this.state = state;
    this.layout = layout;
    this.file = state.file;
    this.page = 1L << state.spec.layout().pageLog2();
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
    return !headers.isEmpty();
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
  boolean arrange(
      List<ScriptSection> placed,
      ScriptNames names,
      ScriptExpressions expressions,
      ScriptEvaluator evaluator) {
    relroStart = names.relroEnd() == 0 ? 0 : names.relroStart();
    relroEnd = names.relroEnd();
    loads.clear();
    count = 0;
    cursor = Layout.HEADER_BYTES;
    put(layout.headers().node, 0);
    trim();
    segments = List.of();
    declare(expressions, evaluator);
    for (ScriptSection section : placed) {
      OutputSection output = section.output;
      if (output != null && layout.size(output) > 0) {
        add(section, output);
      }
    }
    absent();
    try {
      Arrangement.arrange(file, layout.segments().imageNode(), nodes, offsets, count);
    } catch (WindowFullException e) {
      throw new TableTooLargeException("of the script's layout", e);
    }
    long base = headersAddress();
    boolean moved = layout.headers().planned != base;
    layout.headers().planned = base;
    return moved;
  }

  /** Sections give back the room that they hold for growth. */
  private void trim() {
    for (OutputSection section : layout.sections()) {
      if (section.segment == null || section.pseudo() || !file.hasContent(section.node)) {
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

  private void put(int node, long offset) {
    if (count == nodes.length) {
      nodes = Arrays.copyOf(nodes, count * 2);
      offsets = Arrays.copyOf(offsets, count * 2);
    }
    nodes[count] = node;
    offsets[count++] = offset;
  }

  private void add(ScriptSection section, OutputSection output) {
    boolean content = file.hasContent(output.node);
    if (declared()) {
      addDeclared(section, output, content);
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
      long offset = load.offset + (address - load.address);
      put(output.node, offset);
      cursor = offset + size;
      load.fileSize = cursor - load.offset;
    }
  }

  private static final Map<String, Integer> TYPES =
      Map.ofEntries(
          Map.entry("PT_NULL", PT_NULL),
          Map.entry("PT_LOAD", PT_LOAD),
          Map.entry("PT_DYNAMIC", PT_DYNAMIC),
          Map.entry("PT_INTERP", PT_INTERP),
          Map.entry("PT_NOTE", PT_NOTE),
          Map.entry("PT_PHDR", PT_PHDR),
          Map.entry("PT_TLS", PT_TLS),
          Map.entry("PT_GNU_EH_FRAME", PT_GNU_EH_FRAME),
          Map.entry("PT_GNU_STACK", PT_GNU_STACK),
          Map.entry("PT_GNU_RELRO", PT_GNU_RELRO),
          Map.entry("PT_GNU_PROPERTY", PT_GNU_PROPERTY));

  /** The program headers that PHDRS declares, in its order, still without sections. */
  private void declare(ScriptExpressions expressions, ScriptEvaluator evaluator) {
    for (Header header : headers) {
      Load load = new Load();
      load.command = header;
      load.alignment = 1;
      try {
        Integer known =
            header.type() instanceof LayoutExpression.Name name ? TYPES.get(name.name()) : null;
        load.type = known == null ? (int) expressions.number(header.type()) : known;
        load.flags = header.flags().isEmpty() ? 0 : (int) expressions.number(header.flags().get());
        if (header.address().isPresent()) {
          load.loadAddress = expressions.number(header.address().get());
        }
      } catch (LinkException e) {
        evaluator.fault(e);
      }
      loads.add(load);
    }
  }

  private void addDeclared(ScriptSection section, OutputSection output, boolean content) {
    Section command = section.command;
    if (command != null && !command.segments().isEmpty()) {
      segments = command.segments();
    }
    boolean placed = false;
    for (Load load : loads) {
      Header header = load.command;
      if (header == null || load.type != PT_LOAD || placed) {
        continue;
      }
      if (segments.contains(header.name())) {
        if (!output.threadLocalZero()) {
          place(load, header, section, output, content);
        }
        placed = true;
      }
    }
    if (!placed && content) {
      long align = 1L << output.alignmentLog2;
      cursor = (cursor + align - 1) & -align;
      put(output.node, cursor);
      cursor += layout.size(output);
    }
    for (Load load : loads) {
      Header header = load.command;
      if (header != null && load.type != PT_LOAD && segments.contains(header.name())) {
        cover(load, header, section, output, content);
      }
    }
  }

  private void place(
      Load load, Header header, ScriptSection section, OutputSection output, boolean content) {
    long size = layout.size(output);
    long address = output.planned;
    if (!load.started) {
      load.started = true;
      load.alignment = Math.max(page, 1L << output.alignmentLog2);
      load.offset = cursor + ((address - cursor) & (load.alignment - 1));
      load.address = address;
      long distance = header.fileHeader() || header.programHeaders() ? load.offset : 0;
      load.address -= distance;
      load.offset -= distance;
      if (header.address().isEmpty()) {
        load.loadAddress = section.loadAddress - distance;
      }
    }
    load.flags |= header.flags().isEmpty() ? flags(output) : 0;
    load.alignment = Math.max(load.alignment, 1L << output.alignmentLog2);
    load.memorySize = Math.max(load.memorySize, address + size - load.address);
    if (content) {
      long offset = load.offset + (address - load.address);
      put(output.node, offset);
      cursor = offset + size;
      load.fileSize = cursor - load.offset;
    }
  }

  /** Headers of other types say where the sections are that name them. */
  private void cover(
      Load load, Header header, ScriptSection section, OutputSection output, boolean content) {
    long address = output.planned;
    long size = layout.size(output);
    if (!load.started) {
      load.started = true;
      load.address = address;
      load.loadAddress = section.loadAddress;
      load.offset = content ? offsets[count - 1] : 0;
    }
    load.flags |= header.flags().isEmpty() ? flags(output) : 0;
    load.alignment = Math.max(load.alignment, 1L << output.alignmentLog2);
    load.memorySize = Math.max(load.memorySize, address + size - load.address);
    if (content) {
      load.fileSize = address + size - load.address;
    }
  }

  private static int flags(OutputSection output) {
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
    long align = Math.max(page, 1L << output.alignmentLog2);
    long address = output.planned;
    long offset = cursor + ((address - cursor) & (align - 1));
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
      boolean scripted = section.segment != null && !section.pseudo();
      if (scripted && file.hasContent(section.node) && !listed(section.node)) {
        long align = 1L << file.alignment(section.node);
        cursor = (cursor + align - 1) & -align;
        put(section.node, cursor);
        cursor += file.size(section.node);
      }
    }
  }

  private boolean listed(int node) {
    for (int i = 0; i < count; i++) {
      if (nodes[i] == node) {
        return true;
      }
    }
    return false;
  }
}

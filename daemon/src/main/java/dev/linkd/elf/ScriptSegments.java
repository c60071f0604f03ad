package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.diag.LinkException;
import dev.linkd.elf.ScriptImage.Load;
import dev.linkd.object.LayoutCommand.Header;
import dev.linkd.object.LayoutCommand.Section;
import dev.linkd.object.LayoutExpression;
import dev.linkd.object.LayoutScript;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The segments that the PHDRS command of a linker script declares. Their sections lie in the file
 * as far from each other as they are loaded, wherever they are when the program runs.
 */
final class ScriptSegments {
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

  /** What is in no segment. */
  private static final List<String> NOWHERE = List.of("NONE");

  private final LayoutScript script;
  private final List<Header> headers;
  private final Layout layout;
  private final ScriptFile places;
  private final long page;

  /** Segments of the section before, which hold for those that name none. */
  private List<String> segments = List.of();

  /** Segments of the first section that names any: what comes before it belongs there, too. */
  private final List<String> first;

  private final List<ScriptSection> outside = new ArrayList<>();

  /** What is wrong with the segments as they are now. */
  private final List<LinkException> faults = new ArrayList<>();

  ScriptSegments(LayoutScript script, Layout layout, ScriptFile places, long page) {
    this.script = script;
    this.headers = script.all(Header.class).toList();
    this.first =
        script
            .all(Section.class)
            .map(Section::segments)
            .filter(each -> !each.isEmpty() && !each.equals(NOWHERE))
            .findFirst()
            .orElse(List.of());
    this.layout = layout;
    this.places = places;
    this.page = page;
  }

  /** Whether there are any. */
  boolean declared() {
    return !headers.isEmpty();
  }

  /** Sections of the image that are in no segment. */
  List<ScriptSection> outside() {
    return outside;
  }

  List<LinkException> faults() {
    return faults;
  }

  /** The program headers in their order, still without sections. */
  List<Load> begin(ScriptExpressions expressions) {
    List<Load> loads = new ArrayList<>();
    segments = first;
    faults.clear();
    outside.clear();
    if (!headers.isEmpty() && first.isEmpty()) {
      faults.add(script.fault(headers.getFirst().at(), "no sections assigned to phdrs"));
    }
    for (Header header : headers) {
      Load load = new Load();
      load.command = header;
      load.alignment = 1;
      try {
        load.type = type(header, expressions);
        load.flags = header.flags().isEmpty() ? 0 : (int) expressions.number(header.flags().get());
        if (header.address().isPresent()) {
          load.loadAddress = expressions.number(header.address().get());
        }
      } catch (LinkException e) {
        faults.add(e);
      }
      loads.add(load);
    }
    return loads;
  }

  private int type(Header header, ScriptExpressions expressions) throws LinkException {
    if (!(header.type() instanceof LayoutExpression.Name name)) {
      return (int) expressions.number(header.type());
    }
    Integer known = TYPES.get(name.name());
    if (known == null) {
      throw script.fault(
          header.at(), "unknown phdr type `" + name.name() + "' (try integer literal)");
    }
    return known;
  }

  void add(List<Load> loads, ScriptSection section, OutputSection output, boolean content) {
    Section command = section.command;
    if (command != null && !command.segments().isEmpty()) {
      segments = command.segments();
    } else if (section.unloaded()) {
      return; // as in GNU ld, segments are not inherited by what is not loaded
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
      long offset = places.like(0, 1L << output.alignmentLog2);
      places.put(output.node, offset, layout.size(output));
    }
    if (headers.stream().noneMatch(header -> segments.contains(header.name()))) {
      outside.add(section);
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
      load.offset = places.like(address, Math.max(load.alignment, load.wanted));
      load.address = address;
      long distance = header.fileHeader() || header.programHeaders() ? load.offset : 0;
      load.address -= distance;
      load.offset -= distance;
      load.firstLoaded = section.loadAddress - distance;
      if (header.address().isEmpty()) {
        load.loadAddress = load.firstLoaded;
      }
    }
    load.flags |= header.flags().isEmpty() ? ScriptImage.flags(output) : 0;
    load.alignment = Math.max(load.alignment, 1L << output.alignmentLog2);
    long distance = section.loadAddress - load.firstLoaded;
    if (content) {
      long offset = load.offset + distance;
      if (places.fits(output, offset)) {
        places.put(output.node, offset, size);
      } else {
        refuse(section, header);
        distance = places.append(output.node, size) - load.offset;
      }
      load.fileSize = distance + size;
    }
    load.memorySize = Math.max(load.memorySize, distance + size);
  }

  private void refuse(ScriptSection section, Header header) {
    Section command = section.command;
    faults.add(
        script.fault(
            command == null ? header.at() : command.at(),
            "section `%s' can't be allocated in segment `%s' at load address %016x"
                .formatted(section.name, header.name(), section.loadAddress)));
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
      load.offset = content ? places.last() : 0;
    }
    load.flags |= header.flags().isEmpty() ? ScriptImage.flags(output) : 0;
    load.alignment = Math.max(load.alignment, 1L << output.alignmentLog2);
    load.memorySize = Math.max(load.memorySize, address + size - load.address);
    if (content) {
      load.fileSize = address + size - load.address;
    }
  }
}

package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.diag.LinkException;
import dev.linkd.elf.ScriptExpressions.Value;
import dev.linkd.elf.ScriptNames.Memory;
import dev.linkd.mapped.MappedFile;
import dev.linkd.object.LayoutCommand;
import dev.linkd.object.LayoutCommand.Assertion;
import dev.linkd.object.LayoutCommand.Assign;
import dev.linkd.object.LayoutCommand.Data;
import dev.linkd.object.LayoutCommand.Inputs;
import dev.linkd.object.LayoutCommand.Section;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Gives the sections of a script their addresses, one behind the other as the script says. */
final class ScriptPlacement {

  private static final long PAD_MAX = 1L << 34;

  private final LinkState state;
  private final Layout layout;
  private final MappedFile file;
  private final ScriptLayout places;
  private final ScriptNames names;
  private final ScriptExpressions expressions;
  private final ScriptEvaluator evaluator;
  private final ScriptImage image;
  private final ScriptBytes bytes;
  private final ScriptChecks checks;

  /** The region that the last section is loaded from, when that is another one. */
  private @Nullable Memory lastLoaded;

  private final OrphanAnchors anchors;

  /** Present sections in the order of the image. */
  private final List<ScriptSection> placed = new ArrayList<>();

  /** Those of the pass before. */
  private List<ScriptSection> before = List.of();

  private final Set<String> seen = new HashSet<>();
  private @Nullable OutputSection last;
  private String lastRegion = "";
  private long loadDistance;
  private boolean changed;
  private final ScriptPages pages;

  ScriptPlacement(
      LinkState state,
      Layout layout,
      ScriptLayout places,
      ScriptNames names,
      ScriptExpressions expressions,
      ScriptEvaluator evaluator) {
    this.state = state;
    this.layout = layout;
    this.file = state.file;
    this.places = places;
    this.names = names;
    this.expressions = expressions;
    this.evaluator = evaluator;
    this.image = new ScriptImage(state, layout, places);
    this.bytes = new ScriptBytes(file);
    this.pages = new ScriptPages(places.ordered(), state.spec.layout().pageLog2());
    this.checks = new ScriptChecks(layout, places);
    this.anchors = new OrphanAnchors(layout, places);
  }

  ScriptImage image() {
    return image;
  }

  ScriptNames names() {
    return names;
  }

  /** What symbols between sections count from: the section before, or the headers. */
  OutputSection home() {
    OutputSection before = last;
    return before == null ? layout.headers() : before;
  }

  void begin() {
    placed.clear();
    seen.clear();
    last = null;
    pages.begin();
    lastRegion = "";
    loadDistance = 0;
    lastLoaded = null;
    changed = false;
    for (Memory region : names.regions()) {
      try {
        region.origin = expressions.number(region.command.origin());
        region.length = expressions.number(region.command.length());
      } catch (LinkException e) {
        evaluator.fault(e);
      }
      region.next = region.origin;
      region.loadNext = region.origin;
    }
  }

  /** Places a section with what belongs behind it; returns whether anything changed. */
  boolean place(Section command) throws LinkException {
    ScriptSection section = places.named(command.name());
    if (section == null || !seen.add(section.name)) {
      return false;
    }
    changed = false;
    OutputSection output = section.output;
    if (output == null || !present(section, output)) {
      section.place = -1;
      absent(section);
    } else if (output.allocated()) {
      place(section, output, command);
    }
    for (ScriptSection table : section.attached) {
      follow(table);
    }
    for (ScriptSection orphan : places.orphans()) {
      if (anchors.of(orphan) == section) {
        follow(orphan);
      }
    }
    return changed;
  }

  private boolean present(ScriptSection section, OutputSection output) {
    return output.atoms > 0
        || layout.size(output) > 0
        || (section.markers.length > 0 && section.occupies());
  }

  /** Numbers are assigned although there is no section. */
  private void absent(ScriptSection section) throws LinkException {
    for (LayoutCommand statement : section.statements) {
      if (statement instanceof Assign assign && !assign.dot()) {
        changed |= evaluator.assign(assign, home());
      } else if (statement instanceof Assertion assertion) {
        evaluator.check(assertion);
      }
    }
  }

  private void place(ScriptSection section, OutputSection output, Section command)
      throws LinkException {
    Memory region =
        command.region().isEmpty() ? null : names.region(command.at(), command.region());
    long dot = names.dot();
    OutputSection previous = last;
    long start = region == null ? dot : region.next;
    if (command.address().isPresent()) {
      start = expressions.number(command.address().get());
    }
    Long chosen = state.spec.layout().addresses().get(command.name());
    start = alignUp(chosen != null ? chosen : pages.start(start, output), alignment(output));
    if (command.alignment().isPresent()) {
      start = alignUp(start, Math.max(1, expressions.number(command.alignment().get())));
    }
    put(section, output, start);
    names.moveDot(start);
    statements(section, output, start);
    long size = layout.size(output);
    if (size == 0 && output.atoms == 0) {
      remove(section, dot, previous);
      return;
    }
    if (output.atoms == 0 && output.tableSize < 0) {
      output.flags |= SHF_WRITE;
    }
    load(section, command, region, start, size);
    advance(output, start, Math.max(size, names.dot() - start), region, command.overlaid());
    lastRegion = command.region();
  }

  /** A section whose statements added nothing does not exist. */
  private void remove(ScriptSection section, long dot, @Nullable OutputSection previous) {
    placed.removeLast();
    section.place = -1;
    last = previous;
    names.moveDot(dot);
  }

  /** The block of thread-locals begins where both of its parts are aligned. */
  private long alignment(OutputSection output) {
    int log2 = Math.max(output.alignmentLog2, file.alignment(output.node));
    ScriptSection zeroes = places.named(".tbss");
    OutputSection tbss = zeroes == null ? null : zeroes.output;
    if ((output.flags & SHF_TLS) != 0 && tbss != null) {
      log2 = Math.max(log2, tbss.alignmentLog2);
    }
    return 1L << log2;
  }

  private static long alignUp(long value, long alignment) {
    return (value + alignment - 1) & -alignment;
  }

  private void put(ScriptSection section, OutputSection output, long start) {
    changed |= output.planned != start;
    output.planned = start;
    section.place = placed.size();
    placed.add(section);
    last = output;
  }

  private void advance(
      OutputSection output, long start, long size, @Nullable Memory region, boolean overlaid) {
    if (output.threadLocalZero()) {
      names.moveDot(start);
      return;
    }
    names.moveDot(start + size);
    pages.ended(output, start + size);
    if (region != null) {
      region.next = overlaid ? Math.max(region.next, start + size) : start + size;
    }
  }

  private void load(
      ScriptSection section, Section command, @Nullable Memory region, long start, long size)
      throws LinkException {
    long address = start;
    lastLoaded = null;
    if (command.loadAddress().isPresent()) {
      address = expressions.number(command.loadAddress().get());
    } else if (!command.loadRegion().isEmpty()) {
      Memory loaded = names.region(command.at(), command.loadRegion());
      address = loaded == region ? start : loaded.loadNext;
      lastLoaded = loaded;
      loaded(output(section), loaded, address, size);
    } else if (command.address().isEmpty() && command.region().equals(lastRegion)) {
      address = start + loadDistance;
    }
    if (region != null && address == start) {
      region.loadNext = start + size;
    }
    loadDistance = address - start;
    changed |= section.loadAddress != address;
    section.loadAddress = address;
  }

  /** What is loaded from a region takes room in it. */
  private static void loaded(OutputSection output, Memory region, long address, long size) {
    if (!output.threadLocalZero() && output.type != SHT_NOBITS) {
      region.loadNext = address + size;
      region.next = Math.max(region.next, address + size);
    }
  }

  private static OutputSection output(ScriptSection section) {
    OutputSection output = section.output;
    if (output == null) {
      throw new IllegalStateException("section " + section.name + " is absent");
    }
    return output;
  }

  /** A table or an orphan goes where the last section ended. */
  private void follow(ScriptSection section) {
    OutputSection output = section.output;
    if (output == null || !output.allocated() || !present(section, output)) {
      section.place = -1;
      return;
    }
    Memory region = regionOfLast();
    long start = alignUp(pages.start(names.dot(), output), alignment(output));
    put(section, output, start);
    Memory elsewhere = lastLoaded;
    long address = elsewhere == null ? start + loadDistance : elsewhere.loadNext;
    loadDistance = address - start;
    changed |= section.loadAddress != address;
    section.loadAddress = address;
    long size = layout.size(output);
    Memory from = elsewhere == null && address == start ? region : elsewhere;
    if (from != null) {
      loaded(output, from, address, size);
    }
    advance(output, start, size, region, false);
  }

  private @Nullable Memory regionOfLast() {
    for (Memory region : names.regions()) {
      if (region.command.name().equals(lastRegion)) {
        return region;
      }
    }
    return null;
  }

  private void statements(ScriptSection section, OutputSection output, long start)
      throws LinkException {
    boolean opaque = section.markers.length == 0;
    for (int i = 0; i < section.statements.size(); i++) {
      LayoutCommand statement = section.statements.get(i);
      if (opaque) {
        if (statement instanceof Inputs inputs && takes(inputs, contentName(output))) {
          names.moveDot(Math.max(names.dot(), start + layout.size(output)));
        }
      } else {
        names.moveDot(start + file.offset(section.markers[i]));
      }
      switch (statement) {
        case Assign assign when assign.dot() -> {
          if (opaque) {
            evaluator.assign(assign, output);
          } else {
            pad(section, output, section.markers[i], assign, start);
          }
        }
        case Assign assign -> changed |= evaluator.assign(assign, output);
        case Assertion assertion -> evaluator.check(assertion);
        case Data data -> {
          int marker = section.markers[i];
          changed |= bytes.resize(output, marker, data.bytes());
          bytes.number(marker, data.bytes(), expressions.number(data.value()));
          names.moveDot(names.dot() + data.bytes());
        }
        default -> {}
      }
    }
    names.moveDot(Math.max(names.dot(), start + layout.size(output)));
  }

  /** What padding contains: the fill value of the section, else no-operations in code. */
  private long fillValue(ScriptSection section, OutputSection output) throws LinkException {
    Section command = section.command;
    if (command != null && command.fill().isPresent()) {
      return expressions.number(command.fill().get());
    }
    return (output.flags & SHF_EXECINSTR) != 0 ? 0x90909090L : 0;
  }

  private static boolean takes(Inputs inputs, String name) {
    for (LayoutCommand.Pattern pattern : inputs.sections()) {
      if (Glob.matches(pattern.name(), name)) {
        return true;
      }
    }
    return false;
  }

  /** Without a dynamic linker the relocations of the PLT are those of indirect functions. */
  private String contentName(OutputSection output) {
    boolean indirect = output.name.equals(".rela.plt") && !state.spec.kind().dynamic();
    return indirect ? ".rela.iplt" : output.name;
  }

  /** Moves the counter: numbers count from the start of the section. */
  private void pad(
      ScriptSection section, OutputSection output, int marker, Assign assign, long start)
      throws LinkException {
    Value value = expressions.value(assign.value());
    long target = value.address() ? value.number() : start + value.number();
    long room = target - names.dot();
    if (room < 0 || room > PAD_MAX) {
      throw places.script.fault(
          assign.at(),
          "cannot move location counter %s (from %016x to %016x)"
              .formatted(room < 0 ? "backwards" : "that far", names.dot(), target));
    }
    changed |= bytes.resize(output, marker, room);
    bytes.fill(section, output, marker, fillValue(section, output));
    names.moveDot(target);
  }

  /** Orphans that follow no section come last. */
  boolean end() {
    changed = false;
    for (ScriptSection orphan : places.orphans()) {
      if (!placed.contains(orphan)) {
        follow(orphan);
      }
    }
    boolean same = placed.equals(before);
    before = List.copyOf(placed);
    return changed || !same;
  }

  /** Puts the bytes where the addresses want them; returns whether headers moved. */
  boolean finish() {
    return image.arrange(placed, names, expressions, evaluator);
  }

  /** Complains about what does not fit. */
  void check() {
    checks.check(placed, names, evaluator);
  }
}

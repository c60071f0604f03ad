package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.diag.LinkException;
import dev.linkd.elf.ScriptNames.Memory;
import dev.linkd.mapped.MappedFile;
import dev.linkd.object.LayoutCommand;
import dev.linkd.object.LayoutCommand.Assertion;
import dev.linkd.object.LayoutCommand.Assign;
import dev.linkd.object.LayoutCommand.Loading;
import dev.linkd.object.LayoutCommand.Section;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Gives the sections of a script their addresses, one behind the other as the script says. */
final class ScriptPlacement {

  private final LinkState state;
  private final Layout layout;
  private final MappedFile file;
  private final ScriptLayout places;
  private final ScriptNames names;
  private final ScriptExpressions expressions;
  private final ScriptEvaluator evaluator;
  private final ScriptImage image;
  private final ScriptStatements statements;
  private final ScriptLoads loads;
  private final ScriptChecks checks;

  private final OrphanAnchors anchors;

  /** Present sections in the order of the image. */
  private final List<ScriptSection> placed = new ArrayList<>();

  /** Those of the pass before. */
  private List<ScriptSection> before = List.of();

  private @Nullable OutputSection last;

  /** The last section of the script, when what belongs behind it has no place yet. */
  private @Nullable ScriptSection unfinished;

  /** The region of the last section; null outside of regions. */
  private @Nullable Memory lastRegion;

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
    this.image = new ScriptImage(state, layout, places, evaluator);
    this.statements = new ScriptStatements(state, layout, names, expressions, evaluator);
    this.loads = new ScriptLoads(places, names, expressions);
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

  /** What symbols between sections count from: the section before, or else the first one. */
  OutputSection home() {
    OutputSection previous = last;
    for (int i = 0; previous == null && i < before.size(); i++) {
      OutputSection first = before.get(i).output;
      previous = first != null && first.loaded() ? first : null;
    }
    return previous == null ? layout.headers() : previous;
  }

  void begin() {
    places.complete();
    anchors.begin();
    placed.clear();
    last = null;
    unfinished = null;
    pages.begin();
    lastRegion = null;
    changed = false;
    statements.begin();
    loads.begin();
    for (Memory region : names.regions()) {
      try {
        region.origin = expressions.number(region.command.origin());
        region.length = expressions.number(region.command.length());
      } catch (LinkException e) {
        evaluator.fault(e);
      }
      region.next = region.origin;
    }
  }

  /** Places a section. What belongs behind it waits for {@link #finishLast}. */
  void place(Section command) throws LinkException {
    ScriptSection section = places.home(command);
    if (section == null) {
      return;
    }
    finishLast();
    unfinished = section;
    OutputSection output = section.output;
    if (output == null || !present(section, output)) {
      section.place = -1;
      absent(section, command);
    } else if (output.allocated()) {
      place(section, output, command);
    }
  }

  /**
   * Places what belongs behind the last section of the script. As in other linkers that is behind
   * the symbols that are assigned there too, which mean the end of the section, but before the
   * counter moves.
   */
  void finishLast() {
    ScriptSection section = unfinished;
    if (section == null) {
      return;
    }
    unfinished = null;
    for (ScriptSection table : section.attached) {
      follow(table);
    }
    List<ScriptSection> orphans = anchors.behind(section);
    if (section.place < 0 && !orphans.isEmpty()) {
      enter(section);
    }
    orphans.forEach(this::follow);
  }

  /** Goes where a section would be that is not there. */
  private void enter(ScriptSection section) {
    Section command = section.command;
    if (command == null || command.region().isEmpty()) {
      return;
    }
    try {
      Memory region = names.region(command.at(), command.region());
      names.moveDot(region.next);
      lastRegion = region;
      loads.enter(command, region);
    } catch (LinkException e) {
      evaluator.fault(e);
    }
  }

  private boolean present(ScriptSection section, OutputSection output) {
    return output.atoms > 0
        || layout.size(output) > 0
        || (section.markers.length > 0 && section.occupies());
  }

  /** Symbols are assigned where the section would be, and what follows goes on there. */
  private void absent(ScriptSection section, Section command) throws LinkException {
    long start = names.dot();
    if (command.address().isPresent()) {
      start = expressions.number(command.address().get());
    } else if (!command.region().isEmpty()) {
      start = names.region(command.at(), command.region()).next;
    }
    if (command.alignment().isPresent()) {
      start = alignUp(start, Math.max(1, expressions.number(command.alignment().get())));
    }
    section.address = start;
    names.moveDot(section.assigns() ? start : names.dot());
    for (LayoutCommand statement : section.statements) {
      if (statement instanceof Assign assign && !assign.dot()) {
        evaluator.assign(assign, home());
      } else if (statement instanceof Assertion assertion) {
        evaluator.check(assertion);
      }
    }
  }

  private void place(ScriptSection section, OutputSection output, Section command)
      throws LinkException {
    Memory region = loads.region(command, output);
    long dot = names.dot();
    OutputSection previous = last;
    long start = region == null ? dot : region.next;
    if (command.address().isPresent()) {
      start = expressions.number(command.address().get());
    } else if (region == null && output.loaded() && names.regions().iterator().hasNext()) {
      throw names.fault(
          command.at(), "no memory region specified for loadable section `" + section.name + "'");
    }
    Long chosen = state.spec.layout().addresses().get(command.name());
    long wanted = chosen != null ? chosen : pages.start(start, output);
    start = alignUp(wanted, alignment(output));
    boolean rounded = start != wanted && command.address().isPresent();
    if (command.alignment().isPresent()) {
      long alignment = Math.max(1, expressions.number(command.alignment().get()));
      start = alignUp(start, alignment);
      section.align(Long.numberOfTrailingZeros(alignment), state);
    }
    put(section, output, start);
    names.moveDot(start);
    statements.follow(section, output, start);
    long size = layout.size(output);
    if (size == 0 && output.atoms == 0) {
      remove(section, dot, previous);
      return;
    }
    if (rounded) {
      evaluator.warn(
          command.at(),
          "address %016x of section `%s' is no multiple of its alignment %d; it begins at %016x"
              .formatted(wanted, section.name, alignment(output), start));
    }
    if (output.atoms == 0 && output.tableSize < 0 && !section.constant()) {
      output.flags |= SHF_WRITE;
    }
    changed |= loads.load(section, output, command, region, start, size);
    advance(
        output,
        start,
        Math.max(size, names.dot() - start),
        region,
        command.type().loading() == Loading.OVERLAID);
    lastRegion = region;
  }

  /** A section whose statements added nothing does not exist. */
  private void remove(ScriptSection section, long dot, @Nullable OutputSection previous) {
    placed.removeLast();
    section.place = -1;
    section.address = section.output == null ? dot : section.output.planned;
    last = previous;
    names.moveDot(section.assigns() ? names.dot() : dot);
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
    last = output.loaded() ? output : last;
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

  /** A table or an orphan goes where the last section ended. */
  private void follow(ScriptSection section) {
    OutputSection output = section.output;
    if (output == null || !output.allocated() || !present(section, output)) {
      section.place = -1;
      return;
    }
    Memory region = lastRegion;
    long start = alignUp(pages.start(names.dot(), output), alignment(output));
    put(section, output, start);
    long size = layout.size(output);
    changed |= loads.follow(section, output, region, start, size);
    advance(output, start, size, region, false);
  }

  /** Orphans that follow no section come last; returns whether the pass changed anything. */
  boolean end() {
    finishLast();
    for (ScriptSection orphan : places.orphans()) {
      if (!placed.contains(orphan)) {
        follow(orphan);
      }
    }
    boolean same = placed.equals(before);
    before = List.copyOf(placed);
    return changed || statements.changed() || !same;
  }

  /** Puts the bytes where the addresses want them; returns whether headers moved. */
  boolean finish() {
    return image.arrange(placed, names, expressions);
  }

  /** Complains about what does not fit. */
  void check() {
    checks.check(placed, evaluator);
    places.tables().check(evaluator);
  }
}

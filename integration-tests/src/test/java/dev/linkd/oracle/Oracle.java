package dev.linkd.oracle;

import dev.linkd.oracle.image.ElfImage;
import dev.linkd.oracle.image.ElfSymbol;
import dev.linkd.oracle.image.MalformedImage;
import dev.linkd.oracle.image.Problems;
import dev.linkd.oracle.image.Section;
import dev.linkd.oracle.model.Atom;
import dev.linkd.oracle.model.Model;
import dev.linkd.oracle.model.Relocation;
import dev.linkd.oracle.naive.AtomId;
import dev.linkd.oracle.naive.NaiveLink;
import dev.linkd.oracle.naive.Target;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Compares a published file with the model that it should be the link of. */
public final class Oracle {
  private static final List<String> STANDARD_SECTIONS =
      List.of(".text", ".rodata", ".data", ".bss");

  private final NaiveLink link;
  private final ElfImage image;
  private final FieldReader fields;
  private final Placement placement;
  private final Problems problems = new Problems();

  private Oracle(Model model, ElfImage image) {
    this.image = image;
    link = new NaiveLink(model);
    fields = new FieldReader(image);
    List<ElfSymbol> symbols = image.symbols().stream().filter(s -> !s.structural()).toList();
    placement = new Placement(link, symbols, fields);
    SymbolCheck.check(link, symbols, placement, problems);
    placement.addresses().forEach(this::atom);
    disjoint();
    entry();
  }

  /** One sentence for each difference; empty when the file means what the model says. */
  public static List<String> compare(Model model, Path output) throws IOException {
    try {
      return compare(model, ElfImage.read(output));
    } catch (MalformedImage malformed) {
      return List.of("unreadable: " + malformed.reason());
    }
  }

  public static List<String> compare(Model model, ElfImage image) {
    Oracle oracle = new Oracle(model, image);
    return oracle.problems.found();
  }

  private void atom(AtomId id, long address) {
    Atom atom = link.model().stream(id.stream()).atoms().get(id.key());
    if (atom == null) {
      throw new IllegalStateException("no atom " + id);
    }
    problems.require(address % atom.alignment() == 0, "%s is not aligned at %x", id, address);
    section(id, atom, address);
    if (atom.content() && atom.size() > 0) {
      long difference = fields.firstDifference(address, atom);
      problems.require(difference < 0, "%s at %x: byte %d differs", id, address, difference);
      for (Relocation relocation : atom.relocations()) {
        relocation(id, atom, address, relocation);
      }
    }
  }

  private void section(AtomId id, Atom atom, long address) {
    Section section =
        image.sections().stream()
            .filter(s -> s.allocated() && address >= s.address() && address <= s.end())
            .filter(s -> atom.size() == 0 || address + atom.size() <= s.end())
            .filter(s -> standard(atom).map(s.name()::equals).orElse(true))
            .findFirst()
            .orElse(null);
    if (problems.require(section != null, "%s at %x is in no fitting section", id, address)
        && section != null) {
      problems.require(
          section.writable() == atom.writable() && section.executable() == atom.executable(),
          "%s is in %s with other permissions",
          id,
          section);
    }
  }

  private static Optional<String> standard(Atom atom) {
    return STANDARD_SECTIONS.stream()
        .filter(n -> atom.section().equals(n) || atom.section().startsWith(n + ".unit"))
        .findFirst();
  }

  private void relocation(AtomId id, Atom atom, long address, Relocation relocation) {
    Target target = link.target(id.stream(), relocation).orElse(null);
    if (target == null) {
      return;
    }
    OptionalLong expected = placement.address(target);
    if (expected.isEmpty()) {
      problems.add("%s: %s refers to an atom that was not found", id, relocation);
      return;
    }
    try {
      Field field = fields.read(address, atom, relocation);
      problems.require(
          field.refersTo(expected.getAsLong()) || forwarded(field, expected.getAsLong()),
          "%s at %x: %s refers to %x instead of %x",
          id,
          address,
          relocation,
          field.implied(),
          expected.getAsLong());
    } catch (Field.Unreadable unreadable) {
      problems.add("%s at %x: %s %s", id, address, relocation, unreadable.reason());
    }
  }

  /** Only a direct call or jump may go through a forwarder at the old place of its target. */
  private boolean forwarded(Field field, long expected) {
    OptionalLong next = field.direct() ? fields.forwarded(field.implied()) : OptionalLong.empty();
    return next.isPresent() && next.getAsLong() == expected;
  }

  private record Range(AtomId atom, long from, long to) {}

  private void disjoint() {
    List<Range> ranges = new ArrayList<>();
    placement
        .addresses()
        .forEach(
            (id, address) -> {
              Atom atom = link.model().stream(id.stream()).atoms().get(id.key());
              if (atom != null && atom.size() > 0) {
                ranges.add(new Range(id, address, address + atom.size()));
              }
            });
    ranges.sort(Comparator.comparingLong(Range::from));
    for (int i = 1; i < ranges.size(); i++) {
      Range left = ranges.get(i - 1);
      Range right = ranges.get(i);
      problems.require(left.to() <= right.from(), "%s and %s overlap", left, right);
    }
  }

  private void entry() {
    NaiveLink.Global start = link.globals().get("_start");
    if (start != null) {
      OptionalLong address = placement.address(start.target());
      problems.require(
          address.isPresent() && address.getAsLong() == image.entry(),
          "e_entry is %x, not _start",
          image.entry());
    }
  }
}

package dev.linkd.elf.relocatable;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.diag.Code;
import dev.linkd.diag.Diagnostic;
import dev.linkd.diag.Diagnostic.Severity;
import dev.linkd.diag.LinkException;
import dev.linkd.diag.Place;
import dev.linkd.elf.BuildIdNote;
import dev.linkd.elf.DuplicateNote;
import dev.linkd.elf.JoinedSections;
import dev.linkd.elf.PropertyNotes;
import dev.linkd.object.ElfObject;
import dev.linkd.output.BuildIdStyle;
import dev.linkd.output.NameRules.DefinedSymbol;
import dev.linkd.output.OutputSpec;
import dev.linkd.output.RelocatableRules;
import dev.linkd.output.ScriptText;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Joins objects to one: sections by name, one symbol table, relocations that mean what they meant.
 */
final class RelocatableLink {

  private final OutputSpec spec;
  private final List<InputObject> inputs = new ArrayList<>();
  private final List<Diagnostic> problems = new ArrayList<>();

  RelocatableLink(OutputSpec spec, List<ElfObject> objects) {
    this.spec = spec;
    objects.forEach(object -> inputs.add(new InputObject(object)));
  }

  /** What is wrong; with an error there is no file. */
  List<Diagnostic> problems() {
    return problems;
  }

  /** Decides everything about the file but writes nothing. */
  ObjectFile link() throws LinkException {
    checkNames();
    RelocatableRules rules = spec.relocatable();
    JoinedSections script = script();
    boolean identified = spec.content().buildId().present();
    SectionMerger merger = new SectionMerger(spec.stripping(), rules, script, identified);
    for (InputObject input : inputs) {
      merger.add(input);
    }
    List<MergedSection> sections = merger.finish();
    SymbolMerger symbols = new SymbolMerger(spec.names(), spec.stripping());
    spec.symbols().required().forEach(name -> symbols.global(name).used = true);
    inputs.forEach(symbols::add);
    Map<String, Long> addresses = spec.layout().addresses();
    sections.forEach(section -> section.moveTo(addresses.getOrDefault(section.name, 0L)));
    if (script != null) {
      new ScriptedSections(sections, symbols, addresses).follow(script);
    }
    report(symbols);
    if (rules.placeCommons()) {
      placeCommons(sections, symbols);
    }
    RelocationMerger relocations = new RelocationMerger(symbols, problems);
    forEachPart(sections, (section, part) -> relocations.mark(part));
    for (MergedGroup group : merger.groups) {
      symbols.use(group.input, group.input.object.groupSignatureSymbol(group.number));
    }
    symbols.number(sections, inputs);
    forEachPart(sections, relocations::merge);
    return new ObjectFile(sections, merger.groups, symbols.table, properties(), identity(script));
  }

  /** The identity that the file contains. */
  private BuildIdStyle identity(@Nullable JoinedSections script) {
    BuildIdStyle style = spec.content().buildId();
    if (style.present() && script != null && script.discards(BuildIdNote.NAME)) {
      problems.add(Diagnostic.warning(Code.INVALID_REQUEST, Place.NONE, BuildIdNote.DISCARDED));
      return BuildIdStyle.NONE;
    }
    return style;
  }

  private @Nullable JoinedSections script() throws LinkException {
    Optional<ScriptText> text = spec.layout().script();
    return text.isPresent() ? JoinedSections.of(text.get()) : null;
  }

  private interface PartVisitor {
    void visit(MergedSection section, MergedSection.Part part);
  }

  private static void forEachPart(List<MergedSection> sections, PartVisitor visitor) {
    for (MergedSection section : sections) {
      section.parts.forEach(part -> visitor.visit(section, part));
    }
  }

  private void checkNames() {
    for (DefinedSymbol defined : spec.names().defined()) {
      defined
          .value()
          .names(
              name ->
                  problems.add(
                      Diagnostic.error(
                          Code.INVALID_REQUEST,
                          Place.symbol("", defined.name()),
                          "--defsym " + defined.name() + ": only numbers in a relocatable output",
                          "it depends on the address of " + name)));
    }
  }

  private void report(SymbolMerger symbols) {
    if (symbols.firstWins()) {
      return;
    }
    for (GlobalSymbol symbol : symbols.globals()) {
      if (symbol.strong.size() > 1) {
        String last = symbol.strong.getLast();
        List<String> notes = new ArrayList<>();
        symbol.strong.forEach(input -> notes.add("defined in " + input));
        notes.add(DuplicateNote.text(symbol.name, symbol.strong.getFirst(), symbol.strong.get(1)));
        problems.add(
            new Diagnostic(
                Severity.ERROR,
                Code.DUPLICATE_SYMBOL,
                "duplicate symbol: " + symbol.name,
                Place.symbol(last, symbol.name),
                notes));
      }
    }
  }

  /** Gives common symbols room in .bss. */
  private static void placeCommons(List<MergedSection> sections, SymbolMerger symbols) {
    MergedSection room = new MergedSection("COMMON", null);
    room.type = SHT_NOBITS;
    room.flags = SHF_ALLOC | SHF_WRITE;
    for (GlobalSymbol symbol : symbols.globals()) {
      if (symbol.common) {
        long step = Math.max(1, symbol.value);
        room.align(step);
        room.size = (room.size + step - 1) & -step;
        symbol.value = room.size;
        symbol.room = room;
        room.size += symbol.size;
        symbol.info = symbol.info & 0xf0 | STT_OBJECT;
      }
    }
    if (room.size > 0) {
      sections.add(room);
    }
  }

  /** What the notes of all objects come to. */
  private PropertyNotes properties() {
    PropertyNotes merged = new PropertyNotes();
    for (InputObject input : inputs) {
      MemorySegment note = note(input.object);
      merged.add(note, 0, note.byteSize());
    }
    return merged;
  }

  private static MemorySegment note(ElfObject object) {
    for (int s = 1; s < object.sections(); s++) {
      if (object.sectionNameIs(s, ".note.gnu.property")) {
        return object.sectionBytes(s);
      }
    }
    return MemorySegment.NULL;
  }
}

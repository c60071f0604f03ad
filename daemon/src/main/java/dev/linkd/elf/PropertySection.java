package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.diag.Code;
import dev.linkd.diag.Diagnostic;
import dev.linkd.diag.Place;
import dev.linkd.object.ElfObject;
import dev.linkd.output.CodeRules;
import dev.linkd.output.CodeRules.FeatureReport;
import dev.linkd.table.Layouts;
import java.lang.foreign.MemorySegment;

/**
 * {@code .note.gnu.property}: keeps the sum of the inputs' notes up to date and writes the merged
 * one. Whether all code has landing pads for indirect branches decides on the form of the PLT.
 */
final class PropertySection {

  private static final int IBT = GNU_PROPERTY_X86_FEATURE_1_IBT;
  private static final int SHSTK = GNU_PROPERTY_X86_FEATURE_1_SHSTK;
  private static final byte[] NO_NOTES = {};

  private final LinkState state;
  private final Layout layout;
  private final CodeRules rules;
  private final OutputSection section;
  private final PropertyNotes notes = new PropertyNotes();
  private boolean changed = true;

  PropertySection(LinkState state, Layout layout) {
    this.state = state;
    this.layout = layout;
    this.rules = state.spec.code();
    this.section = layout.table(".note.gnu.property", SHT_NOTE, SHF_ALLOC, SegmentKind.HEADERS, 0);
    notes.force(GNU_PROPERTY_X86_FEATURE_1_AND, rules.features());
    notes.force(GNU_PROPERTY_X86_ISA_1_NEEDED, rules.needed());
  }

  /** Counts the notes of an object instead of those that its last version had. */
  void replace(ObjectInput input, ElfObject object) {
    byte[] now = read(object);
    byte[] before = input.properties;
    if (before != null && MemorySegment.ofArray(before).mismatch(MemorySegment.ofArray(now)) < 0) {
      return;
    }
    remove(input);
    input.properties = now;
    notes.add(MemorySegment.ofArray(now), 0, now.length);
    changed = true;
  }

  void remove(ObjectInput input) {
    byte[] before = input.properties;
    if (before != null) {
      notes.remove(MemorySegment.ofArray(before), 0, before.length);
      input.properties = null;
      changed = true;
    }
  }

  /** Streamed functions come without a promise. */
  void addStream() {
    notes.add(MemorySegment.NULL, 0, 0);
    changed = true;
  }

  void removeStream() {
    notes.remove(MemorySegment.NULL, 0, 0);
    changed = true;
  }

  private static byte[] read(ElfObject object) {
    for (int s = 1; s < object.sections(); s++) {
      if (object.sectionNameIs(s, ".note.gnu.property")) {
        return object.sectionBytes(s).toArray(Layouts.BYTE);
      }
    }
    return NO_NOTES;
  }

  /** Whether every function that is called indirectly begins with {@code endbr64}. */
  boolean branchTracking() {
    return rules.branchTrackingPlt() || (notes.merged(GNU_PROPERTY_X86_FEATURE_1_AND) & IBT) != 0;
  }

  /** Writes the merged note when an input changed. */
  void settle() {
    if (changed) {
      changed = false;
      int size = notes.size();
      layout.resizeTable(section, size);
      long at = state.file.position(section.node);
      notes.write(state.file.image(), at);
      state.file.dirty(at, at + size);
    }
    if (rules.report() != FeatureReport.NONE || rules.warnForced()) {
      state.inputs.forEach(this::report);
    }
  }

  private void report(Input input) {
    if (!(input instanceof ObjectInput object)) {
      return;
    }
    int missing = ~object.object.x86Features();
    if (rules.report() != FeatureReport.NONE) {
      boolean error = rules.report() == FeatureReport.ERROR;
      String text = "-cet-report=" + (error ? "error" : "warning") + ": missing ";
      report(input, error, text, missing & (IBT | SHSTK));
    }
    if (rules.warnForced()) {
      report(input, false, "-z force-ibt: file does not have ", missing & IBT & rules.features());
    }
  }

  private void report(Input input, boolean error, String text, int missing) {
    for (int feature = IBT; feature <= SHSTK; feature <<= 1) {
      if ((missing & feature) != 0) {
        String name = "GNU_PROPERTY_X86_FEATURE_1_" + (feature == IBT ? "IBT" : "SHSTK");
        Place place = Place.input(input.name);
        state.problems.add(
            error
                ? Diagnostic.error(Code.UNSUPPORTED_INPUT, place, text + name)
                : Diagnostic.warning(Code.UNSUPPORTED_INPUT, place, text + name));
      }
    }
  }
}

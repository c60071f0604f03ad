package dev.linkd.elf.relocatable;

import static dev.linkd.object.ElfConstants.STT_SECTION;

import dev.linkd.object.ElfConstants;
import dev.linkd.object.ElfObject;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An object with what becomes of its sections and symbols. */
final class InputObject {

  static final int NONE = -1;

  final ElfObject object;
  private final @Nullable MergedSection[] homes;
  private final @Nullable KeptFrames[] frames;
  private final long[] offsets;
  private final boolean[] discarded;

  /** By section number; groups name themselves by a symbol in their own header. */
  private final Map<Integer, MergedGroup> groups = new HashMap<>();

  /** Index in the output's symbol table of each symbol, NONE for those that are not there. */
  final int[] symbols;

  /** Symbols that relocations or groups refer to. */
  final boolean[] used;

  InputObject(ElfObject object) {
    this.object = object;
    int sections = object.sections();
    homes = new MergedSection[sections];
    frames = new KeptFrames[sections];
    offsets = new long[sections];
    discarded = new boolean[sections];
    symbols = new int[Math.max(1, object.symbols())];
    used = new boolean[symbols.length];
  }

  /** The section belongs to a group of which another input's copy counts. */
  void discard(int s) {
    discarded[s] = true;
  }

  boolean discarded(int s) {
    return s > 0 && discarded[s];
  }

  void move(int s, MergedSection home) {
    homes[s] = home;
  }

  /** Where the section went; null when it is not in the output. */
  @Nullable MergedSection home(int s) {
    return s > 0 ? homes[s] : null;
  }

  /** The section is the header of a group that stays. */
  void keepGroup(int s, MergedGroup group) {
    groups.put(s, group);
  }

  /** The group whose header the section is; null for other sections. */
  @Nullable MergedGroup group(int s) {
    return groups.get(s);
  }

  void place(int s, long offset) {
    offsets[s] = offset;
  }

  void keep(int s, KeptFrames kept) {
    frames[s] = kept;
  }

  @Nullable KeptFrames frames(int s) {
    return frames[s];
  }

  /** Offset in the output section of a byte of a section; NONE when it is gone. */
  long map(int s, long offset) {
    KeptFrames kept = frames[s];
    if (kept == null) {
      return offsets[s] + offset;
    }
    long inside = kept.map(offset);
    return inside == NONE ? NONE : offsets[s] + inside;
  }

  /** Offset of the section in its output section. */
  long offset(int s) {
    return offsets[s];
  }

  /** Whether a relocation refers to a symbol in a discarded section. */
  boolean discardedTarget(int s, int r) {
    int y = object.relocationSymbol(s, r);
    return y != 0 && discarded(object.symbolSection(y));
  }

  boolean sectionSymbol(int y) {
    return ElfConstants.type(object.symbolInfo(y)) == STT_SECTION;
  }
}

package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.mapped.DirtyRanges;
import dev.linkd.mapped.MappedFile;
import dev.linkd.output.BuildIdStyle;
import dev.linkd.table.Layouts;
import java.lang.foreign.MemorySegment;

/**
 * {@code .note.gnu.build-id}, computed from the pages that changed, as the last step of a flush.
 */
public final class BuildIdNote {
  public static final String NAME = ".note.gnu.build-id";
  public static final String DISCARDED = NAME + " section discarded, --build-id ignored";
  public static final int ALIGNMENT_LOG2 = 2;

  private final LinkState state;
  private final Layout layout;
  private final int node;
  private final BuildIdStyle style;
  private final BuildId identity;
  private long ownAt = -1;

  /** Whether there is a note: a linker script can discard it. */
  static boolean wanted(LinkState state, Layout layout) {
    ScriptLayout script = layout.script();
    return state.spec.content().buildId().present()
        && (script == null || !script.discards(ScriptLayout.LINKER, NAME, SHF_ALLOC));
  }

  BuildIdNote(LinkState state, Layout layout) {
    this.state = state;
    this.layout = layout;
    this.style = state.spec.content().buildId();
    this.identity = new BuildId(style.given().isEmpty() ? style.size() : 0);
    int bytes = bytes(style);
    ScriptLayout script = layout.script();
    int taken = script == null ? -1 : script.tables().noteRoom(NAME, bytes, ALIGNMENT_LOG2);
    this.node = taken < 0 ? section(bytes) : taken;
  }

  /** Size of a note. */
  public static int bytes(BuildIdStyle style) {
    return NoteDescriptor.DESCRIPTOR + (style.size() + 3 & ~3);
  }

  /**
   * Writes a note into a file that is complete otherwise.
   *
   * @param at where the note is, whose bytes are zero
   */
  public static void write(BuildIdStyle style, MemorySegment file, long at) {
    NoteDescriptor.put(file, at, NT_GNU_BUILD_ID, style.size());
    long own = at + NoteDescriptor.DESCRIPTOR;
    if (!style.given().isEmpty()) {
      MemorySegment.copy(style.bytes(), 0, file, Layouts.BYTE, own, style.size());
      return;
    }
    BuildId identity = new BuildId(style.size());
    identity.resize(file.byteSize());
    identity.own(own);
    identity.digest(file, 0, file, own);
    if (style.uuid()) {
      markUuid(file, own);
    }
  }

  private int section(int bytes) {
    SegmentKind kind = SegmentKind.forText(bytes);
    OutputSection section = layout.table(NAME, SHT_NOTE, SHF_ALLOC, kind, 0);
    section.alignmentLog2 = ALIGNMENT_LOG2;
    layout.resizeTable(section, bytes);
    return section.node;
  }

  /** Brings the identity up to date with the dirty ranges of the image. */
  void settle() {
    MappedFile file = state.file;
    MemorySegment image = file.image();
    long at = file.position(node);
    if (!style.given().isEmpty()) {
      give(image, at);
      return;
    }
    identity.resize(layout.fileSize());
    long own = at + NoteDescriptor.DESCRIPTOR;
    if (own != ownAt) {
      NoteDescriptor.put(image, at, NT_GNU_BUILD_ID, style.size());
      file.dirty(at, own);
      identity.own(own);
      ownAt = own;
    }
    DirtyRanges dirty = file.dirty();
    for (int i = 0; i < dirty.count(); i++) {
      identity.dirty(dirty.from(i), Math.min(dirty.to(i), layout.fileSize()));
    }
    identity.digest(image, 0, image, own);
    if (style.uuid()) {
      markUuid(image, own);
    }
    file.dirty(own, own + style.size());
  }

  /** Version 4 and variant 1 of RFC 9562. */
  private static void markUuid(MemorySegment image, long at) {
    int version = image.get(Layouts.BYTE, at + 6);
    int variant = image.get(Layouts.BYTE, at + 8);
    image.set(Layouts.BYTE, at + 6, (byte) (version & 0x0f | 0x40));
    image.set(Layouts.BYTE, at + 8, (byte) (variant & 0x3f | 0x80));
  }

  /** Writes an identity that the user chose, where it is not yet. */
  private void give(MemorySegment image, long at) {
    if (at == ownAt) {
      return;
    }
    NoteDescriptor.put(image, at, NT_GNU_BUILD_ID, style.size());
    byte[] bytes = style.bytes();
    MemorySegment.copy(bytes, 0, image, Layouts.BYTE, at + NoteDescriptor.DESCRIPTOR, bytes.length);
    state.file.dirty(at, at + NoteDescriptor.DESCRIPTOR + bytes.length);
    ownAt = at;
  }
}

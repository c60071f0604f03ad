package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.mapped.DirtyRanges;
import dev.linkd.mapped.MappedFile;
import java.lang.foreign.MemorySegment;

/**
 * {@code .note.gnu.build-id}, computed from the pages that changed, as the last step of a flush.
 */
final class BuildIdNote {
  private final LinkState state;
  private final Layout layout;
  private final OutputSection section;
  private final BuildId identity = new BuildId();
  private long ownAt = -1;

  BuildIdNote(LinkState state, Layout layout) {
    this.state = state;
    this.layout = layout;
    this.section = layout.table(".note.gnu.build-id", SHT_NOTE, SHF_ALLOC, SegmentKind.HEADERS, 0);
    section.alignmentLog2 = 2;
    layout.resizeTable(section, NoteDescriptor.DESCRIPTOR + BuildId.BYTES);
  }

  /** Brings the identity up to date with the dirty ranges of the image. */
  void settle() {
    MappedFile file = state.file;
    MemorySegment image = file.image();
    long at = file.position(section.node);
    identity.resize(layout.fileSize());
    long own = at + NoteDescriptor.DESCRIPTOR;
    if (own != ownAt) {
      NoteDescriptor.put(image, at, NT_GNU_BUILD_ID, BuildId.BYTES);
      file.dirty(at, own);
      identity.own(own);
      ownAt = own;
    }
    DirtyRanges dirty = file.dirty();
    for (int i = 0; i < dirty.count(); i++) {
      identity.dirty(dirty.from(i), Math.min(dirty.to(i), layout.fileSize()));
    }
    identity.digest(image, 0, image, own);
    file.dirty(own, own + BuildId.BYTES);
  }
}

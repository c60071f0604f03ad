package dev.linkd.elf;

import dev.linkd.mapped.MappedFile;
import dev.linkd.output.Output.DumpVisitor;

/** Shows the layout tree: every node with its slack, and the holes between them. */
final class Dump {

  private static final int NONE = -1;

  private final LinkState state;
  private final Layout layout;
  private final MappedFile file;

  Dump(LinkState state, Layout layout) {
    this.state = state;
    this.layout = layout;
    this.file = state.file;
  }

  void visit(DumpVisitor visitor) {
    String name = String.valueOf(state.spec.path().getFileName());
    long size = layout.fileSize();
    visitor.node(0, "file", name, 0, 0, size, size);
    children(visitor, MappedFile.FILE, 1, 0, 0, true);
    Segment bss = layout.segments().existing(SegmentKind.BSS);
    if (bss != null) {
      visitor.node(1, "segment", bss.name(), -1, bss.address, file.extent(bss.node), bss.window);
      children(visitor, bss.node, 2, 0, bss.address, false);
    }
    for (OutputSection section : layout.sections()) {
      if (section.threadLocalZero()) {
        section(visitor, section, section.node, 1, -1);
      }
    }
  }

  private void children(
      DumpVisitor visitor, int parent, int depth, long position, long address, boolean content) {
    long end = 0;
    for (int node = file.first(parent); node != NONE; node = file.next(node)) {
      long offset = file.offset(node);
      if (offset > end) {
        hole(visitor, depth, content ? position + end : -1, address + end, offset - end);
      }
      long at = content ? position + offset : -1;
      node(visitor, node, depth, at, content);
      end = Math.max(end, offset + file.size(node));
    }
  }

  private static void hole(DumpVisitor visitor, int depth, long position, long address, long size) {
    visitor.node(depth, "hole", "", position, address, 0, size);
  }

  private void node(DumpVisitor visitor, int node, int depth, long position, boolean content) {
    int owner = file.owner(node);
    if (Owners.isAtom(owner)) {
      atom(visitor, node, owner, depth, position);
    } else if (Owners.isSection(owner)) {
      section(visitor, layout.section(Owners.sectionNumber(owner)), node, depth, position);
    } else if (owner == Owners.HEADERS) {
      long size = file.size(node);
      visitor.node(depth, "header", "section headers", position, 0, size, file.capacity(node));
    } else {
      Segment segment = layout.segments().byNumber(Owners.segmentNumber(owner));
      long used = file.extent(node);
      visitor.node(
          depth, "segment", segment.name(), position, segment.address, used, file.capacity(node));
      children(visitor, node, depth + 1, position, segment.address, content);
    }
  }

  private void section(
      DumpVisitor visitor, OutputSection section, int node, int depth, long position) {
    String kind = section.tableSize >= 0 ? "table" : "section";
    long size = layout.size(section);
    visitor.node(depth, kind, section.name, position, section.address, size, file.capacity(node));
    if (section.tableSize < 0) {
      boolean content = position >= 0;
      children(visitor, node, depth + 1, position, section.address, content);
    }
  }

  private void atom(DumpVisitor visitor, int node, int atom, int depth, long position) {
    String key = state.names.string(state.atoms.key(atom));
    String input = state.inputs.get(state.atoms.input(atom)).name;
    visitor.node(
        depth,
        "atom",
        input + ":" + printable(key),
        position,
        layout.address(atom),
        file.size(node),
        file.capacity(node));
  }

  /** Keys of pieces are their bytes: what is not text is shown as a dot. */
  private static String printable(String key) {
    StringBuilder text = new StringBuilder(key.strip());
    for (int i = 0; i < text.length(); i++) {
      if (Character.isISOControl(text.charAt(i)) || text.charAt(i) == '\ufffd') {
        text.setCharAt(i, '.');
      }
    }
    return text.toString();
  }
}

package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;

import java.nio.charset.StandardCharsets;

/** {@code .note.package}: which package the file belongs to, as JSON, for whoever reads a core. */
final class PackageNote {
  private static final int TYPE = 0xcafe1a7e;
  private static final byte[] OWNER = "FDO\0".getBytes(StandardCharsets.US_ASCII);

  private PackageNote() {}

  static void add(LinkState state, Layout layout) {
    byte[] text = (state.spec.dynamic().tags().metadata() + '\0').getBytes(StandardCharsets.UTF_8);
    SegmentKind kind = SegmentKind.forText(text.length);
    OutputSection section = layout.table(".note.package", SHT_NOTE, SHF_ALLOC, kind, 0);
    section.alignmentLog2 = 2;
    ByteBuilder bytes = new ByteBuilder();
    int padded = text.length + 3 & ~3;
    bytes.putInt(OWNER.length).putInt(padded).putInt(TYPE);
    for (byte b : OWNER) {
      bytes.putByte(b);
    }
    for (int i = 0; i < padded; i++) {
      bytes.putByte(i < text.length ? text[i] : 0);
    }
    bytes.writeTo(state, layout, section);
  }
}

package dev.linkd.object;

import dev.linkd.diag.LinkException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/** The bytes of a valid object in which single fields are overwritten. */
final class Patch {
  private final ElfObject original;
  private final ByteBuffer bytes;

  Patch(Path file) throws LinkException {
    MemorySegment content = Tools.read(file);
    original = ElfObject.parse(file.toString(), content);
    bytes = ByteBuffer.wrap(content.toArray(ValueLayout.JAVA_BYTE));
    bytes.order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The object before any change. */
  ElfObject original() {
    return original;
  }

  int section(String name) {
    return EhFramesTest.section(original, name);
  }

  int sectionOfType(int type) {
    for (int s = 1; s < original.sections(); s++) {
      if (original.sectionType(s) == type) {
        return s;
      }
    }
    throw new AssertionError("no section of type " + type);
  }

  int sectionHeader(int s) {
    return (int) bytes.getLong(40) + s * ElfConstants.SHDR_SIZE;
  }

  int content(int s) {
    return (int) original.sectionOffset(s);
  }

  int symbol(int y) {
    return content(sectionOfType(ElfConstants.SHT_SYMTAB)) + y * ElfConstants.SYM_SIZE;
  }

  int relocation(int s, int r) {
    return content(original.relocationSection(s)) + r * ElfConstants.RELA_SIZE;
  }

  Patch putByte(int at, int value) {
    bytes.put(at, (byte) value);
    return this;
  }

  Patch putShort(int at, int value) {
    bytes.putShort(at, (short) value);
    return this;
  }

  Patch putInt(int at, int value) {
    bytes.putInt(at, value);
    return this;
  }

  Patch putLong(int at, long value) {
    bytes.putLong(at, value);
    return this;
  }

  ElfObject parse() throws LinkException {
    return ElfObject.parse("bad.o", MemorySegment.ofArray(bytes.array()));
  }

  ElfObject parseFirst(int length) throws LinkException {
    return ElfObject.parse("bad.o", MemorySegment.ofArray(bytes.array()).asSlice(0, length));
  }
}

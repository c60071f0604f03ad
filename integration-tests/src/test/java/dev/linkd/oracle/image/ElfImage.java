package dev.linkd.oracle.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A whole linked ELF64 file in memory, with its headers decoded. */
public final class ElfImage {
  private static final int EHDR_SIZE = 64;
  private static final int PHDR_SIZE = 56;
  private static final int SHDR_SIZE = 64;
  private static final int SYMBOL_SIZE = 24;

  private final ByteBuffer data;
  private final List<Segment> segments;
  private final List<Section> sections;
  private final List<ElfSymbol> symbols;
  private final List<ElfSymbol> dynamicSymbols;

  private ElfImage(byte[] file) {
    data = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    if (file.length < EHDR_SIZE || data.getInt(0) != 0x464c457f) {
      throw new MalformedImage("not an ELF file");
    }
    segments = readSegments();
    sections = readSections();
    symbols = readSymbols(Elf.SHT_SYMTAB);
    dynamicSymbols = readSymbols(Elf.SHT_DYNSYM);
  }

  public static ElfImage read(Path path) throws IOException {
    return of(Files.readAllBytes(path));
  }

  public static ElfImage of(byte[] file) {
    return new ElfImage(file);
  }

  public int type() {
    return u16(16);
  }

  public int machine() {
    return u16(18);
  }

  public long entry() {
    return u64(24);
  }

  public long segmentTable() {
    return u64(32);
  }

  public long sectionTable() {
    return u64(40);
  }

  public List<Segment> segments() {
    return segments;
  }

  public List<Segment> loads() {
    return segments.stream().filter(Segment::loads).toList();
  }

  public Optional<Segment> segment(int type) {
    return segments.stream().filter(s -> s.type() == type).findFirst();
  }

  public List<Section> sections() {
    return sections;
  }

  public Optional<Section> section(String name) {
    return sections.stream().filter(s -> s.name().equals(name)).findFirst();
  }

  public Optional<Section> sectionOfType(int type) {
    return sections.stream().filter(s -> s.type() == type).findFirst();
  }

  public List<ElfSymbol> symbols() {
    return symbols;
  }

  public List<ElfSymbol> dynamicSymbols() {
    return dynamicSymbols;
  }

  public long fileSize() {
    return data.limit();
  }

  public int u8(long offset) {
    return data.get(checked(offset, 1)) & 0xff;
  }

  public int u16(long offset) {
    return data.getShort(checked(offset, 2)) & 0xffff;
  }

  public int s32(long offset) {
    return data.getInt(checked(offset, 4));
  }

  public long u32(long offset) {
    return Integer.toUnsignedLong(s32(offset));
  }

  public long u64(long offset) {
    return data.getLong(checked(offset, 8));
  }

  public byte[] bytes(long offset, long size) {
    byte[] result = new byte[Math.toIntExact(size)];
    data.get(checked(offset, size), result);
    return result;
  }

  /** The NUL-terminated string at a file offset, which must end before the limit. */
  public String string(long offset, long limit) {
    long end = offset;
    while (end < limit && u8(end) != 0) {
      end++;
    }
    if (end >= limit) {
      throw new MalformedImage(String.format("string at %x is not terminated", offset));
    }
    return new String(bytes(offset, end - offset), StandardCharsets.UTF_8);
  }

  /** File offset of the byte at an address; -1 when it is not in the file. */
  public long fileOffset(long address) {
    for (Segment load : segments) {
      if (load.loads() && address >= load.address() && address - load.address() < load.fileSize()) {
        return load.offset() + (address - load.address());
      }
    }
    return -1;
  }

  /** Whether an address is mapped when the image is loaded. */
  public boolean mapped(long address) {
    return segments.stream().anyMatch(s -> s.loads() && s.containsAddress(address));
  }

  /** The 64-bit word at an address; 0 where the loader supplies zeros. */
  public long wordAt(long address) {
    long offset = fileOffset(address);
    if (offset < 0 && !mapped(address)) {
      throw new MalformedImage(String.format("address %x is not mapped", address));
    }
    return offset < 0 ? 0 : u64(offset);
  }

  private List<Segment> readSegments() {
    List<Segment> result = new ArrayList<>();
    for (int i = 0; i < u16(56); i++) {
      long at = segmentTable() + (long) i * PHDR_SIZE;
      result.add(
          new Segment(
              s32(at),
              s32(at + 4),
              u64(at + 8),
              u64(at + 16),
              u64(at + 32),
              u64(at + 40),
              u64(at + 48)));
    }
    return List.copyOf(result);
  }

  private List<Section> readSections() {
    int count = u16(60);
    int names = u16(62);
    List<Section> result = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long at = sectionTable() + (long) i * SHDR_SIZE;
      long table = sectionTable() + (long) names * SHDR_SIZE;
      long stringsOffset = u64(table + 24);
      long stringsEnd = Math.addExact(stringsOffset, u64(table + 32));
      result.add(
          new Section(
              i,
              string(stringsOffset + u32(at), stringsEnd),
              s32(at + 4),
              u64(at + 8),
              u64(at + 16),
              u64(at + 24),
              u64(at + 32),
              s32(at + 40),
              s32(at + 44),
              u64(at + 48),
              u64(at + 56)));
    }
    return List.copyOf(result);
  }

  private List<ElfSymbol> readSymbols(int type) {
    Optional<Section> found = sectionOfType(type);
    if (found.isEmpty()) {
      return List.of();
    }
    Section table = found.get();
    if (table.link() <= 0 || table.link() >= sections.size()) {
      throw new MalformedImage(table + " has no string table");
    }
    Section strings = sections.get(table.link());
    List<ElfSymbol> result = new ArrayList<>();
    for (int i = 0; i < table.size() / SYMBOL_SIZE; i++) {
      long at = table.offset() + (long) i * SYMBOL_SIZE;
      String name = string(strings.offset() + u32(at), strings.offset() + strings.size());
      result.add(
          new ElfSymbol(i, name, u8(at + 4), u8(at + 5), u16(at + 6), u64(at + 8), u64(at + 16)));
    }
    return List.copyOf(result);
  }

  private int checked(long offset, long size) {
    if (offset < 0 || size < 0 || offset > data.limit() - size) {
      throw new MalformedImage(
          String.format("%d bytes at %x are outside of the file (%x)", size, offset, fileSize()));
    }
    return (int) offset;
  }
}

package dev.linkd.oracle.image;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** The dynamic section as the dynamic linker sees it: through PT_DYNAMIC and addresses. */
public final class Dynamic {
  private static final int RELA_SIZE = 24;

  private final ElfImage image;
  private final List<DynamicEntry> entries = new ArrayList<>();
  private final boolean terminated;

  public Dynamic(ElfImage image) {
    this.image = image;
    boolean end = false;
    Segment segment = image.segment(Elf.PT_DYNAMIC).orElse(null);
    if (segment != null) {
      for (long at = segment.offset(); at + 16 <= segment.fileEnd() && !end; at += 16) {
        end = image.u64(at) == Elf.DT_NULL;
        if (!end) {
          entries.add(new DynamicEntry(image.u64(at), image.u64(at + 8)));
        }
      }
    }
    terminated = end;
  }

  public boolean present() {
    return image.segment(Elf.PT_DYNAMIC).isPresent();
  }

  public boolean terminated() {
    return terminated;
  }

  public List<DynamicEntry> entries() {
    return entries;
  }

  public OptionalLong value(long tag) {
    return entries.stream().filter(e -> e.tag() == tag).mapToLong(DynamicEntry::value).findFirst();
  }

  /** A string of DT_STRTAB. */
  public String string(long offset) {
    long table = image.fileOffset(value(Elf.DT_STRTAB).orElseThrow());
    long size = value(Elf.DT_STRSZ).orElseThrow();
    return image.string(table + offset, table + size);
  }

  public List<String> strings(long tag) {
    return entries.stream().filter(e -> e.tag() == tag).map(e -> string(e.value())).toList();
  }

  /** DT_RELA without DT_JMPREL. */
  public List<DynamicRelocation> relocations() {
    return table(Elf.DT_RELA, Elf.DT_RELASZ);
  }

  /** DT_JMPREL. */
  public List<DynamicRelocation> jumpRelocations() {
    return table(Elf.DT_JMPREL, Elf.DT_PLTRELSZ);
  }

  public List<DynamicRelocation> allRelocations() {
    List<DynamicRelocation> all = new ArrayList<>(relocations());
    all.addAll(jumpRelocations());
    return all;
  }

  private List<DynamicRelocation> table(long addressTag, long sizeTag) {
    long size = value(sizeTag).orElse(0);
    if (size == 0) {
      return List.of();
    }
    long start = image.fileOffset(value(addressTag).orElseThrow());
    List<DynamicRelocation> result = new ArrayList<>();
    for (long at = start; at + RELA_SIZE <= start + size; at += RELA_SIZE) {
      long info = image.u64(at + 8);
      result.add(
          new DynamicRelocation(
              image.u64(at), (int) info, (int) (info >>> 32), image.u64(at + 16)));
    }
    return result;
  }
}

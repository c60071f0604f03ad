package dev.linkd.oracle.image;

/** A row of .symtab or .dynsym. */
public record ElfSymbol(
    int index, String name, int info, int other, int section, long value, long size) {

  public int binding() {
    return info >>> 4;
  }

  public int type() {
    return info & 15;
  }

  public int visibility() {
    return other & 3;
  }

  public boolean local() {
    return binding() == Elf.STB_LOCAL;
  }

  public boolean defined() {
    return section != Elf.SHN_UNDEF;
  }

  public boolean absolute() {
    return section == Elf.SHN_ABS;
  }

  /** Whether the row exists for the table's own sake: the null row, sections and files. */
  public boolean structural() {
    return index == 0 || type() == Elf.STT_SECTION || type() == Elf.STT_FILE;
  }

  @Override
  public String toString() {
    return String.format(
        "symbol %d '%s' info %02x section %x value %x size %x",
        index, name, info, section, value, size);
  }
}

package dev.linkd.oracle.image;

/** A section header. */
public record Section(
    int index,
    String name,
    int type,
    long flags,
    long address,
    long offset,
    long size,
    int link,
    int info,
    long align,
    long entrySize) {

  public long end() {
    return address + size;
  }

  public boolean allocated() {
    return (flags & Elf.SHF_ALLOC) != 0;
  }

  public boolean writable() {
    return (flags & Elf.SHF_WRITE) != 0;
  }

  public boolean executable() {
    return (flags & Elf.SHF_EXECINSTR) != 0;
  }

  public boolean threadLocal() {
    return (flags & Elf.SHF_TLS) != 0;
  }

  /** Of a section that has gone: an empty one without a name, which readers pass over. */
  public boolean inactive() {
    return type == Elf.SHT_PROGBITS && name.isEmpty() && size == 0 && flags == 0;
  }

  /** Bytes in the file. */
  public long fileSize() {
    return type == Elf.SHT_NOBITS || type == Elf.SHT_NULL ? 0 : size;
  }

  @Override
  public String toString() {
    return String.format("section %d %s [%x,%x)", index, name, address, end());
  }
}

package dev.linkd.oracle.image;

/** A program header. */
public record Segment(
    int type, int flags, long offset, long address, long fileSize, long memorySize, long align) {

  public long end() {
    return address + memorySize;
  }

  public long fileEnd() {
    return offset + fileSize;
  }

  public boolean containsAddress(long value) {
    return value >= address && value < end();
  }

  public boolean loads() {
    return type == Elf.PT_LOAD;
  }

  @Override
  public String toString() {
    return String.format(
        "segment type %x flags %d offset %x address %x file %x memory %x align %x",
        type, flags, offset, address, fileSize, memorySize, align);
  }
}

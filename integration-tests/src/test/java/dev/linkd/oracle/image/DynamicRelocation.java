package dev.linkd.oracle.image;

/** A relocation that the dynamic linker applies. */
public record DynamicRelocation(long address, int kind, int symbol, long addend) {
  @Override
  public String toString() {
    return String.format("kind %d at %x symbol %d addend %x", kind, address, symbol, addend);
  }
}

package dev.linkd.mapped;

/** Fills gaps with one byte value. */
record UniformFiller(byte value) implements GapFiller {

  @Override
  public void fill(MappedFile file, int container, int previousNode, long from, long to) {
    file.image().asSlice(from, to - from).fill(value);
  }

  @Override
  public boolean uniform() {
    return true;
  }
}

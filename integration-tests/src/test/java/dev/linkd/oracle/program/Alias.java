package dev.linkd.oracle.program;

import dev.linkd.oracle.image.Elf;
import dev.linkd.oracle.model.Space;
import dev.linkd.oracle.model.SymbolDefinition;

/** A second global name of an entity. */
final class Alias implements Referable {
  private final String name;
  private final String stream;
  private final Referable target;

  Alias(String name, String stream, Referable target) {
    this.name = name;
    this.stream = stream;
    this.target = target;
  }

  Referable target() {
    return target;
  }

  String stream() {
    return stream;
  }

  SymbolDefinition definition() {
    int type = entity() instanceof Function ? Elf.STT_FUNC : Elf.STT_OBJECT;
    return new SymbolDefinition(name, target.symbol(), 0, 0, Elf.STB_GLOBAL << 4 | type);
  }

  @Override
  public Entity entity() {
    return target.entity();
  }

  @Override
  public String symbol() {
    return name;
  }

  @Override
  public long offset() {
    return 0;
  }

  @Override
  public boolean visibleFrom(String other) {
    return true;
  }

  @Override
  public Space space() {
    return Space.GLOBAL;
  }
}

package dev.linkd.oracle.program;

import dev.linkd.oracle.image.Elf;
import dev.linkd.oracle.model.Relocation;
import dev.linkd.oracle.model.Space;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/** Collects code bytes and the relocations inside them. */
final class Assembler {
  private final String stream;
  private final ByteArrayOutputStream code = new ByteArrayOutputStream();
  private final List<Relocation> relocations = new ArrayList<>();

  Assembler(String stream) {
    this.stream = stream;
  }

  Assembler bytes(int... values) {
    for (int value : values) {
      code.write(value);
    }
    return this;
  }

  Assembler int32(int value) {
    return bytes(value, value >>> 8, value >>> 16, value >>> 24);
  }

  /** An empty field of that width with a relocation. */
  Assembler field(int width, int kind, Referable target, boolean byKey, long addend) {
    boolean canUseKey =
        target instanceof Entity entity && entity.hasFixedAtom() && entity.stream.equals(stream);
    Space space = byKey && canUseKey ? Space.ATOM : target.space();
    String name = space == Space.ATOM ? target.entity().key : target.symbol();
    return field(width, kind, space, name, addend);
  }

  Assembler field(int width, int kind, Space space, String name, long addend) {
    relocations.add(new Relocation(code.size(), kind, space, name, addend));
    return bytes(new int[width]);
  }

  /** A 32-bit displacement that ends its instruction. */
  Assembler displacement(Referable target, boolean byKey, long offset) {
    return field(4, Elf.R_X86_64_PC32, target, byKey, offset - 4);
  }

  byte[] code() {
    return code.toByteArray();
  }

  int size() {
    return code.size();
  }

  List<Relocation> relocations() {
    return relocations;
  }
}

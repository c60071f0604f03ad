package dev.linkd.elf.x86_64;

import dev.linkd.table.Layouts;
import dev.linkd.table.Segments;
import java.lang.foreign.MemorySegment;

/**
 * Writes rewritten instructions. The result depends only on the input's bytes and the form, so
 * writing it again is harmless. The relocated field itself is left for {@link RelocationKinds}.
 */
public final class Relaxer {

  /** {@code mov %fs:0, %rax}. */
  private static final byte[] LOAD_TP = bytes(0x64, 0x48, 0x8b, 0x04, 0x25, 0, 0, 0, 0);

  /** {@code lea x(%rax), %rax}, up to the field. */
  private static final byte[] LEA_RAX = bytes(0x48, 0x8d, 0x80);

  /** {@code add x(%rip), %rax}, up to the field. */
  private static final byte[] ADD_RAX = bytes(0x48, 0x03, 0x05);

  private static final byte[] NOP6 = bytes(0x66, 0x0f, 0x1f, 0x44, 0, 0);

  private static final byte[] NOP13 =
      bytes(0x66, 0x66, 0x66, 0x66, 0x2e, 0x0f, 0x1f, 0x84, 0, 0, 0, 0, 0);

  private static final byte OPERAND_SIZE = 0x66;

  private Relaxer() {}

  /**
   * Writes the form that {@link RelaxationShapes} found.
   *
   * @param kind kind of the input's relocation
   * @param input holds the input's bytes
   * @param from offset of the relocated field in {@code input}
   * @param image what to write to
   * @param at offset of the relocated field in {@code image}
   */
  public static void rewrite(
      Relaxation form, int kind, MemorySegment input, long from, MemorySegment image, long at) {
    switch (form) {
      case NONE -> {}
      case LOAD_TO_LEA -> put(image, at - 2, 0x8d);
      case CALL_DIRECT -> put(image, at - 2, 0x67, 0xe8);
      case JUMP_DIRECT -> {
        put(image, at - 2, 0xe9);
        put(image, at + 3, 0x90);
      }
      case IMMEDIATE, IMMEDIATE_PREFIXED, IMMEDIATE_SIGNED, IE_TO_LE, DESC_TO_LE ->
          immediate(kind, input, from, image, at);
      case GD_TO_LE -> exec(image, at - 4, LEA_RAX);
      case GD_TO_IE -> exec(image, at - 4, ADD_RAX);
      case GD_TO_LE_LARGE -> {
        exec(image, at - 3, LEA_RAX);
        put(image, at + 13, NOP6);
      }
      case GD_TO_IE_LARGE -> {
        exec(image, at - 3, ADD_RAX);
        put(image, at + 13, NOP6);
      }
      case LD_TO_LE -> paddedLoad(image, at - 3, 3);
      case LD_TO_LE_INDIRECT -> paddedLoad(image, at - 3, 4);
      case LD_TO_LE_LARGE -> {
        put(image, at - 3, NOP13);
        put(image, at + 10, LOAD_TP);
      }
      case DESC_TO_IE -> put(image, at - 2, 0x8b);
      case DESC_CALL_TO_NOP -> put(image, at, 0x66, 0x90);
    }
  }

  private static void exec(MemorySegment image, long at, byte[] second) {
    put(image, at, LOAD_TP);
    put(image, at + LOAD_TP.length, second);
  }

  private static void paddedLoad(MemorySegment image, long at, int padding) {
    for (int i = 0; i < padding; i++) {
      Segments.setByte(image, at + i, OPERAND_SIZE);
    }
    put(image, at + padding, LOAD_TP);
  }

  /**
   * Turns {@code op x(%rip), %r} into {@code op $x, %r}. The register moves from the reg field of
   * the ModRM byte to its r/m field, and the prefix bits that extend it from R to B.
   */
  private static void immediate(
      int kind, MemorySegment input, long from, MemorySegment image, long at) {
    int opcode = u8(input, from - 2);
    int register = u8(input, from - 1) >>> 3 & 7;
    int prefix = RelaxationShapes.prefixBytes(kind);
    if (prefix != 0) {
      int bits = u8(input, from - 3);
      put(image, at - 3, prefix == 1 ? rex(bits) : rex2(bits));
    }
    switch (opcode) {
      case 0x8b, 0x8d -> put(image, at - 2, 0xc7, 0xc0 | register);
      case 0x85 -> put(image, at - 2, 0xf7, 0xc0 | register);
      default -> put(image, at - 2, 0x81, 0xc0 | opcode & 0x38 | register);
    }
  }

  /** REX is 0100WRXB. */
  private static int rex(int rex) {
    return rex & ~0b0101 | rex >>> 2 & 1;
  }

  /** The payload of REX2 is M0 R4 X4 B4 W R3 X3 B3. */
  private static int rex2(int payload) {
    return payload & ~0b0101_0101 | payload >>> 2 & 0b0001_0001;
  }

  private static void put(MemorySegment image, long at, byte[] bytes) {
    MemorySegment.copy(bytes, 0, image, Layouts.BYTE, at, bytes.length);
  }

  private static void put(MemorySegment image, long at, int first) {
    Segments.setByte(image, at, (byte) first);
  }

  private static void put(MemorySegment image, long at, int first, int second) {
    put(image, at, first);
    put(image, at + 1, second);
  }

  private static int u8(MemorySegment bytes, long at) {
    return Byte.toUnsignedInt(Segments.getByte(bytes, at));
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }
}

package dev.linkd.elf;

import dev.linkd.diag.LinkException;
import dev.linkd.mapped.GapFiller;
import dev.linkd.mapped.MappedFile;
import dev.linkd.object.LayoutCommand.Fill;
import dev.linkd.object.LayoutExpression.Number;
import dev.linkd.table.Segments;
import java.lang.foreign.MemorySegment;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Bytes that a linker script repeats in the gaps of a section. Each gap begins with the first. */
final class FillPattern implements GapFiller {

  /** No-operations, for code. */
  static final FillPattern CODE = new FillPattern(new byte[] {(byte) 0x90});

  static final FillPattern ZEROS = new FillPattern(new byte[] {0});

  private final byte[] bytes;

  private FillPattern(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Digits in hexadecimal stand for themselves; other numbers have four bytes, high ones first. */
  static FillPattern of(Fill fill, ScriptExpressions expressions) throws LinkException {
    FillPattern constant = constant(fill);
    return constant == null ? ofNumber(expressions.number(fill.value())) : constant;
  }

  byte[] bytes() {
    return bytes.clone();
  }

  /** The pattern of a number; null when it depends on the layout. */
  static @Nullable FillPattern constant(Fill fill) {
    String digits = fill.digits();
    if (!digits.isEmpty()) {
      String whole = digits.length() % 2 == 0 ? digits : "0" + digits;
      return new FillPattern(HexFormat.of().parseHex(whole));
    }
    return fill.value() instanceof Number number ? ofNumber(number.value()) : null;
  }

  private static FillPattern ofNumber(long value) {
    byte[] bytes = new byte[Integer.BYTES];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (value >>> (24 - 8 * i));
    }
    return new FillPattern(bytes);
  }

  @Override
  public void fill(MappedFile file, int container, int previousNode, long from, long to) {
    write(file, from, to);
  }

  /** Only a single byte means the same wherever a gap begins. */
  @Override
  public boolean uniform() {
    return bytes.length == 1;
  }

  void write(MappedFile file, long from, long to) {
    MemorySegment image = file.image();
    if (uniform()) {
      if (!allEqual(image, from, to)) {
        Segments.fill(image, from, to - from, bytes[0]);
        file.dirty(from, to);
      }
      return;
    }
    boolean same = true;
    for (long at = from; at < to; at++) {
      byte one = bytes[(int) ((at - from) % bytes.length)];
      same &= Segments.getByte(image, at) == one;
      Segments.setByte(image, at, one);
    }
    if (!same) {
      file.dirty(from, to);
    }
  }

  /** Whether a range contains the byte only. It can be large. */
  private boolean allEqual(MemorySegment image, long from, long to) {
    long eight = (bytes[0] & 0xffL) * 0x0101010101010101L;
    long at = from;
    while (at + Long.BYTES <= to && Segments.getLong(image, at) == eight) {
      at += Long.BYTES;
    }
    while (at < to && Segments.getByte(image, at) == bytes[0]) {
      at++;
    }
    return at == to;
  }
}

package dev.linkd.elf.x86_64;

/** Which values a relocated field can represent. */
enum FieldRange {
  /** All of them: a field of 8 bytes, or none. */
  ANY(Long.MIN_VALUE, Long.MAX_VALUE),
  SIGNED32(Integer.MIN_VALUE, Integer.MAX_VALUE),
  /** The processor extends the field with zeros. */
  UNSIGNED32(0, 0xffff_ffffL),
  SIGNED16(Short.MIN_VALUE, Short.MAX_VALUE),
  /** The kind does not say how the field is extended, so both ways are accepted. */
  EITHER16(Short.MIN_VALUE, 0xffff),
  SIGNED8(Byte.MIN_VALUE, Byte.MAX_VALUE),
  EITHER8(Byte.MIN_VALUE, 0xff);

  final long min;
  final long max;

  FieldRange(long min, long max) {
    this.min = min;
    this.max = max;
  }
}

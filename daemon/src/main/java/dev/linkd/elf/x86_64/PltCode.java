package dev.linkd.elf.x86_64;

import dev.linkd.table.Segments;
import java.lang.foreign.MemorySegment;

/**
 * Machine code of the procedure linkage table (psABI, "Procedure Linkage Table"), in the form that
 * the psABI shows, and in one for processors that track indirect branches: there every entry is a
 * landing pad, and the number of the slot travels in a register that calls do not keep, so that an
 * entry still has 16 bytes and the table one part.
 */
public final class PltCode {

  /** Bytes of an entry in both forms. */
  public static final int ENTRY = 16;

  /** Bytes before the first entry. */
  public static final int HEAD = 16;

  public static final int TRACKED_HEAD = 32;

  /** Offset of the push instruction in an entry of the plain form. */
  public static final int PUSH = 6;

  private static final int ENDBR64 = 0xfa1e0ff3;

  private PltCode() {}

  /**
   * Writes an entry.
   *
   * @param at where it is in the image
   * @param entry its address
   * @param word address of the slot's word
   * @param head address of the first entry
   */
  public static void put(MemorySegment image, long at, long entry, int slot, long word, long head) {
    Segments.setShort(image, at, (short) 0x25ff); // jmp *word(%rip)
    Segments.setInt(image, at + 2, (int) (word - (entry + PUSH)));
    Segments.setShort(image, at + PUSH, (short) 0x68); // push $slot
    Segments.setInt(image, at + 7, slot);
    Segments.setByte(image, at + 11, (byte) 0xe9); // jmp to the first entry
    Segments.setInt(image, at + 12, (int) (head - (entry + ENTRY)));
  }

  /** Writes the first entry, which calls the dynamic linker. */
  public static void putHead(MemorySegment image, long at, long head, long words) {
    pushAndJump(image, at, head, words);
    Segments.setInt(image, at + 12, 0x00401f0f); // nop
  }

  /** Writes an entry that may be called indirectly. */
  public static void putTracked(MemorySegment image, long at, long entry, int slot, long word) {
    Segments.setInt(image, at, ENDBR64);
    Segments.setShort(image, at + 4, (short) 0xbb41); // mov $slot, %r11d
    Segments.setInt(image, at + 6, slot);
    Segments.setShort(image, at + 10, (short) 0x25ff); // jmp *word(%rip)
    Segments.setInt(image, at + 12, (int) (word - (entry + ENTRY)));
  }

  public static void putTrackedHead(MemorySegment image, long at, long head, long words) {
    Segments.setInt(image, at, ENDBR64);
    Segments.setShort(image, at + 4, (short) 0x5341); // push %r11
    pushAndJump(image, at + 6, head + 6, words);
    for (int i = 18; i < TRACKED_HEAD; i++) {
      Segments.setByte(image, at + i, (byte) 0xcc); // never reached
    }
  }

  /** {@code push} of word 1, {@code jmp} through word 2. */
  private static void pushAndJump(MemorySegment image, long at, long address, long words) {
    Segments.setShort(image, at, (short) 0x35ff);
    Segments.setInt(image, at + 2, (int) (words + 8 - (address + 6)));
    Segments.setShort(image, at + 6, (short) 0x25ff);
    Segments.setInt(image, at + 8, (int) (words + 16 - (address + 12)));
  }
}

package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.SHT_FINI_ARRAY;
import static dev.linkd.object.ElfConstants.SHT_INIT_ARRAY;
import static dev.linkd.object.ElfConstants.SHT_PREINIT_ARRAY;
import static dev.linkd.object.ElfConstants.SHT_PROGBITS;

import dev.linkd.object.ElfObject;
import dev.linkd.output.AtomUpdate;
import dev.linkd.table.Segments;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * {@code .ctors} and {@code .dtors}, as compilers wrote them before there was {@code .init_array}.
 * No start file runs them any more, so they join the arrays, as with GNU ld: those in {@code
 * .ctors.N} with the priority 65535 - N, and since they were run from the end, in reverse order.
 */
final class OldConstructors {

  private static final int PRIORITY_MAX = 65535;
  private static final int WORD = Long.BYTES;

  private final LinkState state;

  OldConstructors(LinkState state) {
    this.state = state;
  }

  /** Whether a section is one. Those of start files mark the ends of the old tables. */
  static boolean are(ElfObject object, int s) {
    return object.oldConstructors()
        && (object.sectionNameStartsWith(s, ".ctors") || object.sectionNameStartsWith(s, ".dtors"))
        && object.sectionType(s) == SHT_PROGBITS
        && object.contentSize(s) % WORD == 0
        && suffix(object.sectionName(s)) != null
        && !startFile(object.name());
  }

  /**
   * Whether a section is an array of functions, in which padding would be called: it needs no more
   * alignment than its entries, whatever the compiler thought of a large array.
   */
  static boolean array(int sectionType) {
    return sectionType == SHT_INIT_ARRAY
        || sectionType == SHT_FINI_ARRAY
        || sectionType == SHT_PREINIT_ARRAY;
  }

  /** What follows the name: nothing or ".N"; null when it is another name. */
  private static @Nullable String suffix(String section) {
    String rest = section.substring(".ctors".length());
    if (rest.isEmpty()) {
      return rest;
    }
    boolean number = rest.length() > 1 && rest.length() <= 6 && rest.charAt(0) == '.';
    for (int i = 1; i < rest.length(); i++) {
      number &= Character.isDigit(rest.charAt(i));
    }
    return number && Integer.parseInt(rest.substring(1)) <= PRIORITY_MAX ? rest : null;
  }

  private static boolean startFile(String input) {
    String file = input.substring(input.lastIndexOf('/') + 1);
    return file.matches(".*crt(begin|end).?\\.o\\)?");
  }

  /**
   * Makes the update one of the array.
   *
   * @return whether its bytes are not those of the object any more
   */
  boolean convert(AtomUpdate update) {
    String name = state.names.string(update.section);
    boolean start = name.startsWith(".ctors");
    String suffix = Objects.requireNonNullElse(suffix(name), "");
    String array = start ? ".init_array" : ".fini_array";
    String priority =
        suffix.isEmpty() ? "" : "." + (PRIORITY_MAX - Integer.parseInt(suffix.substring(1)));
    update.section = state.names.intern(array + priority);
    update.sectionType = start ? SHT_INIT_ARRAY : SHT_FINI_ARRAY;
    if (update.size <= WORD) {
      return false;
    }
    update.bytes = reversed(update.bytes);
    for (int i = 0; i < update.relocations; i++) {
      update.relocationOffsets[i] = mirrored(update.relocationOffsets[i], update.size);
    }
    update.sortRelocations();
    for (int i = 0; i < update.definitions; i++) {
      update.definitionOffsets[i] = mirrored(update.definitionOffsets[i], update.size);
    }
    return true;
  }

  private static MemorySegment reversed(MemorySegment words) {
    MemorySegment result = MemorySegment.ofArray(new long[(int) (words.byteSize() / WORD)]);
    for (long at = 0; at < words.byteSize(); at += WORD) {
      Segments.setLong(result, words.byteSize() - WORD - at, Segments.getLong(words, at));
    }
    return result;
  }

  /** The same byte of the word that is as far from the other end. */
  private static long mirrored(long offset, long size) {
    long word = offset & -WORD;
    return word < size ? size - WORD - word + (offset - word) : offset;
  }
}

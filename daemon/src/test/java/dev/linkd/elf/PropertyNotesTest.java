package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.table.Layouts;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PropertyNotesTest {

  private static final int FEATURES = GNU_PROPERTY_X86_FEATURE_1_AND;
  private static final int ISA_NEEDED = 0xc000_8002;
  private static final int ISA_USED = 0xc001_0002;
  private static final int IBT = GNU_PROPERTY_X86_FEATURE_1_IBT;
  private static final int SHSTK = GNU_PROPERTY_X86_FEATURE_1_SHSTK;

  private final PropertyNotes notes = new PropertyNotes();

  @Test
  void withoutInputsThereIsNoSection() {
    assertThat(notes.size()).isZero();
    add(new byte[0]);
    assertThat(notes.inputs()).isEqualTo(1);
    assertThat(notes.size()).isZero();
  }

  @Test
  void aFeatureNeedsAllInputs() {
    byte[] both = section(FEATURES, IBT | SHSTK);
    byte[] one = section(FEATURES, SHSTK);
    byte[] none = {};
    add(both);
    assertThat(notes.merged(FEATURES)).isEqualTo(IBT | SHSTK);
    add(one);
    assertThat(notes.merged(FEATURES)).isEqualTo(SHSTK);
    add(none);
    assertThat(notes.merged(FEATURES)).isZero();
    assertThat(notes.size()).isZero();
    remove(none);
    assertThat(notes.merged(FEATURES)).isEqualTo(SHSTK);
    remove(one);
    assertThat(notes.merged(FEATURES)).isEqualTo(IBT | SHSTK);
  }

  @Test
  void aNeedOfOneInputIsANeedOfTheOutput() {
    add(section(ISA_NEEDED, 1));
    add(new byte[0]);
    add(section(ISA_NEEDED, 4));
    assertThat(notes.merged(ISA_NEEDED)).isEqualTo(5);
    remove(section(ISA_NEEDED, 1));
    assertThat(notes.merged(ISA_NEEDED)).isEqualTo(4);
  }

  @Test
  void whatIsUsedIsKnownOnlyIfAllInputsTell() {
    add(section(ISA_USED, 1));
    add(section(ISA_USED, 2));
    assertThat(notes.merged(ISA_USED)).isEqualTo(3);
    add(section(FEATURES, IBT));
    assertThat(notes.merged(ISA_USED)).isZero();
  }

  @Test
  void theSectionIsSortedByType() {
    add(section(ISA_USED, 1, ISA_NEEDED, 2, FEATURES, 3));
    byte[] written = write();
    assertThat(written).isEqualTo(section(FEATURES, 3, ISA_NEEDED, 2, ISA_USED, 1));
  }

  @Test
  void notesOfOthersAndUnknownPropertiesAreSkipped() {
    byte[] mine = section(FEATURES, IBT);
    byte[] other = section(FEATURES, SHSTK);
    other[12] = 'X';
    byte[] stackSize = section(1, 0x1000);
    byte[] together = Arrays.copyOf(other, 3 * other.length);
    System.arraycopy(mine, 0, together, other.length, mine.length);
    System.arraycopy(stackSize, 0, together, 2 * other.length, stackSize.length);
    add(together);
    assertThat(write()).isEqualTo(mine);
  }

  @Test
  void aPropertyThatOccursTwiceInAnInputCountsOnce() {
    byte[] twice = section(FEATURES, IBT, FEATURES, IBT | SHSTK);
    add(twice);
    add(new byte[0]);
    assertThat(notes.merged(FEATURES)).isZero();
    remove(new byte[0]);
    assertThat(notes.merged(FEATURES)).isEqualTo(IBT | SHSTK);
  }

  @Test
  void truncatedSectionsAreNotCounted() {
    byte[] whole = section(FEATURES, IBT, ISA_NEEDED, 7);
    for (int size = 1; size < whole.length; size++) {
      MemorySegment part = MemorySegment.ofArray(Arrays.copyOf(whole, size));
      assertThat(notes.add(part, 0, size)).as("%d bytes", size).isFalse();
    }
    assertThat(notes.inputs()).isZero();
    assertThat(notes.merged(ISA_NEEDED)).isZero();
  }

  @Test
  void sizesThatOverflowAreNotCounted() {
    for (int field : new int[] {0, 4, 20}) {
      byte[] bad = section(FEATURES, IBT);
      MemorySegment.ofArray(bad).set(Layouts.INT, field, -1);
      assertThat(notes.add(MemorySegment.ofArray(bad), 0, bad.length)).isFalse();
    }
    byte[] wide = section(FEATURES, IBT);
    MemorySegment.ofArray(wide).set(Layouts.INT, 20, 8);
    assertThat(notes.add(MemorySegment.ofArray(wide), 0, wide.length)).as("8 bytes").isFalse();
  }

  @ParameterizedTest
  @ValueSource(longs = {121, 122, 123, 124, 125, 126})
  void mergesLikeGnuLd(long seed, @TempDir Path directory) throws Exception {
    Random random = new Random(seed);
    List<String> command = new ArrayList<>(List.of("ld", "-shared", "-o", "merged.so"));
    int inputs = 1 + random.nextInt(4);
    List<byte[]> removed = new ArrayList<>();
    for (int i = 0; i < inputs; i++) {
      byte[] section = randomSection(random);
      removed.add(randomSection(random));
      add(removed.getLast());
      add(section);
      Files.writeString(directory.resolve(i + ".s"), assembly(section));
      run(directory, List.of("as", "-mx86-used-note=no", "-o", i + ".o", i + ".s"));
      command.add(i + ".o");
    }
    removed.forEach(this::remove);
    run(directory, command);
    Path out = directory.resolve("property.bin");
    Files.write(out, new byte[0]);
    run(
        directory,
        List.of(
            "objcopy", "-O", "binary", "-j", ".note.gnu.property", "merged.so", out.toString()));
    assertThat(write()).as("seed %d", seed).isEqualTo(Files.readAllBytes(out));
  }

  private static byte[] randomSection(Random random) {
    List<Integer> pairs = new ArrayList<>();
    for (int type : new int[] {FEATURES, ISA_NEEDED, ISA_USED}) {
      if (random.nextInt(5) != 0) {
        pairs.addAll(List.of(type, 1 + random.nextInt(7)));
      }
    }
    return pairs.isEmpty()
        ? new byte[0]
        : section(pairs.stream().mapToInt(Integer::intValue).toArray());
  }

  private static String assembly(byte[] section) {
    StringBuilder text = new StringBuilder(".section .note.gnu.property,\"a\"\n.p2align 3\n");
    for (byte b : section) {
      text.append(".byte ").append(b).append('\n');
    }
    return section.length == 0 ? ".text\n" : text.toString();
  }

  private static void run(Path directory, List<String> command) throws Exception {
    Process process =
        new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(text).isZero();
  }

  /** A section with one note; arguments are pairs of type and value. */
  private static byte[] section(int... properties) {
    byte[] bytes = new byte[NoteDescriptor.DESCRIPTOR + 8 * properties.length];
    MemorySegment segment = MemorySegment.ofArray(bytes);
    NoteDescriptor.put(segment, 0, NT_GNU_PROPERTY_TYPE_0, 8 * properties.length);
    for (int i = 0; i < properties.length; i += 2) {
      long at = NoteDescriptor.DESCRIPTOR + 8L * i;
      segment.set(Layouts.INT, at, properties[i]);
      segment.set(Layouts.INT, at + 4, 4);
      segment.set(Layouts.INT, at + 8, properties[i + 1]);
    }
    return bytes;
  }

  private void add(byte[] section) {
    assertThat(notes.add(MemorySegment.ofArray(section), 0, section.length)).isTrue();
  }

  private void remove(byte[] section) {
    assertThat(notes.remove(MemorySegment.ofArray(section), 0, section.length)).isTrue();
  }

  private byte[] write() {
    byte[] bytes = new byte[notes.size()];
    notes.write(MemorySegment.ofArray(bytes), 0);
    return bytes;
  }
}

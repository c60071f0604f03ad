package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.SHF_ALLOC;
import static dev.linkd.object.ElfConstants.SHT_STRTAB;
import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.output.OutputKind;
import dev.linkd.output.OutputSpec;
import dev.linkd.table.Layouts;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ByteBuilderTest {
  private final ByteBuilder bytes = new ByteBuilder();
  private LinkState state;
  private Layout layout;
  private OutputSection section;

  @BeforeEach
  void open() {
    state = new LinkState(OutputSpec.of(Path.of("/p"), OutputKind.STATIC_EXECUTABLE));
    layout = new Layout(state);
    section = layout.table(".t", SHT_STRTAB, SHF_ALLOC, SegmentKind.TABLES, 0);
  }

  @AfterEach
  void close() {
    state.close();
  }

  private String written() {
    long position = state.file.position(section.node);
    byte[] copy = state.file.image().asSlice(position, section.tableSize).toArray(Layouts.BYTE);
    return new String(copy, StandardCharsets.ISO_8859_1);
  }

  @Test
  void numbersAreLittleEndian() {
    bytes.putByte(1).putShort(0x0203).putInt(0x04050607).putLong(0x08090a0b0c0d0e0fL);
    bytes.writeTo(state, layout, section);
    assertThat(written()).isEqualTo("\1\3\2\7\6\5\4\17\16\15\14\13\12\11\10");
    assertThat(bytes.size()).isEqualTo(15);
  }

  @Test
  void negativeNumbersKeepAllTheirBits() {
    bytes.putLong(-2).putInt(-3).putShort(-4);
    bytes.writeTo(state, layout, section);
    assertThat(written()).isEqualTo("\376" + "\377".repeat(7) + "\375\377\377\377" + "\374\377");
  }

  @Test
  void aStringIsHeldOnceAndEndsWithNul() {
    assertThat(bytes.putString("")).isZero();
    assertThat(bytes.putString("libc.so.6")).isEqualTo(1);
    assertThat(bytes.putString("ä")).isEqualTo(11);
    assertThat(bytes.putString("libc.so.6")).isEqualTo(1);
    assertThat(bytes.size()).isEqualTo(14);
    bytes.clear();
    assertThat(bytes.putString("libc.so.6")).as("nothing is left").isZero();
  }

  @Test
  void itGrowsAsFarAsNeeded() {
    MemorySegment all = MemorySegment.ofArray(new byte[5000]).fill((byte) 'x');
    bytes.putAll(all).putByte('y');
    bytes.writeTo(state, layout, section);
    assertThat(written()).isEqualTo("x".repeat(5000) + "y");
    assertThat(section.tableSize).isEqualTo(5001);
  }

  @Test
  void onlyWhatDiffersIsWritten() {
    bytes.putAll(MemorySegment.ofArray("the same text".getBytes(StandardCharsets.UTF_8)));
    bytes.writeTo(state, layout, section);
    state.file.dirty().clear();
    long before = state.work.bytesWritten;
    bytes.writeTo(state, layout, section);
    assertThat(state.file.dirty().isEmpty()).isTrue();
    assertThat(state.work.bytesWritten).isEqualTo(before);
    bytes.clear();
    bytes.putAll(MemorySegment.ofArray("the same tale".getBytes(StandardCharsets.UTF_8)));
    bytes.writeTo(state, layout, section);
    long position = state.file.position(section.node);
    assertThat(state.file.dirty().from(0)).isEqualTo(position + 10);
    assertThat(state.file.dirty().to(0)).isEqualTo(position + 13);
    assertThat(written()).isEqualTo("the same tale");
  }

  @Test
  void aShorterTableIsShorter() {
    bytes.putLong(1).putLong(2);
    bytes.writeTo(state, layout, section);
    bytes.clear();
    bytes.putLong(1);
    bytes.writeTo(state, layout, section);
    assertThat(section.tableSize).isEqualTo(8);
  }
}

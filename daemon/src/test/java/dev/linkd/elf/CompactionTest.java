package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.R_X86_64_PC32;
import static dev.linkd.object.ElfConstants.SHF_ALLOC;
import static dev.linkd.object.ElfConstants.SHF_EXECINSTR;
import static dev.linkd.object.ElfConstants.SHF_WRITE;
import static dev.linkd.object.ElfConstants.SHT_NOBITS;
import static dev.linkd.object.ElfConstants.SHT_PROGBITS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.linkd.diag.LinkException;
import dev.linkd.output.AtomUpdate;
import dev.linkd.output.OutputKind;
import dev.linkd.output.OutputSpec;
import dev.linkd.store.InputStore;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An array that is to be moved and finds no place. */
class CompactionTest {
  private static final long GIANT = 0x7ff00000;
  private static final long ALIGNMENT = 1 << 20;

  private Link link;
  private Stream stream;
  private int second;
  private int bss;

  /** A function, and variables that it refers to behind two arrays of gigabytes. */
  @BeforeEach
  void open() throws Exception {
    OutputSpec spec = OutputSpec.of(Path.of("/p"), OutputKind.STATIC_EXECUTABLE);
    link = new Link(spec, new InputStore(1 << 20));
    stream = link.addStream("unit");
    zeros("first", GIANT, ALIGNMENT);
    bss = section(link.state.atomIndex.find(stream, name("first"))).node;
    // So much that there is no room for what the alignment needs behind the variables.
    link.state.file.setLimit(bss, 2 * GIANT + 2);
    zeros("second", GIANT, ALIGNMENT);
    second = link.state.atomIndex.find(stream, name("second"));
    zeros("near", 1, 1);
    zeros("far", 1, 1);
    function();
  }

  @AfterEach
  void close() {
    link.close();
  }

  private int name(String name) {
    return link.state.names.intern(name);
  }

  private OutputSection section(int atom) {
    return link.parts.layout.section(link.state.atoms.section(atom));
  }

  private void zeros(String name, long size, long alignment) throws LinkException {
    AtomUpdate update = new AtomUpdate();
    update.section = name(".bss." + name);
    update.sectionType = SHT_NOBITS;
    update.sectionFlags = SHF_ALLOC | SHF_WRITE;
    update.alignment = alignment;
    update.size = size;
    put(update, name, 0x11);
  }

  private void function() throws LinkException {
    AtomUpdate update = new AtomUpdate();
    update.section = name(".text._start");
    update.sectionType = SHT_PROGBITS;
    update.sectionFlags = SHF_ALLOC | SHF_EXECINSTR;
    update.alignment = 1;
    update.size = 16;
    update.bytes = MemorySegment.ofArray(new byte[16]);
    byte space = AtomUpdate.TARGET_GLOBAL;
    update.addRelocation(0, R_X86_64_PC32, space, name("near"), 0);
    update.addRelocation(8, R_X86_64_PC32, space, name("far"), 0);
    put(update, "_start", 0x12);
  }

  private void put(AtomUpdate update, String name, int info) throws LinkException {
    update.key = name(name);
    update.definitions = 1;
    update.definitionNames[0] = name(name);
    update.definitionSizes[0] = update.size;
    update.definitionInfo[0] = info;
    link.streams.put(stream, update);
  }

  private void failToMove() {
    assertThatThrownBy(link::settle).isInstanceOf(TableTooLargeException.class);
    assertThat(link.state.placed(second)).isFalse();
    assertThatThrownBy(link::settle).isInstanceOf(TableTooLargeException.class);
    assertThat(link.state.room.homeless).containsExactly(second);
  }

  private void requireSettled() {
    link.state.problems.clear();
    link.settle();
    assertThat(link.state.problems.list()).isEmpty();
    assertThat(link.state.room.homeless).isEmpty();
  }

  @Test
  void isPlacedByTheNextSettleThatHasRoom() {
    failToMove();
    link.state.file.setLimit(bss, 1L << 40);
    requireSettled();
    assertThat(section(second).node).isEqualTo(bss);
    assertThat(link.state.atoms.size(second)).isEqualTo(GIANT);
  }

  @Test
  void isPlacedByTheEditThatMakesItSmall() throws Exception {
    failToMove();
    zeros("second", 16, 1);
    requireSettled();
    assertThat(section(second).node).isEqualTo(bss);
  }

  @Test
  void isForgottenWhenItGoes() throws Exception {
    failToMove();
    assertThat(link.streams.remove(stream.number, name("second"))).isTrue();
    requireSettled();
  }
}

package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.linkd.diag.Code;
import dev.linkd.diag.Diagnostic;
import dev.linkd.diag.LinkException;
import dev.linkd.diag.Place;
import dev.linkd.output.AtomUpdate;
import dev.linkd.output.Output;
import dev.linkd.output.OutputKind;
import dev.linkd.output.OutputSpec;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What streamed atoms may say of their sections and symbols, and what is said of them. */
class StreamedSectionsTest {

  private static final int SIZE = 24;

  /** Types that a section header can have, SHT_NOBITS among them. */
  private static final int TYPES = SHT_GROUP + 2;

  private static final long[] FLAGS = {
    0,
    SHF_ALLOC,
    SHF_ALLOC | SHF_WRITE,
    SHF_ALLOC | SHF_EXECINSTR,
    SHF_ALLOC | SHF_WRITE | SHF_EXECINSTR,
    SHF_ALLOC | SHF_WRITE | SHF_TLS,
    SHF_ALLOC | SHF_MERGE | SHF_STRINGS,
    SHF_ALLOC | SHF_WRITE | SHF_X86_64_LARGE,
    -1
  };

  private static final String[] NAMES = {
    ".text", ".data", ".bss", ".rodata", ".tdata", ".tbss", ".eh_frame", ".eh_frame_hdr",
    ".symtab", ".strtab", ".shstrtab", ".dynamic", ".got", ".plt", ".init_array", ".ctors",
    ".debug_info", ".debug_str", ".comment", ".note.gnu.property", ".gcc_except_table", "linked"
  };

  @TempDir Path directory;

  private final AtomUpdate update = new AtomUpdate();
  private Output output;
  private int stream;

  @BeforeEach
  void open() throws Exception {
    Path program = directory.resolve("program");
    output = new ElfOutputs().open(OutputSpec.of(program, OutputKind.STATIC_EXECUTABLE));
    stream = output.stream("test");
    begin(".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR);
    update.key = output.name("_start");
    update.addDefinition(update.key, 0, SIZE, STB_GLOBAL << 4 | STT_FUNC);
    output.putAtom(stream, update);
  }

  @AfterEach
  void close() {
    output.close();
  }

  private void begin(String section, int type, long flags) {
    boolean content = type != SHT_NOBITS;
    update.clear();
    update.key = output.name("atom");
    update.section = output.name(section);
    update.sectionType = type;
    update.sectionFlags = flags;
    update.alignment = 8;
    update.size = SIZE;
    update.bytes = MemorySegment.ofArray(new byte[content ? SIZE : 0]);
  }

  private void put(String section, int type, long flags) throws LinkException {
    begin(section, type, flags);
    output.putAtom(stream, update);
  }

  private Code refused(String section, int type, long flags) {
    return catchThrowableOfType(LinkException.class, () -> put(section, type, flags))
        .diagnostic()
        .code();
  }

  private void flush() {
    assertThat(output.flush().diagnostics()).isEmpty();
    assertThat(output.verify()).isEmpty();
  }

  @Test
  void anAtomLosesItsBytesAndGetsThemBack() throws Exception {
    for (long flags : new long[] {0, SHF_ALLOC, SHF_ALLOC | SHF_WRITE}) {
      put("named", SHT_PROGBITS, flags);
      flush();
      put("named", SHT_NOBITS, flags);
      flush();
      put("named", SHT_PROGBITS, flags);
      flush();
    }
  }

  @Test
  void anyAtomCanBecomeOneOfAnyOtherSection() throws Exception {
    for (String name : NAMES) {
      for (int type = 1; type <= TYPES; type++) {
        for (long flags : FLAGS) {
          boolean unwind = name.equals(".eh_frame") && (flags & SHF_ALLOC) != 0;
          if (unwind || StreamRules.isTable(type)) {
            assertThat(refused(name, type, flags)).isEqualTo(Code.INVALID_REQUEST);
          } else {
            put(name, type, flags);
            output.flush();
          }
        }
      }
      assertThat(output.verify()).as(name).isEmpty();
    }
    assertThat(output.removeAtom(stream, output.name("atom"))).isTrue();
    flush();
  }

  /** A second symbol table, say, would hide the real one from readers. */
  @ParameterizedTest
  @ValueSource(ints = {0, 2, 3, 4, 5, 6, 9, 10, 11, 17, 18, 19, 0x6ffffff6, 0x6fffffff})
  void sectionsOfTablesThatLinkdMakesAreRefused(int type) throws Exception {
    assertThat(refused(".mine", type, SHF_ALLOC)).isEqualTo(Code.INVALID_REQUEST);
    flush();
    assertThat(Program.command(directory, "readelf", "-SW", "program")).doesNotContain(".mine");
  }

  /** Local, global, weak and unique; neither sections nor files nor what no reader knows. */
  @ParameterizedTest
  @ValueSource(ints = {0x13, 0x14, 0x15, 0x17, 0x1b, 0x32, 0x92, 0xb1, 0xff})
  void symbolsThatNoReaderKnowsAreRefused(int info) throws Exception {
    begin(".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR);
    update.addDefinition(output.name("odd"), 0, SIZE, info);
    LinkException atom =
        catchThrowableOfType(LinkException.class, () -> output.putAtom(stream, update));
    assertThat(atom.diagnostic().code()).isEqualTo(Code.INVALID_REQUEST);
    assertThat(atom.diagnostic().place()).isEqualTo(Place.section("test", "atom", -1));
    LinkException defined =
        catchThrowableOfType(
            LinkException.class,
            () -> output.defineSymbol(stream, output.name("odd"), -1, 1, 0, info));
    assertThat(defined.diagnostic().place().symbol()).isEqualTo("odd");
    flush();
    assertThat(Program.command(directory, "readelf", "-sW", "program")).doesNotContain(" odd");
  }

  @ParameterizedTest
  @ValueSource(ints = {0x00, 0x01, 0x02, 0x10, 0x11, 0x12, 0x20, 0x21, 0x22, 0xa1})
  void symbolsThatReadersKnowAreDefined(int info) throws Exception {
    begin(".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR);
    update.addDefinition(output.name("known"), 0, SIZE, info);
    output.putAtom(stream, update);
    flush();
    assertThat(Program.command(directory, "readelf", "-sW", "program")).contains(" known");
  }

  /** The tables that linkd makes keep their place, and the section with such a name its bytes. */
  @ParameterizedTest
  @ValueSource(strings = {".symtab", ".strtab", ".shstrtab"})
  void aSectionWithTheNameOfATableIsAnother(String name) throws Exception {
    put(name, SHT_PROGBITS, 0);
    flush();
    for (int i = 0; i < 200; i++) {
      begin(".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR);
      update.key = output.name("function" + i);
      update.addDefinition(update.key, 0, SIZE, STB_GLOBAL << 4 | STT_FUNC);
      output.putAtom(stream, update);
    }
    flush();
    String sections = Program.command(directory, "readelf", "-SW", "program");
    assertThat(sections.lines().filter(l -> l.contains(" " + name + " "))).hasSize(2);
    String symbols = Program.command(directory, "readelf", "-sW", "program");
    assertThat(symbols.lines().filter(l -> l.contains(" function"))).hasSize(200);
    put(name, SHT_PROGBITS, 0);
    for (int i = 0; i < 200; i++) {
      output.removeAtom(stream, output.name("function" + i));
    }
    flush();
  }

  /** Kinds that linkd gives meanings of its own, and one that has a kind of the psABI inside. */
  @ParameterizedTest
  @ValueSource(ints = {0x1f00, 0x1f01, 0x10002, 0x100, -1})
  void aKindOutsideOfThePsabiIsRefused(int kind) throws Exception {
    begin(".text.other", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR);
    byte space = AtomUpdate.TARGET_GLOBAL;
    update.addRelocation(SIZE - 1, kind, space, output.name("_start"), 0);
    LinkException refused =
        catchThrowableOfType(LinkException.class, () -> output.putAtom(stream, update));
    assertThat(refused.diagnostic().code()).isEqualTo(Code.UNKNOWN_RELOCATION);
    assertThat(refused.diagnostic().place()).isEqualTo(Place.section("test", "atom", SIZE - 1));
    flush();
  }

  @Test
  void bothAtomsOfADuplicateAreNamed() throws Exception {
    int other = output.stream("other");
    begin(".text.second", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR);
    update.key = output.name("second");
    update.addDefinition(output.name("_start"), 8, 0, STB_GLOBAL << 4 | STT_FUNC);
    output.putAtom(other, update);
    Diagnostic duplicate = output.flush().diagnostics().getFirst();
    assertThat(duplicate.code()).isEqualTo(Code.DUPLICATE_SYMBOL);
    assertThat(duplicate.place()).isEqualTo(new Place("other", ".text.second", "_start", 8));
    assertThat(duplicate.notes())
        .containsExactly("defined at test:(_start+0x0)", "defined at other:(second+0x8)");
  }
}

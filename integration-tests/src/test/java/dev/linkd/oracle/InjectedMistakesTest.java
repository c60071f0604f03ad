package dev.linkd.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.linkd.oracle.image.Elf;
import dev.linkd.oracle.image.ElfImage;
import dev.linkd.oracle.image.ElfSymbol;
import dev.linkd.oracle.image.MalformedImage;
import dev.linkd.oracle.image.Section;
import dev.linkd.oracle.model.Atom;
import dev.linkd.oracle.model.Definition;
import dev.linkd.oracle.model.Model;
import dev.linkd.oracle.model.Relocation;
import dev.linkd.oracle.model.Space;
import dev.linkd.oracle.model.StreamModel;
import dev.linkd.oracle.naive.NaiveElf;
import dev.linkd.oracle.naive.NaiveLink;
import dev.linkd.oracle.program.RandomEdits;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each kind of mistake that an incremental linker can make is caught by the comparison. */
final class InjectedMistakesTest {
  private static final String STREAM = "unit_a";
  private static final String FUNCTION = "mistaken";
  private static final int FUNCTION_INFO = Elf.STB_GLOBAL << 4 | Elf.STT_FUNC;

  private final Random random = new Random(Seeds.next());
  private Model model = new Model();
  private byte[] file = new byte[0];

  /** A random program, with one function more that uses every kind of field. */
  @BeforeEach
  void link() {
    model = new RandomEdits(random.nextLong(), 40).program().model();
    model.stream(STREAM).put(function(fields()));
    file = NaiveElf.write(new NaiveLink(model));
    assertThat(compare()).isEmpty();
  }

  private static List<Relocation> fields() {
    List<Relocation> fields = new ArrayList<>();
    int[] kinds = {
      Elf.R_X86_64_64,
      Elf.R_X86_64_PC32,
      Elf.R_X86_64_PLT32,
      Elf.R_X86_64_PC64,
      Elf.R_X86_64_32,
      Elf.R_X86_64_32S,
      Elf.R_X86_64_GOTPCREL,
      Elf.R_X86_64_GOTPCRELX,
      Elf.R_X86_64_REX_GOTPCRELX,
      Elf.R_X86_64_16,
      Elf.R_X86_64_8
    };
    for (int i = 0; i < kinds.length; i++) {
      boolean small = kinds[i] == Elf.R_X86_64_16 || kinds[i] == Elf.R_X86_64_8;
      String target = small ? "number_5" : RandomEdits.ENTRY;
      fields.add(new Relocation(8 + 16L * i, kinds[i], Space.GLOBAL, target, 0));
    }
    return fields;
  }

  private static Atom function(List<Relocation> fields) {
    byte[] bytes = new byte[192];
    return new Atom(
        FUNCTION,
        ".text.unit." + FUNCTION,
        Elf.SHT_PROGBITS,
        Elf.SHF_ALLOC | Elf.SHF_EXECINSTR,
        16,
        bytes.length,
        bytes,
        List.of(new Definition(FUNCTION, 0, bytes.length, FUNCTION_INFO)),
        fields);
  }

  private List<String> compare() {
    return Oracle.compare(model, ElfImage.of(file));
  }

  private ByteBuffer buffer() {
    return ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
  }

  private ElfSymbol symbol(String name) {
    return ElfImage.of(file).symbols().stream()
        .filter(s -> s.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private int symbolRow(String name) {
    ElfImage image = ElfImage.of(file);
    return (int) image.section(".symtab").orElseThrow().offset() + 24 * symbol(name).index();
  }

  private int place(String name) {
    return (int) ElfImage.of(file).fileOffset(symbol(name).value());
  }

  private void caught(String... words) {
    List<String> problems = compare();
    assertThat(problems).isNotEmpty();
    for (String word : words) {
      assertThat(problems).anyMatch(p -> p.contains(word));
    }
  }

  /** The target moved but one field still says where it was: for each kind of field. */
  @Test
  void anIncomingRelocationThatWasSkipped() {
    byte[] right = file.clone();
    for (Relocation field : fields()) {
      file = right.clone();
      int at = place(FUNCTION) + (int) field.offset();
      buffer().put(at, (byte) (buffer().get(at) + 1));
      caught(FUNCTION);
    }
  }

  @Test
  void aGotSlotThatWasNotUpdated() {
    ElfImage image = ElfImage.of(file);
    Section table = image.section(".got").orElseThrow();
    for (long at = table.offset(); at < table.offset() + table.size(); at += 8) {
      if (image.u64(at) == image.entry()) {
        buffer().putLong((int) at, image.entry() + 16);
      }
    }
    caught(FUNCTION, "refers to");
  }

  @Test
  void aWrongAddend() {
    List<Relocation> wrong = new ArrayList<>(fields());
    Relocation first = wrong.getFirst();
    wrong.set(0, new Relocation(first.offset(), first.kind(), first.space(), first.target(), 4));
    model.stream(STREAM).put(function(wrong));
    caught(FUNCTION, "addend=4");
  }

  @Test
  void aReferenceToAnotherSymbol() {
    List<Relocation> wrong = new ArrayList<>(fields());
    wrong.set(1, new Relocation(24, Elf.R_X86_64_PC32, Space.GLOBAL, "roots", 0));
    model.stream(STREAM).put(function(wrong));
    caught(FUNCTION, "target=roots");
  }

  @Test
  void aSymbolThatStillHasItsOldValue() {
    int row = symbolRow(FUNCTION);
    buffer().putLong(row + 8, symbol(FUNCTION).value() + 16);
    caught(FUNCTION);
  }

  @Test
  void aSymbolThatStillHasItsOldSize() {
    buffer().putLong(symbolRow(FUNCTION) + 16, 191);
    caught("symbol '" + FUNCTION + "' is missing");
  }

  @Test
  void aSymbolOfTheWrongBindingOrType() {
    buffer().put(symbolRow(FUNCTION) + 4, (byte) (Elf.STB_WEAK << 4 | Elf.STT_FUNC));
    caught("symbol '" + FUNCTION + "' is missing");
    buffer().put(symbolRow(FUNCTION) + 4, (byte) (Elf.STB_GLOBAL << 4 | Elf.STT_OBJECT));
    caught("symbol '" + FUNCTION + "' is missing");
  }

  @Test
  void bytesThatWereNotUpdated() {
    int at = place(FUNCTION) + random.nextInt(8);
    buffer().put(at, (byte) (buffer().get(at) ^ 0x10));
    caught(FUNCTION + " at ", "differs");
  }

  @Test
  void aSymbolThatIsMissing() {
    model.stream(STREAM).put(renamed(model.stream(STREAM), "absent"));
    caught("symbol 'absent' is missing");
  }

  private static Atom renamed(StreamModel stream, String name) {
    Atom atom = Objects.requireNonNull(stream.atoms().get(FUNCTION));
    List<Definition> definitions = new ArrayList<>(atom.definitions());
    definitions.add(new Definition(name, 4, 4, FUNCTION_INFO));
    return new Atom(
        atom.key(),
        atom.section(),
        atom.sectionType(),
        atom.sectionFlags(),
        atom.alignment(),
        atom.size(),
        atom.bytes(),
        definitions,
        atom.relocations());
  }

  @Test
  void aSymbolThatShouldBeGone() {
    model.stream(STREAM).atoms().remove(FUNCTION);
    caught("'" + FUNCTION + "'", "does not exist in the model");
  }

  /** One atom was placed over another: both symbols lead into the same bytes. */
  @Test
  void atomsThatOverlap() {
    String other = RandomEdits.ENTRY;
    buffer().putLong(symbolRow(FUNCTION) + 8, symbol(other).value() + 16);
    caught("overlap");
  }

  @Test
  void anAtomThatIsNotAligned() {
    buffer().putLong(symbolRow(FUNCTION) + 8, symbol(FUNCTION).value() + 1);
    caught("is not aligned");
  }

  @Test
  void aFileOfAnEarlierGeneration() {
    RandomEdits edits = new RandomEdits(random.nextLong(), 40);
    file = NaiveElf.write(new NaiveLink(edits.program().model()));
    for (int i = 0; i < 20; i++) {
      edits.next();
    }
    model = edits.program().model();
    caught();
  }

  @Test
  void anEntryThatStayedBehind() {
    buffer().putLong(24, ElfImage.of(file).entry() + 4);
    caught("e_entry");
  }

  @Test
  void aTruncatedFile() {
    file = Arrays.copyOf(file, file.length - 100);
    assertThatThrownBy(this::compare).isInstanceOf(MalformedImage.class);
  }
}

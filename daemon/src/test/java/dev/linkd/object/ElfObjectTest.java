package dev.linkd.object;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.diag.LinkException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every accessor against what readelf prints, on objects from real compilers. */
class ElfObjectTest {
  @TempDir Path directory;

  static Stream<List<String>> options() {
    return Stream.of(
        List.of("-O0"),
        List.of("-O2", "-ffunction-sections", "-fdata-sections"),
        List.of("-O2", "-g", "-fPIC"),
        List.of("-O1", "-mcmodel=large"),
        List.of("-O2", "-g", "-gz=zlib", "-fcf-protection=full"));
  }

  private ElfObject compiled(boolean cxx, List<String> options) throws LinkException {
    String[] arguments = options.toArray(String[]::new);
    Path file = cxx ? Samples.cxx(directory, arguments) : Samples.c(directory, arguments);
    return ElfObject.parse(file.toString(), Tools.read(file));
  }

  private static final Pattern SECTION =
      Pattern.compile(
          "\\s*\\[ *(\\d+)] (\\S*) +([A-Z_0-9]+) +\\p{XDigit}+ (\\p{XDigit}+) (\\p{XDigit}+) "
              + "(\\p{XDigit}+) +([A-Za-z]*) +(\\d+) +(\\d+) +(\\d+)");

  @ParameterizedTest
  @MethodSource("options")
  void sectionsAreThoseOfReadelf(List<String> options) throws LinkException {
    for (boolean cxx : new boolean[] {false, true}) {
      ElfObject object = compiled(cxx, options);
      int seen = 0;
      for (String line : Tools.run(directory, "readelf", "-SW", object.name()).split("\n")) {
        Matcher m = SECTION.matcher(line);
        if (m.lookingAt()) {
          int s = Integer.parseInt(m.group(1));
          assertThat(object.sectionName(s)).isEqualTo(m.group(2));
          assertThat(typeName(object.sectionType(s))).isEqualTo(m.group(3));
          assertThat(object.sectionOffset(s)).isEqualTo(Long.parseLong(m.group(4), 16));
          assertThat(object.sectionSize(s)).isEqualTo(Long.parseLong(m.group(5), 16));
          assertThat(object.sectionEntrySize(s)).isEqualTo(Long.parseLong(m.group(6), 16));
          assertThat(flagLetters(object.sectionFlags(s))).isEqualTo(m.group(7));
          assertThat(object.sectionLink(s)).isEqualTo(Integer.parseInt(m.group(8)));
          assertThat(object.sectionInfo(s)).isEqualTo(Integer.parseInt(m.group(9)));
          assertThat(object.sectionAlignment(s))
              .isEqualTo(Math.max(1, Long.parseLong(m.group(10))));
          assertThat(object.sectionNameIs(s, m.group(2))).isTrue();
          assertThat(object.sectionNameIs(s, m.group(2) + "x")).isFalse();
          seen++;
        }
      }
      assertThat(object.sections()).isEqualTo(seen).isGreaterThan(10);
    }
  }

  private static String typeName(int type) {
    return switch (type) {
      case ElfConstants.SHT_NULL -> "NULL";
      case ElfConstants.SHT_PROGBITS -> "PROGBITS";
      case ElfConstants.SHT_SYMTAB -> "SYMTAB";
      case ElfConstants.SHT_STRTAB -> "STRTAB";
      case ElfConstants.SHT_RELA -> "RELA";
      case ElfConstants.SHT_NOTE -> "NOTE";
      case ElfConstants.SHT_NOBITS -> "NOBITS";
      case ElfConstants.SHT_GROUP -> "GROUP";
      case ElfConstants.SHT_INIT_ARRAY -> "INIT_ARRAY";
      case ElfConstants.SHT_X86_64_UNWIND -> "X86_64_UNWIND";
      default -> "type " + type;
    };
  }

  private static String flagLetters(long flags) {
    StringBuilder letters = new StringBuilder();
    long[] bits = {
      ElfConstants.SHF_WRITE, ElfConstants.SHF_ALLOC, ElfConstants.SHF_EXECINSTR,
      ElfConstants.SHF_MERGE, ElfConstants.SHF_STRINGS, ElfConstants.SHF_INFO_LINK,
      ElfConstants.SHF_LINK_ORDER, ElfConstants.SHF_GROUP, ElfConstants.SHF_TLS,
      ElfConstants.SHF_COMPRESSED, ElfConstants.SHF_X86_64_LARGE, ElfConstants.SHF_EXCLUDE
    };
    for (int i = 0; i < bits.length; i++) {
      if ((flags & bits[i]) != 0) {
        letters.append("WAXMSILGTClE".charAt(i));
      }
    }
    return letters.toString();
  }

  private static final Pattern SYMBOL =
      Pattern.compile(
          "\\s*(\\d+): (\\p{XDigit}+) +(\\w+) (\\w+) +(\\w+) +(\\w+) +(?:\\[.*] +)?(\\w+)(?: (.*))?");

  @ParameterizedTest
  @MethodSource("options")
  void symbolsAreThoseOfReadelf(List<String> options) throws LinkException {
    for (boolean cxx : new boolean[] {false, true}) {
      ElfObject object = compiled(cxx, options);
      int seen = 0;
      for (String line : Tools.run(directory, "readelf", "-sW", object.name()).split("\n")) {
        Matcher m = SYMBOL.matcher(line);
        if (m.matches()) {
          int y = Integer.parseInt(m.group(1));
          assertThat(object.symbolValue(y)).isEqualTo(Long.parseUnsignedLong(m.group(2), 16));
          assertThat(object.symbolSize(y)).isEqualTo(Long.decode(m.group(3)));
          assertThat(symbolType(object.symbolInfo(y))).isEqualTo(m.group(4));
          assertThat(symbolBinding(object.symbolInfo(y))).isEqualTo(m.group(5));
          assertThat(
                  List.of("DEFAULT", "INTERNAL", "HIDDEN", "PROTECTED")
                      .get(ElfConstants.visibility(object.symbolOther(y))))
              .isEqualTo(m.group(6));
          assertThat(symbolSection(object.symbolSection(y))).isEqualTo(m.group(7));
          if (ElfConstants.type(object.symbolInfo(y)) != ElfConstants.STT_SECTION) {
            String name = m.group(8) == null ? "" : m.group(8);
            assertThat(object.symbolName(y)).isEqualTo(name);
            assertThat(object.symbolNameLength(y)).isEqualTo(name.length());
          }
          assertThat(y >= object.firstGlobal()).isEqualTo(y > 0 && !m.group(5).equals("LOCAL"));
          seen++;
        }
      }
      assertThat(object.symbols()).isEqualTo(seen).isGreaterThan(10);
    }
  }

  private static String symbolType(int info) {
    return List.of("NOTYPE", "OBJECT", "FUNC", "SECTION", "FILE", "COMMON", "TLS")
        .get(ElfConstants.type(info));
  }

  private static String symbolBinding(int info) {
    return switch (ElfConstants.binding(info)) {
      case ElfConstants.STB_LOCAL -> "LOCAL";
      case ElfConstants.STB_GLOBAL -> "GLOBAL";
      case ElfConstants.STB_WEAK -> "WEAK";
      case ElfConstants.STB_GNU_UNIQUE -> "UNIQUE";
      default -> "?";
    };
  }

  private static String symbolSection(int section) {
    return switch (section) {
      case ElfObject.UNDEF -> "UND";
      case ElfObject.ABS -> "ABS";
      case ElfObject.COMMON -> "COM";
      default -> Integer.toString(section);
    };
  }

  private static final Pattern RELOCATION_TABLE =
      Pattern.compile(
          "Relocation section '\\.rela(.*)' at offset 0x(\\p{XDigit}+) contains (\\d+).*");
  private static final Pattern RELOCATION =
      Pattern.compile(
          "(\\p{XDigit}{16}) +(\\p{XDigit}{16}) (R_\\w+).*?(?:([+-] )?(\\p{XDigit}+))?$");

  @ParameterizedTest
  @MethodSource("options")
  void relocationsAreThoseOfReadelf(List<String> options) throws LinkException {
    for (boolean cxx : new boolean[] {false, true}) {
      ElfObject object = compiled(cxx, options);
      Map<Long, Integer> byOffset = new HashMap<>();
      int total = 0;
      for (int s = 0; s < object.sections(); s++) {
        total += object.relocationCount(s);
        if (object.relocationSection(s) != 0) {
          byOffset.put(object.sectionOffset(object.relocationSection(s)), s);
        }
      }
      int s = 0;
      int r = 0;
      int seen = 0;
      for (String line : Tools.run(directory, "readelf", "-rW", object.name()).split("\n")) {
        Matcher table = RELOCATION_TABLE.matcher(line);
        Matcher m = RELOCATION.matcher(line);
        if (table.matches()) {
          s = byOffset.getOrDefault(Long.parseLong(table.group(2), 16), -1);
          r = 0;
          assertThat(object.sectionName(s)).isEqualTo(table.group(1));
          assertThat(object.relocationCount(s)).isEqualTo(Integer.parseInt(table.group(3)));
        } else if (m.matches()) {
          assertThat(object.relocationOffset(s, r)).isEqualTo(Long.parseLong(m.group(1), 16));
          long info = Long.parseUnsignedLong(m.group(2), 16);
          assertThat(object.relocationKind(s, r)).isEqualTo((int) info);
          assertThat(object.relocationSymbol(s, r)).isEqualTo((int) (info >>> 32));
          long addend = Long.parseUnsignedLong(m.group(5), 16);
          assertThat(object.relocationAddend(s, r))
              .isEqualTo("- ".equals(m.group(4)) ? -addend : addend);
          r++;
          seen++;
        }
      }
      assertThat(total).isEqualTo(seen).isGreaterThan(10);
    }
  }

  private static final Pattern GROUP =
      Pattern.compile("COMDAT group section \\[ *(\\d+)] `\\.group' \\[(.*)] contains (\\d+) .*");
  private static final Pattern MEMBER = Pattern.compile(" +\\[ *(\\d+)] +\\S+");

  @Test
  void groupsAreThoseOfReadelf() throws LinkException {
    ElfObject object = compiled(true, List.of("-O0"));
    List<String> expected = new ArrayList<>();
    for (String line : Tools.run(directory, "readelf", "-gW", object.name()).split("\n")) {
      Matcher m = GROUP.matcher(line);
      Matcher member = MEMBER.matcher(line);
      if (m.matches()) {
        expected.add(m.group(1) + " " + m.group(2));
      } else if (member.matches()) {
        expected.add(member.group(1));
      }
    }
    List<String> actual = new ArrayList<>();
    for (int g = 0; g < object.groups(); g++) {
      assertThat(object.groupComdat(g)).isTrue();
      actual.add(object.groupSection(g) + " " + object.groupSignature(g));
      for (int i = 0; i < object.groupMembers(g); i++) {
        assertThat(object.groupOf(object.groupMember(g, i))).isEqualTo(g);
        actual.add(Integer.toString(object.groupMember(g, i)));
      }
    }
    assertThat(actual).isEqualTo(expected).hasSizeGreaterThan(10);
    assertThat(object.groupOf(1) == ElfObject.NONE)
        .isEqualTo((object.sectionFlags(1) & ElfConstants.SHF_GROUP) == 0);
  }

  @Test
  void compressedSectionsTellTheirContentSize() throws Exception {
    ElfObject plain = compiled(false, List.of("-O2", "-g", "-gz=none"));
    ElfObject compressed = compiled(false, List.of("-O2", "-g", "-gz=zlib"));
    int seen = 0;
    for (int s = 1; s < compressed.sections(); s++) {
      if ((compressed.sectionFlags(s) & ElfConstants.SHF_COMPRESSED) != 0) {
        assertThat(compressed.sectionName(s)).isEqualTo(plain.sectionName(s));
        assertThat(compressed.contentSize(s)).isEqualTo(plain.sectionSize(s));
        assertThat(compressed.contentAlignment(s)).isEqualTo(plain.sectionAlignment(s));
        assertThat(compressed.sectionSize(s)).isLessThan(plain.sectionSize(s));
        seen++;
      }
    }
    assertThat(seen).isPositive();
  }

  @Test
  void marksOfTheWholeObject() throws Exception {
    ElfObject usual = compiled(false, List.of("-fcf-protection=full"));
    assertThat(usual.hasGnuStackNote()).isTrue();
    assertThat(usual.executableStack()).isFalse();
    assertThat(usual.x86Features())
        .isEqualTo(
            ElfConstants.GNU_PROPERTY_X86_FEATURE_1_IBT
                | ElfConstants.GNU_PROPERTY_X86_FEATURE_1_SHSTK);
    ElfObject branchOnly = compiled(false, List.of("-fcf-protection=branch"));
    assertThat(branchOnly.x86Features()).isEqualTo(ElfConstants.GNU_PROPERTY_X86_FEATURE_1_IBT);

    Path bare = Tools.compile(directory, "bare.s", "nop\n");
    ElfObject silent = ElfObject.parse("bare.o", Tools.read(bare));
    assertThat(silent.hasGnuStackNote()).isFalse();
    assertThat(silent.x86Features()).isZero();
    Path exec = Tools.compile(directory, "exec.s", ".section .note.GNU-stack,\"x\",@progbits\n");
    assertThat(ElfObject.parse("exec.o", Tools.read(exec)).executableStack()).isTrue();
  }

  @Test
  void signatureMayBeASectionSymbol() throws Exception {
    Path file =
        Tools.compile(
            directory,
            "group.s",
            """
            .section .keep.me,"axG",@progbits,.keep.me,comdat
            .globl inside
            inside: ret
            """);
    ElfObject object = ElfObject.parse("group.o", Tools.read(file));
    assertThat(object.groups()).isEqualTo(1);
    assertThat(object.groupSignature(0)).isEqualTo(".keep.me");
  }
}

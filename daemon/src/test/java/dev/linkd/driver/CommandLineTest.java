package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How words become a plan. */
class CommandLineTest {
  private final List<String> faults = new ArrayList<>();

  private Plan parse(String line) {
    return CommandLine.parse(ResponseFiles.split(line), faults::add);
  }

  private Plan parseWell(String line) {
    Plan plan = parse(line);
    assertThat(faults).as(line).isEmpty();
    assertThat(plan.complaints).as(line).isEmpty();
    return plan;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-o out",
        "-oout",
        "--output out",
        "--output=out",
        "-o a -o out",
        "-o 'out'",
      })
  void theOutputIsNamed(String line) {
    assertThat(parseWell(line).output).isEqualTo("out");
  }

  @Test
  void responseFilesAreQuotedAsForAShell() {
    parseWell("--rsp-quoting=posix a.o");
    parse("--rsp-quoting=windows a.o");
    assertThat(faults).containsExactly("unsupported --rsp-quoting value: windows");
  }

  @Test
  void withoutANameTheOutputIsTheUsualOne() {
    assertThat(parseWell("a.o").output).isEqualTo("a.out");
  }

  @Test
  void aNameThatBeginsWithOIsAPathBehindOneDash() {
    assertThat(parseWell("-output").output).isEqualTo("utput");
    assertThat(parseWell("-omagic").output).isEqualTo("magic");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-e go", "-ego", "-entry go", "-entry=go", "--entry go", "--entry=go"})
  void valuesAreSeparateOrJoined(String line) {
    assertThat(parseWell(line).entry).isEqualTo("go");
  }

  @Test
  void wholeNamesComeBeforeJoinedValues() {
    Plan plan = parseWell("-export-dynamic -shared -soname lib.so -hash-style=gnu -eh-frame-hdr");

    assertThat(plan.exportDynamic).isTrue();
    assertThat(plan.shared).isTrue();
    assertThat(plan.soname).isEqualTo("lib.so");
    assertThat(plan.entry).isEmpty();
  }

  @Test
  void librariesAndFilesKeepTheirOrder() {
    assertThat(parseWell("a.o -lx b.o -l y --library=z -l:w.a").words.stream().map(Word::toString))
        .containsExactly("a.o", "-lx", "b.o", "-ly", "-lz", "-l:w.a");
  }

  @Test
  void flagsHoldForTheInputsBehindThem() {
    List<Word> words =
        parseWell("a -Bstatic --whole-archive b -Bdynamic --as-needed c --no-whole-archive d")
            .words;

    assertThat(words)
        .containsExactly(
            new Word("a", false, false, false, false),
            new Word("b", false, false, true, true),
            new Word("c", false, true, true, false),
            new Word("d", false, true, false, false));
  }

  @Test
  void savedFlagsComeBack() {
    List<Word> words =
        parseWell("--push-state --as-needed -Bstatic --whole-archive a --pop-state b").words;

    assertThat(words)
        .containsExactly(
            new Word("a", false, true, true, true), new Word("b", false, false, false, false));
  }

  @Test
  void aSavedStateSaysWhetherLibrariesAreAllowed() {
    assertThat(parseWell("-static").fixedStatic).isTrue();
    assertThat(parseWell("--push-state -static a --pop-state b").fixedStatic).isFalse();
    assertThat(parseWell("-static --push-state --pop-state b").fixedStatic).isTrue();
  }

  @Test
  void anUnpairedPopIsAFault() {
    parse("--push-state --pop-state --pop-state");

    assertThat(faults).containsExactly("--pop-state without --push-state");
  }

  @Test
  void theLastKindCounts() {
    assertThat(parseWell("-pie -no-pie").pie).isFalse();
    assertThat(parseWell("-no-pie --pie").pie).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-m elf_i386",
        "-melf32_x86_64",
        "-b srec",
        "--format=srec",
        "--oformat srec",
      })
  void otherMachinesAreRefused(String line) {
    parse(line);

    assertThat(faults).singleElement().asString().startsWith("unsupported ");
    faults.clear();
    parseWell("-m elf_x86_64 -b elf64-x86-64 --oformat=elf64-x86-64");
  }

  @Test
  void whatGccAlwaysPassesIsAccepted() {
    parseWell(
        "-plugin /usr/lib/liblto_plugin.so -plugin-opt=/usr/lib/lto-wrapper"
            + " -plugin-opt=-fresolution=/tmp/x.res -plugin-opt=-pass-through=-lgcc"
            + " --build-id --eh-frame-hdr -m elf_x86_64 --hash-style=gnu --as-needed -O1 -O 2");
  }

  @Test
  void keywordsAreSeparateOrJoined() {
    Plan plan = parseWell("-z now -znoexecstack -z max-page-size=4096 -zdefs");

    assertThat(plan.bindNow).isTrue();
    assertThat(plan.undefinedSymbols).isEqualTo(Plan.Undefined.REPORT);
  }

  @Test
  void keywordsThatAreUnknownAreIgnoredAloud() {
    Plan plan = parse("-z shiny -z now=1 -z max-page-size");

    assertThat(faults).isEmpty();
    assertThat(plan.complaints)
        .containsExactly(
            "unknown command line option: -z shiny; it is ignored",
            "unknown command line option: -z now=1; it is ignored",
            "unknown command line option: -z max-page-size; it is ignored");
    assertThat(plan.bindNow).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"--bogus", "-bogus=1", "--shared=1", "-Epsilon", "--e", "--", "--z now", "-z=now"})
  void whatNobodyKnowsIsAFault(String word) {
    Plan plan = parse(word);

    assertThat(faults.size() + plan.complaints.size()).as(word).isEqualTo(1);
  }

  @Test
  void aMissingValueIsAFault() {
    for (String word : List.of("-o", "-l", "--soname", "-z", "-dynamic-linker", "-plugin")) {
      parse(word);
      assertThat(faults).containsExactly("option '" + word + "' requires an argument");
      faults.clear();
    }
  }

  @Test
  void theParserGoesOnBehindAFault() {
    Plan plan = parse("--bogus a.o -EB -o out");

    assertThat(faults).hasSize(2);
    assertThat(plan.output).isEqualTo("out");
    assertThat(plan.words).hasSize(1);
  }

  @Test
  void aLoneDashIsAFile() {
    assertThat(parseWell("-").words).containsExactly(new Word("-", false, false, false, false));
  }
}

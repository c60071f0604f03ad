package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The option table, and the documentation that is made from it. */
class OptionsDocumentTest {

  static List<Option> implemented() {
    return rows(Support.IMPLEMENTED);
  }

  static List<Option> refused() {
    return rows(Support.REFUSED);
  }

  private static List<Option> rows(Support support) {
    return OptionTable.rows().filter(row -> row.support() == support).toList();
  }

  /** To bring the file up to date, run this test with LINKD_UPDATE_DOCS=1 in the environment. */
  @Test
  void theDocumentIsUpToDate() throws IOException {
    Path file = document();
    if ("1".equals(System.getenv("LINKD_UPDATE_DOCS"))) {
      Files.writeString(file, OptionsDocument.markdown());
    }

    assertThat(file).hasContent(OptionsDocument.markdown());
  }

  /** Tests run in the folder of their module or in the root. */
  private static Path document() {
    Path docs = Path.of("docs");
    return (Files.isDirectory(docs) ? docs : Path.of("..").resolve(docs)).resolve("options.md");
  }

  @ParameterizedTest
  @MethodSource("implemented")
  void everyImplementedOptionNamesItsTest(Option row) throws ClassNotFoundException {
    String[] proof = row.proof().split("#", -1);
    assertThat(proof).as("proof of %s", row.names()).hasSize(2);

    Class<?> test = Class.forName(getClass().getPackageName() + "." + proof[0]);

    assertThat(Stream.of(test.getDeclaredMethods()).map(method -> method.getName()))
        .contains(proof[1]);
  }

  @Test
  void everyRowSaysWhatOrWhy() {
    assertThat(OptionTable.rows())
        .hasSizeGreaterThan(100)
        .allSatisfy(row -> assertThat(row.text()).as("%s", row.names()).endsWith("."));
  }

  @ParameterizedTest
  @MethodSource("refused")
  void aRefusedOptionIsAFaultThatNamesIt(Option row) {
    for (String name : row.names()) {
      String word = Option.spelled(name);
      List<String> faults = new ArrayList<>();
      boolean keyword = name.startsWith("z ");
      String value = row.arity() == Arity.REQUIRED ? (keyword ? "=1" : "1") : "";

      CommandLine.parse(
          keyword ? List.of("-z", name.substring(2) + value) : words(word, value), faults::add);

      assertThat(faults).singleElement().asString().contains("unsupported option '" + word);
    }
  }

  private static List<String> words(String word, String value) {
    return value.isEmpty() ? List.of(word) : List.of(word, value);
  }

  static List<Option> accepted() {
    return rows(Support.NO_OP);
  }

  @ParameterizedTest
  @MethodSource("accepted")
  void anAcceptedOptionTakesItsValueAndNoMore(Option row) {
    for (String name : row.names()) {
      boolean keyword = name.startsWith("z ");
      String value = row.arity() == Arity.REQUIRED ? "1" : "";
      List<String> words =
          keyword
              ? List.of("-z", name.substring(2) + (value.isEmpty() ? "" : "=1"))
              : words(Option.spelled(name), value);
      Plan plan =
          CommandLine.parse(
              words,
              fault -> {
                throw new AssertionError(fault);
              });
      assertThat(plan.words).as("%s", words).isEmpty();
      assertThat(plan.complaints).as("%s", words).isEmpty();
    }
  }
}

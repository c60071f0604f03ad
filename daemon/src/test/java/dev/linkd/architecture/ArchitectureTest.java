package dev.linkd.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The daemon keeps the rules, and the rules notice when it would not. */
class ArchitectureTest {
  private static final String ROOT = "dev.linkd";
  private static final JavaClasses DAEMON =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT);
  private static final Rules RULES = new Rules(ROOT);

  private static final String FIXTURE_ROOT = "dev.linkd.architecture.fixture";
  private static final JavaClasses FIXTURE = new ClassFileImporter().importPackages(FIXTURE_ROOT);
  private static final Rules FIXTURE_RULES = new Rules(FIXTURE_ROOT);

  static Stream<String> layers() {
    return Layers.MAY_USE.keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("layers")
  void everyPackageUsesOnlyLowerOnes(String layer) {
    RULES.usesOnlyLowerPackages(layer).check(DAEMON);
  }

  @Test
  void thereAreNoCycles() {
    RULES.hasNoCycles().check(DAEMON);
  }

  @Test
  void onlyServicesKnowGrpc() {
    RULES.onlyServicesKnowGrpc().check(DAEMON);
  }

  @Test
  void onlyOsCallsNativeFunctions() {
    RULES.onlyOsCallsNativeFunctions().check(DAEMON);
  }

  @Test
  void onlyMainWritesToTheConsole() {
    RULES.onlyMainWritesToTheConsole().check(DAEMON);
    RULES.nobodyUsesJavaUtilLogging().check(DAEMON);
  }

  @Test
  void everyPackageHasARuleAndALineInTheDesign() throws IOException {
    Set<String> present =
        DAEMON.stream()
            .map(type -> type.getPackageName().substring(ROOT.length()))
            .filter(rest -> !rest.isEmpty())
            .map(rest -> rest.substring(1).split("\\.", 2)[0])
            .filter(name -> !name.equals("v1")) // generated from the proto files
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(present).isNotEmpty().isSubsetOf(Layers.MAY_USE.keySet());
    assertThat(packagesInDesign()).containsExactlyInAnyOrderElementsOf(Layers.MAY_USE.keySet());
  }

  @Test
  void aTableMayNotPointUpwards() {
    TreeSet<String> lower = new TreeSet<>();
    lower.add("v1");
    Layers.MAY_USE.forEach(
        (layer, uses) -> {
          assertThat(lower).as("below %s", layer).containsAll(uses);
          lower.add(layer);
        });
  }

  @Test
  void anUpwardDependencyIsFound() {
    assertFound(FIXTURE_RULES.usesOnlyLowerPackages("output"), "output.KnowsItsFormat");
  }

  @Test
  void aCycleIsFound() {
    assertFound(FIXTURE_RULES.hasNoCycles(), "Cycle detected");
  }

  @Test
  void grpcInTheEngineIsFound() {
    assertFound(FIXTURE_RULES.onlyServicesKnowGrpc(), "mapped.BreaksTheRules");
  }

  @Test
  void aNativeCallOutsideOfOsIsFound() {
    assertFound(FIXTURE_RULES.onlyOsCallsNativeFunctions(), "mapped.BreaksTheRules");
  }

  @Test
  void aMessageOnTheConsoleIsFound() {
    assertFound(FIXTURE_RULES.onlyMainWritesToTheConsole(), "mapped.BreaksTheRules");
  }

  @Test
  void anotherLoggerIsFound() {
    assertFound(FIXTURE_RULES.nobodyUsesJavaUtilLogging(), "mapped.BreaksTheRules");
  }

  private static void assertFound(ArchRule rule, String culprit) {
    assertThatThrownBy(() -> rule.check(FIXTURE))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(culprit)
        .hasMessageNotContaining("session.MaySpeakGrpc");
  }

  /** The names in the first column of the table of packages. */
  private static Set<String> packagesInDesign() throws IOException {
    Pattern name = Pattern.compile("`([a-z]+)`");
    return Files.readString(design())
        .lines()
        .dropWhile(line -> !line.startsWith("| package"))
        .skip(2)
        .takeWhile(line -> line.startsWith("|"))
        .map(line -> line.substring(1, line.indexOf('|', 1)))
        .flatMap(cell -> name.matcher(cell).results())
        .map((MatchResult match) -> match.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Tests run in the folder of their module or in the root. */
  private static Path design() {
    Path here = Path.of("docs", "design.md");
    return Files.exists(here) ? here : Path.of("..").resolve(here);
  }
}

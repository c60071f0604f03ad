package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever other linkers offer is implemented, accepted for a reason or refused with one. */
class OtherLinkersOptionsTest {

  /** What the front of a line of help names; behind two spaces the description begins. */
  private static final Pattern NAMES = Pattern.compile("^ {0,8}(-.*?)(?: {2,}|\\t|$)");

  private static final Pattern NAME = Pattern.compile("^(--?)([A-Za-z0-9][\\w+.-]*)(.*)$");
  private static final Pattern KEYWORD = Pattern.compile("^\\s*([a-z][\\w-]*)");

  /** Answered before the table is asked, or parts of descriptions. */
  private static final Set<String> OTHERS =
      Set.of("help", "help-hidden", "target-help", "version", "v", "V", "z x86-64-", "z");

  @ParameterizedTest
  @ValueSource(strings = {"ld.bfd", "ld.gold", "ld.lld", "mold"})
  void everyOptionIsKnown(String linker) throws Exception {
    Set<String> unknown = new TreeSet<>();
    help(linker)
        .lines()
        .map(NAMES::matcher)
        .filter(Matcher::find)
        .flatMap(line -> Pattern.compile(",\\s+|\\s+or\\s+").splitAsStream(line.group(1)))
        .map(NAME::matcher)
        .filter(Matcher::find)
        .map(OtherLinkersOptionsTest::name)
        .filter(name -> !OTHERS.contains(name) && !known(name))
        .forEach(unknown::add);

    assertThat(unknown).isEmpty();
  }

  private static boolean known(String name) {
    return OptionTable.find(name) != null;
  }

  private static String name(Matcher option) {
    Matcher keyword = KEYWORD.matcher(option.group(3));
    return option.group(2).equals("z") && keyword.find()
        ? "z " + keyword.group(1)
        : option.group(2);
  }

  private static String help(String linker) throws Exception {
    Process process = new ProcessBuilder(linker, "--help").redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as("%s --help: install it", linker).isZero();
    return text;
  }
}

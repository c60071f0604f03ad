package dev.linkd.table;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Wildcards. */
class GlobTest {

  @ParameterizedTest
  @CsvSource({
    "*, anything, true",
    "a*, abc, true",
    "a*, ba, false",
    "*c, abc, true",
    "a*b*c, a--b--b--c, true",
    "a*b*c, a--b--b--, false",
    "a?c, abc, true",
    "a?c, ac, false",
    "[a-c]x, bx, true",
    "[a-c]x, dx, false",
    "[!a-c]x, dx, true",
    "[^a-c]x, ax, false",
    "[]]x, ]x, true",
    "[ab, [ab, true",
    "\\*, *, true",
    "\\*, a, false",
    "plain, plain, true",
    "plain, plainer, false",
    "'', a, false",
    "**, a, true",
  })
  void aPatternMatchesWholeNames(String pattern, String name, boolean expected) {
    assertThat(new Glob(pattern).matches(name)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"a*a*a*a*a*a*a*a*b, 4000"})
  void manyStarsTakeNoExponentialTime(String pattern, int length) {
    assertThat(new Glob(pattern).matches("a".repeat(length))).isFalse();
  }
}

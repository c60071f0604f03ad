package dev.linkd.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.linkd.diag.LinkException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Version scripts and dynamic lists as text, and the patterns in them. */
class VersionScriptTest {

  private static VersionScript parse(String text) throws LinkException {
    return VersionScript.parse("map", text);
  }

  private static SymbolPattern exact(String text) {
    return new SymbolPattern(text, true, false);
  }

  private static SymbolPattern glob(String text) {
    return new SymbolPattern(text, false, false);
  }

  @Test
  void anAnonymousVersionExportsAndHides() throws Exception {
    VersionScript script = parse("{ global: api; api_*; local: *; };");

    assertThat(script.nodes())
        .containsExactly(
            new VersionScript.Node(
                "", List.of(exact("api"), glob("api_*")), List.of(glob("*")), List.of()));
  }

  @Test
  void versionsExtendOthers() throws Exception {
    VersionScript script =
        parse("V1 { a; };\nV2 { global: b; local: c; global: d } V1;\nV3 { } V1 V2 ;");

    assertThat(script.nodes())
        .containsExactly(
            new VersionScript.Node("V1", List.of(exact("a")), List.of(), List.of()),
            new VersionScript.Node(
                "V2", List.of(exact("b"), exact("d")), List.of(exact("c")), List.of("V1")),
            new VersionScript.Node("V3", List.of(), List.of(), List.of("V1", "V2")));
  }

  @Test
  void namesOfOtherLanguagesAndQuotedNamesAreKnown() throws Exception {
    VersionScript script =
        parse(
            """
            V { global:
              extern "C++" { std::*; "f(int)"; ns::g* };  # a comment
              extern "C" { plain; };
              "with*star"; /* another
              comment */ global; local:
            };
            """);

    assertThat(script.nodes().getFirst().globals())
        .containsExactly(
            new SymbolPattern("std::*", false, true),
            new SymbolPattern("f(int)", true, true),
            new SymbolPattern("ns::g*", false, true),
            exact("plain"),
            exact("with*star"),
            exact("global"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          { a; }; V { b; };         | anonymous version tag cannot be combined
          V { a; }; V { b; };       | duplicate version tag 'V'
          V { a; } W;               | unable to find version dependency 'W'
          V { a b; };               | expected ';' or '}'
          V a; };                   | expected '{'
          V { a;                    | expected the name of a symbol
          V { a; }                  | expected ';' behind a version
          V { extern "D" { a; }; }; | unknown language 'D'
          V { "a; };                | a quoted name does not end
          V { /* a; };              | unclosed comment
          """)
  void aFaultIsNamedWithItsPlace(String text, String message) {
    assertThatThrownBy(() -> parse(text))
        .isInstanceOf(LinkException.class)
        .hasMessageStartingWith("map:1:")
        .hasMessageContaining(message);
  }

  @Test
  void nothingIsNoScript() throws Exception {
    assertThat(parse(" # nothing\n").none()).isTrue();
    assertThat(VersionScript.NONE.none()).isTrue();
    assertThat(parse("{ };").none()).isFalse();
  }

  @Test
  void aListNamesSymbols() throws Exception {
    assertThat(VersionScript.parseList("list", "{ a; b*; extern \"C++\" { c::d; }; };"))
        .containsExactly(exact("a"), glob("b*"), new SymbolPattern("c::d", true, true));
    assertThatThrownBy(() -> VersionScript.parseList("list", "a;"))
        .hasMessageContaining("expected '{'");
  }

  @Test
  void equalScriptsAreEqual() throws Exception {
    assertThat(parse("V { a; };"))
        .isEqualTo(parse("V{global:a};"))
        .hasSameHashCodeAs(parse("V{a;};"));
    assertThat(parse("V { a; };")).isNotEqualTo(parse("V { local: a; };"));
  }

  @ParameterizedTest
  @CsvSource({
    "*, anything, true",
    "a*c, abbbc, true",
    "a*c, ac, true",
    "a*c, acb, false",
    "*ab*ab, aabab, true",
    "*ab*ab, ab, false",
    "a?c, abc, true",
    "a?c, ac, false",
    "[a-c]x, bx, true",
    "[a-c]x, dx, false",
    "[!a-c]x, dx, true",
    "[^a]x, ax, false",
    "[]x]y, ]y, true",
    "[ab, [ab, true",
    "x[, x[, true",
    "[[]*, [a, true",
    "a\\*b, a*b, true",
    "a\\*b, axb, false",
    "_Z*, _Z3foo, true",
    "abc, abcd, false",
    "abcd, abc, false",
    "foo**, foo, true"
  })
  void patternsMatchAsInAShell(String pattern, String text, boolean expected) {
    assertThat(new Glob(pattern).matches(text)).isEqualTo(expected);
  }

  @Test
  void manyStarsDoNotTakeLong() {
    assertThat(new Glob("*a*a*a*a*a*a*a*a*b").matches("a".repeat(5000))).isFalse();
  }
}

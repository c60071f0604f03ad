package dev.linkd.object;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Scripts may contain what looks like the comments that say where a file begins. */
class ScriptPlacesTest {
  private static final String BEGIN = "/*\u0001";

  @Test
  void placesAreThoseOfTheFileInside() {
    String inner = ScriptPlaces.inside("inner.ld", "a\nbad", 9);
    String text = "x " + inner + " y";
    assertThat(ScriptPlaces.where("outer.ld", text, text.indexOf("bad"))).isEqualTo("inner.ld:2:1");
    assertThat(ScriptPlaces.where("outer.ld", text, text.indexOf('y'))).isEqualTo("outer.ld:1:13");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "*/", "0", "0:", "0:name*/", ":name*/\n", "-1:n*/\n", "99999999999:n*/\n"})
  void otherCommentsAreComments(String rest) {
    String text = BEGIN + rest + "bad";
    int at = text.length() - 3;
    int line = rest.endsWith("\n") ? 2 : 1;
    int column = line == 2 ? 1 : at + 1;
    assertThat(ScriptPlaces.where("own.ld", text, at)).isEqualTo("own.ld:" + line + ":" + column);
  }

  @Test
  void forgedFilesNestNoDeeperThanTheStack() {
    String text = (BEGIN + "0:n*/\n").repeat(100_000);
    assertThat(ScriptPlaces.where("own.ld", text, text.length())).startsWith("n:");
  }
}

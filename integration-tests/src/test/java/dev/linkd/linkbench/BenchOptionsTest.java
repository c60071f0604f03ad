package dev.linkd.linkbench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class BenchOptionsTest {
  private static BenchOptions parse(String... words) {
    return BenchOptions.parse(List.of(words), Path.of("/kept"));
  }

  @Test
  void withoutOptionsTheGeneratedProgramsAreMeasured() {
    BenchOptions options = parse();

    assertThat(options.programs()).containsExactly("A", "A-g", "B", "B-g");
    assertThat(options.shapes()).containsEntry("A", new ProgramShape("A", 1_000, 40, 7));
    assertThat(options.shapes()).containsEntry("B", new ProgramShape("B", 4_000, 50, 7));
    assertThat(options.results()).isEqualTo(Path.of("/kept/results"));
    assertThat(options.warmUps()).isEqualTo(200);
    assertThat(options.wantsCase("one function")).isTrue();
    assertThat(options.wantsCase("header, 10 % of functions")).isTrue();
  }

  @Test
  void programsSizesAndCasesAreChosen() {
    BenchOptions options =
        parse("--size=C=10x20", "--cases=one,first", "--rounds=4", "--warm-up=9", "C-g");

    assertThat(options.programs()).containsExactly("C-g");
    assertThat(options.shapes()).containsEntry("C", new ProgramShape("C", 10, 20, 7));
    assertThat(options.rounds()).isEqualTo(4);
    assertThat(options.warmUps()).isEqualTo(9);
    assertThat(options.wantsCase("one function")).isTrue();
    assertThat(options.wantsCase("data grown")).isFalse();
  }

  @Test
  void mistakesAreNamed() {
    assertThatThrownBy(() -> parse("--fast")).hasMessage("no such option: --fast");
    assertThatThrownBy(() -> parse("--cases=two")).hasMessage("no such case: two");
    assertThatThrownBy(() -> parse("--rounds=none")).hasMessage("--rounds: not a number: none");
    assertThatThrownBy(() -> parse("--rounds=0")).hasMessage("--rounds: has to be positive: 0");
    assertThatThrownBy(() -> parse("--socket=/s"))
        .hasMessage("with --socket, --cases cannot have [first, executables]");
    assertThatThrownBy(() -> parse("--size=C")).hasMessage("not a size: --size=C");
  }
}

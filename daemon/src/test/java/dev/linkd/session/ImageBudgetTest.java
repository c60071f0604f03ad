package dev.linkd.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.output.OutputKind;
import dev.linkd.output.OutputSpec;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Which outputs give their images back when memory is short. */
class ImageBudgetTest {

  private final ImageBudget budget = new ImageBudget(100);
  private final OutputActor a = actor("a");
  private final OutputActor b = actor("b");
  private final OutputActor c = actor("c");

  @Test
  void theLeastRecentlyUsedOutputsGiveWay() {
    assertThat(budget.used(a, 40)).isEmpty();
    assertThat(budget.used(b, 40)).isEmpty();
    assertThat(budget.used(a, 40)).isEmpty();
    assertThat(budget.used(c, 50)).containsExactly(b);
    assertThat(budget.used(b, 90)).containsExactly(a, c);
  }

  @Test
  void anOutputThatIsTooLargeAloneKeepsItsImage() {
    assertThat(budget.used(a, 500)).isEmpty();
    assertThat(budget.used(a, 600)).isEmpty();
    assertThat(budget.used(b, 10)).containsExactly(a);
    assertThat(budget.used(c, 90)).isEmpty();
  }

  @Test
  void closedOutputsDoNotCount() {
    budget.used(a, 90);
    budget.ended(a);
    assertThat(budget.used(b, 90)).isEmpty();
  }

  private static OutputActor actor(String name) {
    OutputSpec spec = OutputSpec.of(Path.of("/" + name), OutputKind.STATIC_EXECUTABLE);
    return new OutputActor(1, spec, Limits.DEFAULT, new SilentListener());
  }
}

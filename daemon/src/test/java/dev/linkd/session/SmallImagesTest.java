package dev.linkd.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.output.OutputKind;
import dev.linkd.output.OutputSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which outputs give a small image back although there is memory. */
class SmallImagesTest {
  private static final long SMALL = SmallImages.BYTES_MAX;

  private final SmallImages images = new SmallImages();
  private final List<OutputActor> actors = new ArrayList<>();

  /** Uses as many outputs as may keep their images. */
  private void fill() {
    for (int i = 0; i < SmallImages.KEPT_MAX; i++) {
      actors.add(actor("a" + i));
      assertThat(images.used(actors.getLast(), SMALL)).isEmpty();
    }
  }

  @Test
  void theLeastRecentlyUsedGivesWay() {
    fill();
    assertThat(images.used(actors.get(0), SMALL)).isEmpty();
    assertThat(images.used(actor("b"), 1)).contains(actors.get(1));
    assertThat(images.used(actors.get(1), SMALL)).contains(actors.get(2));
  }

  @Test
  void largeImagesAndThoseThatCannotBeReadStay() {
    fill();
    assertThat(images.used(actor("large"), SMALL + 1)).isEmpty();
    assertThat(images.used(actor("compressed"), 0)).isEmpty();
    assertThat(images.used(actors.get(0), SMALL + 1)).as("became large").isEmpty();
    assertThat(images.used(actor("b"), SMALL)).isEmpty();
    assertThat(images.used(actor("c"), SMALL)).contains(actors.get(1));
  }

  @Test
  void closedOutputsDoNotCount() {
    fill();
    images.ended(actors.get(3));
    assertThat(images.used(actor("b"), SMALL)).isEmpty();
  }

  private static OutputActor actor(String name) {
    OutputSpec spec = OutputSpec.of(Path.of("/" + name), OutputKind.STATIC_EXECUTABLE);
    return new OutputActor(1, spec, Limits.DEFAULT, new SilentListener());
  }
}

package dev.linkd.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.diag.Code;
import dev.linkd.diag.LinkException;
import dev.linkd.diag.Place;
import dev.linkd.output.Output;
import dev.linkd.output.OutputKind;
import dev.linkd.output.OutputSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class OutputActorTest {
  private final List<Exception> refusals = new ArrayList<>();

  private final OutputWork work =
      new OutputWork() {
        @Override
        public void run(Output output) {
          throw new AssertionError("there is no output");
        }

        @Override
        public void refuse(Exception fault) {
          refusals.add(fault);
        }
      };

  /** The engine may refuse an output before the call that wanted it has queued its work. */
  @Test
  void whoComesAfterARefusalLearnsWhy() throws Exception {
    OutputSpec spec = OutputSpec.of(Path.of("/program"), OutputKind.STATIC_EXECUTABLE);
    OutputActor actor = new OutputActor(1, spec, Limits.DEFAULT, new SilentListener());
    LinkException refusal = new LinkException(Code.PUBLISH_FAILED, Place.NONE, "read-only");
    actor.start(
        unused -> {
          throw refusal;
        },
        null);
    actor.awaitEnd();
    actor.submit(work);
    actor.post(work);
    assertThat(refusals).containsExactly(refusal, refusal);
  }
}

package dev.linkd.client.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import dev.linkd.v1.WarmUpState;
import dev.linkd.v1.WarmUpStats;
import org.junit.jupiter.api.Test;

/** What people are told about the rehearsal of a daemon. */
class StatusCommandTest {
  private static String describe(WarmUpState state, int played) {
    return StatusCommand.describe(
        WarmUpStats.newBuilder()
            .setState(state)
            .setPlayed(played)
            .setScenes(7)
            .setTime(Duration.newBuilder().setSeconds(12))
            .build());
  }

  @Test
  void aRehearsalWhoseTimeWasOverIsNotCalledComplete() {
    assertThat(describe(WarmUpState.WARM_UP_STATE_DONE, 7)).isEqualTo("done in 12.00 s");
    assertThat(describe(WarmUpState.WARM_UP_STATE_DONE, 5))
        .isEqualTo("5 of 7 rehearsals in 12.00 s, its time was over");
  }

  @Test
  void whatWasRehearsedIsToldUntilTheEnd() {
    assertThat(describe(WarmUpState.WARM_UP_STATE_RUNNING, 2))
        .isEqualTo("2 of 7 rehearsals, goes on while nothing is asked for");
    assertThat(describe(WarmUpState.WARM_UP_STATE_ENDED, 3))
        .isEqualTo("ended after 3 of 7 rehearsals, see the log");
    assertThat(describe(WarmUpState.WARM_UP_STATE_OFF, 0)).isEqualTo("off");
  }
}

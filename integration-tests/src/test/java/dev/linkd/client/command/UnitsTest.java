package dev.linkd.client.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.Durations;
import dev.linkd.v1.Diagnostic;
import dev.linkd.v1.Place;
import dev.linkd.v1.Severity;
import org.junit.jupiter.api.Test;

/** Numbers and messages as people read them. */
class UnitsTest {
  @Test
  void timesHaveAFittingUnit() {
    assertThat(Units.time(Durations.fromNanos(0))).isEqualTo("0.0 µs");
    assertThat(Units.time(Durations.fromNanos(12_345))).isEqualTo("12.3 µs");
    assertThat(Units.time(Durations.fromMicros(1_500))).isEqualTo("1.50 ms");
    assertThat(Units.time(Durations.fromMillis(59_990))).isEqualTo("59.99 s");
    assertThat(Units.time(Durations.fromSeconds(61))).isEqualTo("1 min 1 s");
    assertThat(Units.time(Durations.fromSeconds(3_600 + 120))).isEqualTo("1 h 2 min");
  }

  @Test
  void sizesHaveAFittingUnit() {
    assertThat(Units.bytes(0)).isEqualTo("0 B");
    assertThat(Units.bytes(1_023)).isEqualTo("1023 B");
    assertThat(Units.bytes(1_536)).isEqualTo("1.5 KiB");
    assertThat(Units.bytes(20L << 20)).isEqualTo("20.0 MiB");
    assertThat(Units.bytes(Long.MAX_VALUE)).endsWith(" TiB");
  }

  @Test
  void diagnosticsLookLikeThoseOfLinkers() {
    Diagnostic diagnostic =
        Diagnostic.newBuilder()
            .setSeverity(Severity.SEVERITY_ERROR)
            .setMessage("undefined symbol: f")
            .setPlace(Place.newBuilder().setInput("a.o").setSection(".text").setOffset(16))
            .addNotes("referenced by main")
            .build();
    assertThat(Diagnostics.text(diagnostic, Colours.NONE))
        .isEqualTo("a.o:(.text+0x10): error: undefined symbol: f\n>>> referenced by main");
    assertThat(Diagnostics.text(diagnostic, Colours.ANSI)).contains("\033[31merror\033[0m");
    assertThat(
            Diagnostics.text(
                diagnostic.toBuilder()
                    .setSeverity(Severity.SEVERITY_WARNING)
                    .clearPlace()
                    .clearNotes()
                    .build(),
                Colours.NONE))
        .isEqualTo("warning: undefined symbol: f");
  }
}

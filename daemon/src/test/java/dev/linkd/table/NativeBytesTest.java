package dev.linkd.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** As in tests, with a check of accesses that come too late, and as in the daemon. */
class NativeBytesTest {

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void holdsWhatIsWritten(boolean checked) {
    try (NativeBytes bytes = NativeBytes.allocate(100_000, checked)) {
      MemorySegment segment = bytes.segment();
      assertThat(segment.byteSize()).isEqualTo(100_000);
      Segments.fill(segment, 0, 100_000, (byte) 7);
      assertThat(Segments.getByte(segment, 99_999)).isEqualTo((byte) 7);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void canBeEmpty(boolean checked) {
    try (NativeBytes bytes = NativeBytes.allocate(0, checked)) {
      assertThat(bytes.segment().byteSize()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void isFreedOnce(boolean checked) {
    NativeBytes bytes = NativeBytes.allocate(10, checked);
    bytes.close();
    assertThatIllegalStateException().isThrownBy(bytes::close);
    assertThat(bytes.segment().scope().isAlive()).isEqualTo(!checked);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void refusesNegativeSizes(boolean checked) {
    assertThatIllegalArgumentException().isThrownBy(() -> NativeBytes.allocate(-1, checked));
  }
}

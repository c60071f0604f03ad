package dev.linkd.elf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BuildIdTest {

  private static final int BASE = 3;

  private static final int BYTES = 20;

  private final BuildId id = new BuildId(BYTES);
  private byte[] image = new byte[0];
  private int read;

  @Test
  void anyByteChangesTheIdentity() {
    resize(10_000);
    byte[] first = digest();
    for (int at : new int[] {0, 1, 4095, 4096, 8191, 9999}) {
      image[at] ^= 1;
      id.dirty(at, at + 1);
      assertThat(digest()).as("byte %d", at).isNotEqualTo(first);
      image[at] ^= 1;
      id.dirty(at, at + 1);
      assertThat(digest()).as("byte %d back again", at).isEqualTo(first);
    }
  }

  @Test
  void theSizeIsPartOfTheIdentity() {
    resize(4096);
    byte[] one = digest();
    resize(4097);
    byte[] more = digest();
    resize(8192);
    assertThat(digest()).isNotEqualTo(one).isNotEqualTo(more);
    resize(4096);
    assertThat(digest()).isEqualTo(one);
    resize(0);
    assertThat(digest()).isNotEqualTo(one);
  }

  @Test
  void theBytesOfTheIdentityCountAsZero() {
    resize(20_000);
    byte[] without = digest();
    id.own(4090);
    assertThat(digest()).as("they are zero now").isEqualTo(without);
    System.arraycopy(without, 0, image, 4090, BYTES);
    id.dirty(4090, 4090 + BYTES);
    assertThat(digest()).isEqualTo(without);
    image[4089] = 1;
    id.dirty(4089, 4090);
    byte[] before = digest();
    assertThat(before).isNotEqualTo(without);
    id.own(12_000);
    assertThat(digest()).as("the old place counts again").isNotEqualTo(before);
  }

  @Test
  void onlyChangedPagesAreRead() {
    resize(1 << 24);
    digest();
    assertThat(read).isEqualTo(4096);
    digest();
    assertThat(read).isZero();
    id.dirty(100, 200);
    id.dirty(150, 5000);
    digest();
    assertThat(read).isEqualTo(2);
    resize((1 << 24) + 1);
    digest();
    assertThat(read).isEqualTo(1);
  }

  @Test
  void rangesOutsideTheImageAreRefused() {
    resize(100);
    assertThatThrownBy(() -> id.dirty(0, 101)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> id.dirty(-1, 5)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> id.resize(-1)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(longs = {111, 112, 113})
  void theHistoryDoesNotMatter(long seed) {
    Random random = new Random(seed);
    int own = random.nextInt(9_000);
    id.own(own);
    for (int step = 0; step < 200; step++) {
      if (random.nextInt(4) == 0) {
        resize(random.nextInt(200_000));
      }
      for (int change = random.nextInt(4); change > 0 && image.length > 0; change--) {
        int from = random.nextInt(image.length);
        int to = Math.min(image.length, from + random.nextInt(6_000));
        for (int i = from; i < to; i++) {
          image[i] = (byte) random.nextInt();
        }
        id.dirty(from, to);
      }
      if (random.nextInt(3) != 0) {
        BuildId fresh = new BuildId(BYTES);
        fresh.resize(image.length);
        fresh.own(own);
        assertThat(digest()).as("seed %d step %d", seed, step).isEqualTo(digest(fresh));
      }
    }
  }

  private void resize(int size) {
    image = Arrays.copyOf(image, size);
    id.resize(size);
  }

  private byte[] digest() {
    return digest(id);
  }

  private byte[] digest(BuildId of) {
    byte[] shifted = new byte[image.length + BASE];
    System.arraycopy(image, 0, shifted, BASE, image.length);
    byte[] out = new byte[BYTES + 2];
    read = of.digest(MemorySegment.ofArray(shifted), BASE, MemorySegment.ofArray(out), 1);
    assertThat(out[0] + out[BYTES + 1]).isZero();
    return Arrays.copyOfRange(out, 1, 1 + BYTES);
  }
}

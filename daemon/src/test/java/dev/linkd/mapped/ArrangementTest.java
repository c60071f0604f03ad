package dev.linkd.mapped;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.linkd.table.Layouts;
import dev.linkd.table.Work;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Children placed by the caller, and pinned nodes that push others away. */
class ArrangementTest {

  private final MappedFile file = new MappedFile("arranged", 1 << 24, new Work());

  @AfterEach
  void close() {
    file.check();
    file.close();
  }

  private int leaf(int parent, int size, int mark) throws WindowFullException {
    int node = file.add(parent, Policy.FIXED, size, 0, mark);
    for (int i = 0; i < size; i++) {
      file.image().set(Layouts.BYTE, file.position(node) + i, (byte) mark);
    }
    return node;
  }

  private void assertMarked(int node) {
    for (long i = 0; i < file.size(node); i++) {
      assertThat(file.image().get(Layouts.BYTE, file.position(node) + i))
          .isEqualTo((byte) file.owner(node));
    }
  }

  @Test
  void childrenGoWhereTheCallerWantsThem() throws Exception {
    int parent = file.add(MappedFile.FILE, Policy.ORDERED, 0, 4, 100);
    int a = leaf(parent, 10, 1);
    int b = leaf(parent, 20, 2);
    int c = leaf(parent, 30, 3);
    Arrangement.arrange(file, parent, new int[] {c, a, b}, new long[] {5, 40, 100}, 3);
    file.check();
    assertThat(file.offset(a)).isEqualTo(40);
    assertThat(file.first(parent)).isEqualTo(c);
    assertThat(file.next(c)).isEqualTo(a);
    for (int node : new int[] {a, b, c}) {
      assertMarked(node);
      assertThat(file.moved(node)).isTrue();
    }
    assertThat(file.image().get(Layouts.BYTE, file.position(c) - 1)).isZero();
    assertThat(file.image().get(Layouts.BYTE, file.position(a) + 10)).isZero();
  }

  @Test
  void randomArrangementsKeepAllBytes() throws Exception {
    Random random = new Random(5);
    int parent = file.add(MappedFile.FILE, Policy.ORDERED, 0, 4, 100);
    List<Integer> all = new ArrayList<>();
    for (int round = 0; round < 200; round++) {
      if (all.size() < 12) {
        all.add(leaf(parent, 1 + random.nextInt(200), 1 + all.size()));
      }
      if (random.nextInt(3) == 0) {
        Collections.shuffle(all, random);
      } else {
        all.sort((x, y) -> Long.compare(file.offset(x), file.offset(y)));
      }
      int[] nodes = all.stream().mapToInt(Integer::intValue).toArray();
      long[] offsets = new long[nodes.length];
      long end = 0;
      for (int i = 0; i < nodes.length; i++) {
        offsets[i] = end + random.nextInt(50);
        end = offsets[i] + file.size(nodes[i]);
      }
      Arrangement.arrange(file, parent, nodes, offsets, nodes.length);
      file.check();
      for (int i = 0; i < nodes.length; i++) {
        assertThat(file.offset(nodes[i])).isEqualTo(offsets[i]);
        assertMarked(nodes[i]);
      }
    }
  }

  @Test
  void overlapsAndMissingChildrenAreRefused() throws Exception {
    int parent = file.add(MappedFile.FILE, Policy.ORDERED, 0, 4, 100);
    int a = leaf(parent, 10, 1);
    int b = leaf(parent, 20, 2);
    assertThatThrownBy(
            () -> Arrangement.arrange(file, parent, new int[] {a, b}, new long[] {0, 9}, 2))
        .hasMessageContaining("misplaced");
    assertThatThrownBy(() -> Arrangement.arrange(file, parent, new int[] {a}, new long[] {0}, 1))
        .hasMessageContaining("1 of 2 children");
    assertThatThrownBy(
            () -> Arrangement.arrange(file, MappedFile.FILE, new int[] {parent}, new long[] {0}, 1))
        .hasMessageContaining("not ORDERED");
  }

  @Test
  void aPinnedNodeStaysAndItsNeighboursGoToTheEnd() throws Exception {
    int pinned = file.add(MappedFile.FILE, Policy.ORDERED, 64, 4, 100);
    file.pin(pinned);
    int one = leaf(MappedFile.FILE, 100, 1);
    int two = leaf(MappedFile.FILE, 100, 2);
    int inside = leaf(pinned, 50, 3);
    file.resize(inside, 5000);
    file.check();
    assertThat(file.position(pinned)).isZero();
    assertThat(file.position(one)).isGreaterThanOrEqualTo(5000);
    assertThat(file.position(two)).isGreaterThanOrEqualTo(5000);
    assertMarked(one);
    assertMarked(two);
  }

  @Test
  void aPinnedNeighbourStopsThePush() throws Exception {
    int pinned = file.add(MappedFile.FILE, Policy.ORDERED, 64, 4, 100);
    file.pin(pinned);
    int wall = leaf(MappedFile.FILE, 100, 1);
    file.pin(wall);
    int inside = leaf(pinned, 50, 3);
    assertThatThrownBy(() -> file.resize(inside, 5000)).isInstanceOf(WindowFullException.class);
    assertMarked(inside);
  }
}

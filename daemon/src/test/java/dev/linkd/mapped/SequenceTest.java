package dev.linkd.mapped;

import static dev.linkd.mapped.MappedFile.FILE;
import static dev.linkd.mapped.MappedFile.NONE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.linkd.table.Layouts;
import dev.linkd.table.Work;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Containers whose children keep their order. */
class SequenceTest {
  private final Work work = new Work();
  private final MappedFile file = new MappedFile("a.out", 1 << 26, work);

  @AfterEach
  void close() {
    file.check();
    file.close();
  }

  private int container(Policy policy) throws WindowFullException {
    return file.add(FILE, policy, 0, 3, 0);
  }

  private int append(int container, int size) throws WindowFullException {
    int node = file.add(container, Policy.FIXED, size, 0, 0);
    stamp(node);
    return node;
  }

  private void stamp(int node) {
    file.image().asSlice(file.position(node), file.size(node)).fill((byte) (node + 1));
  }

  private void assertStamped(int node, long size) {
    for (long at = file.position(node); at < file.position(node) + size; at++) {
      assertThat(file.image().get(Layouts.BYTE, at)).isEqualTo((byte) (node + 1));
    }
  }

  private List<Long> offsets(int container) {
    List<Long> offsets = new ArrayList<>();
    for (int node = file.first(container); node != NONE; node = file.next(node)) {
      offsets.add(file.offset(node));
    }
    return offsets;
  }

  private List<Integer> moved() {
    List<Integer> moved = new ArrayList<>();
    for (int node = file.pollEvent(); node != NONE; node = file.pollEvent()) {
      if (file.moved(node)) {
        moved.add(node);
      }
    }
    return moved;
  }

  @Test
  void denseChildrenHaveNoGapsAfterAnyChange() throws Exception {
    int array = container(Policy.DENSE);
    int a = append(array, 8);
    int b = append(array, 8);
    int c = append(array, 8);
    assertThat(offsets(array)).containsExactly(0L, 8L, 16L);
    file.resize(a, 24);
    stamp(a);
    assertThat(offsets(array)).containsExactly(0L, 24L, 32L);
    file.remove(b);
    assertThat(offsets(array)).containsExactly(0L, 24L);
    assertStamped(c, 8);
    file.resize(a, 16);
    assertStamped(a, 16);
    assertStamped(c, 8);
    assertThat(file.extent(array)).isEqualTo(24);
    int first = file.addAfter(array, NONE, Policy.FIXED, 8, 0, 0);
    stamp(first);
    int middle = file.addAfter(array, a, Policy.FIXED, 8, 0, 0);
    stamp(middle);
    assertThat(offsets(array)).containsExactly(0L, 8L, 24L, 32L);
    assertThat(file.next(a)).isEqualTo(middle);
    for (int node : List.of(first, a, middle, c)) {
      assertStamped(node, file.size(node));
    }
  }

  @Test
  void whatADenseContainerGivesUpAtItsEndIsFilled() throws Exception {
    int array = container(Policy.DENSE);
    int a = append(array, 8);
    append(array, 8);
    file.remove(a);
    assertThat(file.image().get(Layouts.LONG, file.position(array) + 8)).isZero();
    assertThat(file.extent(array)).isEqualTo(8);
  }

  @Test
  void anOrderedChildGrowsIntoItsOwnSlackFirst() throws Exception {
    int frames = container(Policy.ORDERED);
    file.setSlack(frames, 50, 0);
    int a = append(frames, 40);
    append(frames, 40);
    append(frames, 40);
    assertThat(offsets(frames)).containsExactly(0L, 60L, 120L);
    moved();
    file.resize(a, 60);
    assertThat(offsets(frames)).containsExactly(0L, 60L, 120L);
    assertThat(moved()).isEmpty();
  }

  @Test
  void thenNeighboursCloseUpAndOnlyAsManyAsNeeded() throws Exception {
    int frames = container(Policy.ORDERED);
    file.setSlack(frames, 50, 0);
    List<Integer> nodes = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      nodes.add(append(frames, 40));
    }
    moved();
    file.resize(nodes.get(2), 64);
    assertThat(moved()).containsExactlyInAnyOrder(nodes.get(3), nodes.get(4));
    assertStamped(nodes.get(2), 40);
    for (int i = 3; i < 10; i++) {
      assertStamped(nodes.get(i), 40);
    }
    assertThat(file.offset(nodes.get(3))).as("new slack behind what grew").isEqualTo(120 + 96);
    assertThat(file.offset(nodes.get(5))).isEqualTo(300);
  }

  @Test
  void growthInFrontOfALongSequenceIsAmortised() throws Exception {
    int frames = container(Policy.ORDERED);
    file.setSlack(frames, 25, 16);
    int first = append(frames, 64);
    for (int i = 0; i < 2000; i++) {
      append(frames, 64);
    }
    work.clear();
    for (int size = 65; size < 6000; size++) {
      file.resize(first, size);
    }
    assertThat(work.rowsVisited()).isLessThan(6000L * 40);
  }

  @Test
  void removingAndAppendingForeverDoesNotGrowAnOrderedContainer() throws Exception {
    int debug = container(Policy.ORDERED);
    for (int i = 0; i < 100; i++) {
      append(debug, 1000);
    }
    for (int i = 0; i < 20_000; i++) {
      file.remove(file.first(debug));
      append(debug, 900 + i % 200);
    }
    assertThat(file.size(FILE)).isLessThan(100_000 * 5 / 2);
    for (int node = file.first(debug); node != NONE; node = file.next(node)) {
      assertStamped(node, file.size(node));
    }
  }

  @Test
  void aFullOrderedContainerIsPackedBeforeItsLimitIsReported() throws Exception {
    int debug = container(Policy.ORDERED);
    file.setLimit(debug, 1000);
    List<Integer> nodes = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      nodes.add(append(debug, 100));
    }
    for (int i = 0; i < 10; i += 2) {
      file.remove(nodes.get(i));
    }
    int large = append(debug, 500);
    assertThat(offsets(debug)).containsExactly(0L, 100L, 200L, 300L, 400L, 500L);
    for (int i = 1; i < 10; i += 2) {
      assertStamped(nodes.get(i), 100);
    }
    List<Long> before = offsets(debug);
    assertThatThrownBy(() -> append(debug, 1)).isInstanceOf(WindowFullException.class);
    assertThatThrownBy(() -> file.resize(nodes.get(1), 101))
        .isInstanceOf(WindowFullException.class);
    assertThat(offsets(debug)).isEqualTo(before);
    assertThat(file.last(debug)).isEqualTo(large);
  }

  @Test
  void fixedChildrenNeverMove() throws Exception {
    int headers = container(Policy.FIXED);
    int a = append(headers, 16);
    int b = append(headers, 16);
    assertThatThrownBy(() -> file.resize(a, 17)).isInstanceOf(WindowFullException.class);
    assertThatThrownBy(() -> file.addAfter(headers, a, Policy.FIXED, 1, 0, 0))
        .isInstanceOf(WindowFullException.class);
    file.resize(a, 8);
    int between = file.addAfter(headers, a, Policy.FIXED, 8, 3, 0);
    assertThat(offsets(headers)).containsExactly(0L, 8L, 16L);
    file.resize(b, 100);
    assertThatThrownBy(() -> file.realign(b, 5)).isInstanceOf(WindowFullException.class);
    assertThat(file.next(between)).isEqualTo(b);
    assertThat(moved()).isEmpty();
  }

  @Test
  void sectionsOfAnOrderedFileShiftWithoutTouchingTheirChildren() throws Exception {
    int module = container(Policy.ORDERED);
    int types = file.add(module, Policy.ORDERED, 0, 0, 0);
    int code = file.add(module, Policy.ORDERED, 0, 0, 0);
    int body = append(code, 50);
    for (int i = 0; i < 100; i++) {
      append(types, 10);
    }
    assertThat(file.offset(body)).isZero();
    assertThat(file.position(body)).isEqualTo(file.position(code));
    assertThat(file.offset(code)).isGreaterThanOrEqualTo(1000);
    assertStamped(body, 50);
  }
}

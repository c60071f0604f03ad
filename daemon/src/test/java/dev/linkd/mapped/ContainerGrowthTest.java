package dev.linkd.mapped;

import static dev.linkd.mapped.MappedFile.FILE;
import static dev.linkd.mapped.MappedFile.NONE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.linkd.table.Layouts;
import dev.linkd.table.TableFullException;
import dev.linkd.table.Work;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Sections that grow with their atoms, and the limits of that. */
class ContainerGrowthTest {
  private final Work work = new Work();
  private final MappedFile file = new MappedFile("a.out", 1 << 24, work);

  @AfterEach
  void close() {
    file.check();
    file.close();
  }

  private int section(long size) throws WindowFullException {
    return file.add(FILE, Policy.FLOATING, size, 4, 0);
  }

  private int atom(int section, long size) throws WindowFullException {
    return file.add(section, Policy.FIXED, size, 4, 0);
  }

  /** Everything that can be observed about the nodes and the bytes of the file. */
  private List<String> state() {
    List<String> state = new ArrayList<>();
    describe(FILE, state);
    long size = file.size(FILE);
    state.add(java.util.Arrays.toString(file.image().asSlice(0, size).toArray(Layouts.BYTE)));
    return state;
  }

  private void describe(int node, List<String> state) {
    state.add(node + ":" + file.offset(node) + "+" + file.size(node) + "^" + file.alignment(node));
    for (int child = file.first(node); child != NONE; child = file.next(child)) {
      describe(child, state);
    }
  }

  @Test
  void theLastSectionGrowsInPlace() throws Exception {
    int text = section(64);
    int a = atom(text, 64);
    atom(text, 64);
    assertThat(file.offset(text)).isZero();
    assertThat(file.size(text)).isGreaterThanOrEqualTo(128);
    assertThat(file.pollEvent()).isEqualTo(text);
    assertThat(file.moved(text)).isFalse();
    assertThat(file.resized(text)).isTrue();
    assertThat(file.offset(a)).isZero();
  }

  @Test
  void aSectionMovesWithItsAtomsButOnlyTheSectionIsReported() throws Exception {
    int text = section(64);
    int data = section(64);
    int a = atom(text, 32);
    int b = atom(text, 32);
    int other = atom(data, 8);
    file.image().set(Layouts.LONG, file.position(b), 77);
    atom(text, 16);
    assertThat(file.offset(text)).isGreaterThanOrEqualTo(128);
    assertThat(file.size(text)).isEqualTo(96);
    assertThat(file.offset(b)).isEqualTo(32);
    assertThat(file.position(b)).isEqualTo(file.offset(text) + 32);
    assertThat(file.image().get(Layouts.LONG, file.position(b))).isEqualTo(77);
    assertThat(file.pollEvent()).isEqualTo(text);
    assertThat(file.moved(text)).isTrue();
    assertThat(file.pollEvent()).isEqualTo(NONE);
    assertThat(file.moved(a)).isFalse();
    assertThat(file.position(other)).isEqualTo(64);
    assertThat(file.offset(section(64))).isZero();
  }

  @Test
  void movesOfAGrowingSectionAreLogarithmicallyMany() throws Exception {
    int text = section(0);
    int data = section(0);
    int moves = 0;
    for (int i = 0; i < 20_000; i++) {
      atom(i % 2 == 0 ? text : data, 16);
      for (int node = file.pollEvent(); node != NONE; node = file.pollEvent()) {
        moves += file.moved(node) ? 1 : 0;
      }
    }
    assertThat(moves).isLessThan(60);
    assertThat(work.bytesWritten).isLessThan(20_000 * 16 * 20);
  }

  @Test
  void theLimitOfASectionIsExact() throws Exception {
    int text = section(0);
    file.setLimit(text, 1000);
    for (int i = 0; i < 62; i++) {
      atom(text, 16);
    }
    atom(text, 8);
    assertThat(file.size(text)).isEqualTo(1000);
    List<String> before = state();
    assertThatThrownBy(() -> atom(text, 1))
        .isInstanceOfSatisfying(
            WindowFullException.class,
            e -> {
              assertThat(e.container()).isEqualTo(text);
              assertThat(e.limit()).isEqualTo(1000);
              assertThat(e.needed()).isEqualTo(1009);
            });
    int last = file.last(text);
    assertThatThrownBy(() -> file.resize(last, 9)).isInstanceOf(WindowFullException.class);
    assertThatThrownBy(() -> file.resize(file.first(text), 17))
        .isInstanceOf(WindowFullException.class);
    assertThatThrownBy(() -> file.resize(text, 1001)).isInstanceOf(WindowFullException.class);
    assertThatThrownBy(() -> file.realign(last, 9)).isInstanceOf(WindowFullException.class);
    assertThat(state()).isEqualTo(before);
  }

  @Test
  void aHoleIsUsedBeforeALimitIsReported() throws Exception {
    int text = section(0);
    file.setSlack(text, 100, 0);
    file.setLimit(text, 400);
    int a = atom(text, 96);
    atom(text, 96);
    file.remove(a);
    int large = atom(text, 150);
    assertThat(file.offset(large)).isZero();
  }

  @Test
  void theReservationOfTheFileIsALimitThatChangesNothing() throws Exception {
    int text = section(64);
    int data = section(64);
    int a = atom(text, 64);
    int b = atom(data, 64);
    List<String> before = state();
    assertThatThrownBy(() -> atom(text, 1 << 24)).isInstanceOf(WindowFullException.class);
    assertThatThrownBy(() -> file.resize(a, 1 << 24)).isInstanceOf(WindowFullException.class);
    assertThatThrownBy(() -> file.realign(b, 24)).isInstanceOf(WindowFullException.class);
    assertThatThrownBy(() -> section(1 << 24)).isInstanceOf(WindowFullException.class);
    assertThatThrownBy(() -> file.addUnfilled(text, 1 << 24, 4, 0))
        .isInstanceOf(WindowFullException.class);
    assertThat(state()).isEqualTo(before);
    assertThat(file.pollEvent()).isEqualTo(NONE);
    assertThat(file.nodeCount()).isEqualTo(5);
  }

  /** The kernel gives no memory, in nested containers that had to become larger. */
  @Test
  void withoutMemoryNothingChanges() throws Exception {
    int segment = section(0);
    int text = file.add(segment, Policy.FLOATING, 0, 4, 0);
    int table = file.add(segment, Policy.ORDERED, 0, 4, 0);
    int a = atom(text, 64);
    int b = file.addUnfilled(text, 64, 4, 0);
    int c = atom(table, 64);
    file.setLimit(FILE, 1L << 40); // more than can be had
    while (file.pollEvent() != NONE) {
      // only what fails is looked at
    }
    List<String> before = state();
    int nodes = file.nodeCount();
    long size = (1 << 24) + 64;
    for (ThrowingCallable edit :
        List.<ThrowingCallable>of(
            () -> file.addUnfilled(text, size, 4, 0),
            () -> atom(text, size),
            () -> atom(table, size),
            () -> file.addAfter(table, NONE, Policy.FIXED, size, 4, 0),
            () -> section(size),
            () -> file.resize(a, size),
            () -> file.resize(b, size),
            () -> file.resize(c, size),
            () -> file.resize(segment, size),
            () -> file.realign(b, 24))) {
      assertThatThrownBy(edit).isInstanceOf(TableFullException.class);
      assertThat(state()).isEqualTo(before);
      assertThat(file.nodeCount()).isEqualTo(nodes);
      assertThat(file.pollEvent()).isEqualTo(NONE);
      file.check();
    }
    atom(text, 200);
  }

  @Test
  void nestedContainersGrowTogether() throws Exception {
    int segment = section(0);
    int text = file.add(segment, Policy.FLOATING, 0, 4, 0);
    int rodata = file.add(segment, Policy.ORDERED, 0, 4, 0);
    int behind = section(16);
    for (int i = 0; i < 500; i++) {
      atom(i % 2 == 0 ? text : rodata, 16);
    }
    file.check();
    assertThat(file.size(segment)).isGreaterThanOrEqualTo(8000);
    assertThat(file.size(behind)).isEqualTo(16);
    assertThat(file.slack(FILE)).isEqualTo(file.size(FILE) - file.size(segment) - 16);
  }

  @Test
  void aContainerCanBeMadeAsSmallAsItsChildrenButNotSmaller() throws Exception {
    int text = section(1000);
    atom(text, 100);
    file.resize(text, 100);
    assertThat(file.size(FILE)).isEqualTo(100);
    assertThatThrownBy(() -> file.resize(text, 99)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void wrongArgumentsAreRefused() throws Exception {
    int text = section(64);
    int a = atom(text, 16);
    assertThatThrownBy(() -> atom(text, -1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> atom(text, Long.MAX_VALUE))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> atom(99, 1)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> file.add(text, Policy.FIXED, 1, 31, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> file.realign(a, -1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> file.resize(FILE, 10)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> file.remove(FILE)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> file.setFiller(text, GapFiller.TRAP))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> file.setSlack(a, -1, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> file.setLimit(text, 63)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> file.addAfter(text, a, Policy.FIXED, 1, 0, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> file.dirty(0, 65)).isInstanceOf(IllegalArgumentException.class);
    file.remove(a);
    assertThatThrownBy(() -> file.remove(a)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> file.resize(a, 1)).isInstanceOf(IllegalStateException.class);
  }
}

package dev.linkd.mapped;

import static dev.linkd.mapped.MappedFile.FILE;
import static dev.linkd.mapped.MappedFile.NONE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.linkd.table.Layouts;
import dev.linkd.table.Work;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Atoms of a section, which may be anywhere. */
class FloatingTest {
  private final MappedFile file = new MappedFile("a.out", 1 << 30, new Work());

  @AfterEach
  void close() {
    file.check();
    file.close();
  }

  private int section() throws WindowFullException {
    int section = file.add(FILE, Policy.FLOATING, 4096, 12, 0);
    file.setFiller(section, GapFiller.TRAP);
    return section;
  }

  private int atom(int section, long size) throws WindowFullException {
    return file.add(section, Policy.FIXED, size, 0, 0);
  }

  @Test
  void atomsAreAppendedAtTheirAlignment() throws Exception {
    int text = section();
    int a = file.add(text, Policy.FIXED, 10, 4, 1);
    int b = file.add(text, Policy.FIXED, 10, 4, 2);
    assertThat(file.offset(a)).isZero();
    assertThat(file.offset(b)).isEqualTo(16);
    assertThat(file.capacity(a)).isEqualTo(16);
    assertThat(file.capacity(b)).isEqualTo(4096 - 16);
    assertThat(file.extent(text)).isEqualTo(26);
    assertThat(file.slack(text)).isEqualTo(4096 - 20);
    assertThat(file.image().get(Layouts.BYTE, file.position(a) + 10)).isEqualTo((byte) 0xcc);
    assertThat(file.pollEvent()).isEqualTo(NONE);
  }

  @Test
  void theSmallestHoleThatFitsIsUsed() throws Exception {
    int text = section();
    int big = atom(text, 100);
    atom(text, 1);
    int small = atom(text, 40);
    atom(text, 1);
    long bigOffset = file.offset(big);
    long smallOffset = file.offset(small);
    file.remove(big);
    file.remove(small);
    assertThat(file.offset(atom(text, 38))).isEqualTo(smallOffset);
    assertThat(file.offset(atom(text, 38))).isEqualTo(bigOffset);
    assertThat(file.offset(atom(text, 62))).isEqualTo(bigOffset + 38);
  }

  @Test
  void holesOfRemovedNeighboursBecomeOne() throws Exception {
    int text = section();
    int first = atom(text, 20);
    int second = atom(text, 20);
    int third = atom(text, 20);
    int last = atom(text, 20);
    file.remove(first);
    file.remove(third);
    file.remove(second);
    int joined = atom(text, 60);
    assertThat(file.offset(joined)).isZero();
    assertThat(file.next(joined)).isEqualTo(last);
    assertThat(file.prev(last)).isEqualTo(joined);
  }

  @Test
  void anAtomThatOutgrowsItsPlaceMovesWithItsBytesAndIsReportedOnce() throws Exception {
    int text = section();
    int a = atom(text, 16);
    int b = atom(text, 16);
    long old = file.position(a);
    file.image().set(Layouts.LONG, old, 0x1122334455667788L);
    file.resize(a, 20);
    file.resize(a, 24);
    assertThat(file.offset(a)).isEqualTo(32);
    assertThat(file.image().get(Layouts.LONG, file.position(a))).isEqualTo(0x1122334455667788L);
    assertThat(file.image().get(Layouts.LONG, file.position(a) + 16)).isZero();
    assertThat(file.image().get(Layouts.LONG, old)).isEqualTo(0xccccccccccccccccL);
    assertThat(file.pollEvent()).isEqualTo(a);
    assertThat(file.moved(a)).isTrue();
    assertThat(file.resized(a)).isTrue();
    assertThat(file.pollEvent()).isEqualTo(NONE);
    assertThat(file.first(text)).isEqualTo(b);
    assertThat(file.last(text)).isEqualTo(a);
  }

  @Test
  void anAtomGrowsIntoTheGapBehindItWithoutMoving() throws Exception {
    int text = section();
    int a = atom(text, 16);
    int b = atom(text, 16);
    int c = atom(text, 16);
    file.remove(b);
    file.resize(a, 32);
    assertThat(file.offset(a)).isZero();
    assertThat(file.pollEvent()).isEqualTo(a);
    assertThat(file.moved(a)).isFalse();
    assertThat(file.resized(a)).isTrue();
    assertThat(file.offset(c)).isEqualTo(32);
  }

  @Test
  void aShrunkAtomLeavesAHoleFilledWithTraps() throws Exception {
    int text = section();
    int a = atom(text, 32);
    atom(text, 8);
    file.image().asSlice(file.position(a), 32).fill((byte) 1);
    file.resize(a, 8);
    assertThat(file.image().get(Layouts.LONG, file.position(a))).isEqualTo(0x0101010101010101L);
    assertThat(file.image().get(Layouts.LONG, file.position(a) + 8)).isEqualTo(0xccccccccccccccccL);
    assertThat(file.offset(atom(text, 24))).isEqualTo(8);
  }

  @Test
  void anAtomMovesIntoTheHoleInFrontOfItWhenThatIsBest() throws Exception {
    int text = section();
    int a = atom(text, 30);
    int b = atom(text, 10);
    atom(text, 1);
    file.image().asSlice(file.position(b), 10).fill((byte) 7);
    file.remove(a);
    file.resize(b, 40);
    assertThat(file.offset(b)).isZero();
    assertThat(file.image().get(Layouts.LONG, file.position(b))).isEqualTo(0x0707070707070707L);
    assertThat(file.image().get(Layouts.SHORT, file.position(b) + 8)).isEqualTo((short) 0x0707);
    assertThat(file.image().get(Layouts.LONG, file.position(b) + 10)).isZero();
  }

  @Test
  void realigningTheLastAtomKeepsTheListSound() throws Exception {
    int text = section();
    int a = atom(text, 10);
    int b = atom(text, 10);
    file.realign(b, 6);
    assertThat(file.offset(b)).isEqualTo(64);
    assertThat(file.prev(b)).isEqualTo(a);
    assertThat(file.next(b)).isEqualTo(NONE);
    file.realign(b, 0);
    assertThat(file.offset(b)).isEqualTo(64);
    assertThat(file.alignment(b)).isZero();
  }

  @Test
  void anAtomWithMoreAlignmentRealignsItsSection() throws Exception {
    atom(FILE, 100);
    int data = file.add(FILE, Policy.FLOATING, 64, 3, 0);
    int vector = file.add(data, Policy.FIXED, 32, 14, 0);
    assertThat(file.alignment(data)).isEqualTo(14);
    assertThat(file.position(vector) % (1 << 14)).isZero();
    int huge = file.add(data, Policy.FIXED, 32, 20, 0);
    assertThat(file.position(huge) % (1 << 20)).isZero();
  }

  @Test
  void slackIsLeftBehindAtomsAndNotGivenToOthers() throws Exception {
    int text = file.add(FILE, Policy.FLOATING, 4096, 4, 0);
    file.setSlack(text, 50, 8);
    int a = atom(text, 100);
    int b = atom(text, 4);
    int c = atom(text, 4);
    assertThat(file.offset(b)).isEqualTo(150);
    assertThat(file.offset(c)).isEqualTo(150 + 4 + 8);
    assertThat(file.offset(atom(text, 10))).isGreaterThan(file.offset(c));
    file.resize(a, 150);
    assertThat(file.offset(a)).isZero();
    file.resize(a, 20);
    assertThat(file.offset(atom(text, 60))).isEqualTo(30);
  }

  @Test
  void removingASectionFreesItsAtoms() throws Exception {
    int text = section();
    int after = file.add(FILE, Policy.FIXED, 10, 0, 0);
    int a = atom(text, 10);
    int inner = file.add(text, Policy.FLOATING, 0, 0, 0);
    int deep = atom(inner, 20);
    file.resize(deep, 30);
    int nodes = file.nodeCount();
    file.remove(text);
    assertThat(file.nodeCount()).isEqualTo(nodes - 4);
    assertThat(file.live(a) || file.live(inner) || file.live(deep)).isFalse();
    assertThat(file.pollEvent()).isEqualTo(NONE);
    assertThat(file.image().get(Layouts.LONG, 0)).isZero();
    assertThat(file.first(FILE)).isEqualTo(after);
    assertThat(file.offset(atom(FILE, 4096))).isZero();
  }

  @Test
  void aPinnedNodeGrowsInPlaceOrNotAtAll() throws Exception {
    int header = atom(FILE, 64);
    int next = atom(FILE, 64);
    file.pin(header);
    file.pin(next);
    assertThatThrownBy(() -> file.resize(header, 65)).isInstanceOf(WindowFullException.class);
    assertThat(file.size(header)).isEqualTo(64);
    file.remove(next);
    file.resize(header, 128);
    assertThat(file.offset(header)).isZero();
    assertThat(file.size(FILE)).isEqualTo(128);
  }

  @Test
  void theFileShrinksWhenItsEndIsRemoved() throws Exception {
    int a = atom(FILE, 100);
    int b = atom(FILE, 1_000_000);
    file.image().asSlice(file.position(b), 1_000_000).fill((byte) 9);
    file.dirty(100, 1_000_100);
    file.remove(b);
    assertThat(file.size(FILE)).isEqualTo(100);
    assertThat(file.dirty().to(file.dirty().count() - 1)).isLessThanOrEqualTo(100);
    int again = atom(FILE, 1_000_000);
    for (long at = 0; at < 1_000_000; at++) {
      if (file.image().get(Layouts.BYTE, file.position(again) + at) != 0) {
        throw new AssertionError("byte " + at);
      }
    }
    assertThat(file.offset(a)).isZero();
  }

  @Test
  void aRootWithoutContentCostsNoFileBytes() throws Exception {
    int root = file.addRoot(false);
    int bss = file.add(root, Policy.FLOATING, 0, 5, 0);
    int big = file.add(bss, Policy.FIXED, 1L << 40, 5, 0);
    int small = file.add(bss, Policy.FIXED, 8, 3, 0);
    assertThat(file.position(small)).isEqualTo(1L << 40);
    assertThat(file.hasContent(big)).isFalse();
    assertThat(file.size(FILE)).isZero();
    assertThat(file.dirty().isEmpty()).isTrue();
    file.remove(big);
    assertThat(file.offset(atom(bss, 100))).isZero();
    assertThatThrownBy(() -> file.addRoot(true)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aNodeOfWhichTheCallerWritesAllBytesIsNotFilled() throws Exception {
    int text = section();
    int other = file.add(FILE, Policy.ORDERED, 4096, 12, 0);
    int node = file.addUnfilled(text, 10, 0, 7);
    assertThat(file.owner(node)).isEqualTo(7);
    assertThat(file.image().get(Layouts.BYTE, file.position(node))).isEqualTo((byte) 0xcc);
    int filled = atom(text, 10);
    assertThat(file.image().get(Layouts.BYTE, file.position(filled))).isZero();
    assertThat(file.offset(filled)).isEqualTo(10);
    file.remove(node);
    int again = file.addUnfilled(text, 4, 0, 0);
    assertThat(file.offset(again)).isZero();
    assertThat(file.image().get(Layouts.BYTE, file.position(again) + 4)).isEqualTo((byte) 0xcc);
    assertThatThrownBy(() -> file.addUnfilled(other, 10, 0, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }
}

package dev.linkd.mapped;

import static dev.linkd.table.Layouts.BYTE;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What a caller knows about its nodes, kept in the simplest way, and compared with a {@link
 * MappedFile} completely: order, alignment, the bytes of every leaf, the filling of every gap, the
 * events, and the dirty ranges.
 */
final class NaiveModel {

  static final class Leaf {
    final int node;
    final int container;
    byte[] bytes;
    int alignment;

    Leaf(int node, int container, byte[] bytes, int alignment) {
      this.node = node;
      this.container = container;
      this.bytes = bytes;
      this.alignment = alignment;
    }
  }

  record Section(int node, Policy policy, GapFiller filler, boolean content) {}

  private record Placed(long offset, long size) {}

  final MappedFile file;
  final List<Section> sections = new ArrayList<>();
  final Map<Integer, Leaf> leaves = new LinkedHashMap<>();

  /** Children of each section; in order where the policy keeps one. */
  final Map<Integer, List<Integer>> order = new HashMap<>();

  private final Map<Integer, Placed> placed = new HashMap<>();
  private byte[] published = new byte[0];

  NaiveModel(MappedFile file) {
    this.file = file;
  }

  void addSection(int node, GapFiller filler) {
    sections.add(new Section(node, file.policy(node), filler, file.hasContent(node)));
    order.put(node, new ArrayList<>());
    remember(node);
  }

  /** Forgets a section with its leaves; it holds no other section. */
  void removeSection(Section section) {
    List.copyOf(order(section.node)).stream()
        .map(leaf -> Objects.requireNonNull(leaves.get(leaf)))
        .forEach(this::removeLeaf);
    sections.remove(section);
    order.remove(section.node);
    placed.remove(section.node);
  }

  List<Integer> order(int section) {
    return order.computeIfAbsent(section, s -> new ArrayList<>());
  }

  void addLeaf(int node, int container, int before, byte[] bytes, int alignment) {
    leaves.put(node, new Leaf(node, container, bytes, alignment));
    List<Integer> siblings = order(container);
    siblings.add(before == MappedFile.NONE ? 0 : siblings.indexOf(before) + 1, node);
    remember(node);
  }

  void removeLeaf(Leaf leaf) {
    leaves.remove(leaf.node);
    order(leaf.container).remove((Integer) leaf.node);
    placed.remove(leaf.node);
  }

  /** Writes the bytes of a leaf into the image, as a format does. */
  void write(Leaf leaf) {
    if (file.hasContent(leaf.node) && leaf.bytes.length > 0) {
      long at = file.position(leaf.node);
      MemorySegment.copy(MemorySegment.ofArray(leaf.bytes), 0, file.image(), at, leaf.bytes.length);
      file.dirty(at, at + leaf.bytes.length);
    }
  }

  /** Compares everything. */
  void verify(boolean gaps) {
    file.check();
    drainEvents();
    leaves.values().forEach(this::verifyLeaf);
    if (gaps) {
      sections.forEach(section -> verifyOrder(section.node));
      sections.stream().filter(Section::content).forEach(this::verifyGaps);
    }
    publish();
  }

  private void verifyLeaf(Leaf leaf) {
    long position = file.position(leaf.node);
    if (file.size(leaf.node) != leaf.bytes.length
        || file.alignment(leaf.node) != leaf.alignment
        || position % (1L << leaf.alignment) != 0
        || position + leaf.bytes.length > file.size(root(leaf.node))) {
      throw new AssertionError("leaf " + leaf.node + " at " + position);
    }
    if (file.hasContent(leaf.node)
        && MemorySegment.mismatch(
                file.image(),
                position,
                position + leaf.bytes.length,
                MemorySegment.ofArray(leaf.bytes),
                0,
                leaf.bytes.length)
            >= 0) {
      throw new AssertionError("bytes of leaf " + leaf.node);
    }
  }

  private int root(int node) {
    int root = node;
    while (file.parent(root) != MappedFile.NONE) {
      root = file.parent(root);
    }
    return root;
  }

  private void verifyOrder(int section) {
    List<Integer> actual = new ArrayList<>();
    for (int node = file.first(section); node != MappedFile.NONE; node = file.next(node)) {
      actual.add(node);
    }
    if (file.policy(section) == Policy.FLOATING) {
      assertThat(new HashSet<>(actual)).isEqualTo(new HashSet<>(order(section)));
    } else {
      assertThat(actual).isEqualTo(order(section));
    }
  }

  private void verifyGaps(Section section) {
    long base = file.position(section.node);
    int before = MappedFile.NONE;
    long from = 0;
    for (int node = file.first(section.node); ; node = file.next(node)) {
      boolean end = node == MappedFile.NONE;
      long to = end ? file.size(section.node) : file.offset(node);
      for (long at = from; at < to; at++) {
        byte expected =
            section.filler instanceof UniformFiller(byte value)
                ? value
                : RecordFiller.expected(file, before, from, to, at);
        if (file.image().get(BYTE, base + at) != expected) {
          throw new AssertionError(
              "gap " + from + ".." + to + " of section " + section.node + " at " + at);
        }
      }
      if (end) {
        return;
      }
      before = node;
      from = file.offset(node) + file.size(node);
    }
  }

  private void remember(int node) {
    placed.put(node, new Placed(file.offset(node), file.size(node)));
  }

  /** The nodes that were reported are exactly those that are not where, or as, they were. */
  private void drainEvents() {
    Set<Integer> polled = new HashSet<>();
    for (int node = file.pollEvent(); node != MappedFile.NONE; node = file.pollEvent()) {
      assertThat(polled.add(node)).as("node %d is polled once", node).isTrue();
      Placed old = placed.get(node);
      assertThat(old).as("node %d is known", node).isNotNull();
      assertThat(file.moved(node) || file.resized(node)).isTrue();
      remember(node);
    }
    placed.forEach(
        (node, old) -> {
          if (!old.equals(new Placed(file.offset(node), file.size(node)))) {
            throw new AssertionError("node " + node + " changed without an event");
          }
        });
  }

  /** Copies only the dirty ranges, and has the file. */
  private void publish() {
    int size = (int) file.size(MappedFile.FILE);
    byte[] next = Arrays.copyOf(published, size);
    DirtyRanges dirty = file.dirty();
    long end = -1;
    for (int i = 0; i < dirty.count(); i++) {
      assertThat(dirty.from(i)).isGreaterThan(end).isLessThan(dirty.to(i));
      end = dirty.to(i);
      MemorySegment.copy(
          file.image(),
          dirty.from(i),
          MemorySegment.ofArray(next),
          dirty.from(i),
          dirty.to(i) - dirty.from(i));
    }
    long mismatch =
        MemorySegment.mismatch(file.image(), 0, size, MemorySegment.ofArray(next), 0, size);
    assertThat(mismatch).as("first byte that changed without being dirty").isEqualTo(-1);
    dirty.clear();
    published = next;
  }
}

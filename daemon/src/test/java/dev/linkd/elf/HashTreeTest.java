package dev.linkd.elf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HashTreeTest {

  @Test
  void theRootOfOneLeafIsTheLeaf() {
    HashTree tree = tree(7);
    assertThat(root(tree)).containsExactly(7L, 70L);
  }

  @Test
  void everyLeafAndItsPlaceMatter() {
    List<Long> root = root(tree(1, 2, 3));
    assertThat(root(tree(1, 2, 4))).isNotEqualTo(root);
    assertThat(root(tree(1, 3, 2))).isNotEqualTo(root);
    assertThat(root(tree(1, 2))).isNotEqualTo(root);
    assertThat(root(tree(1, 2, 3, 3))).isNotEqualTo(root);
  }

  @Test
  void capacityDoesNotMatter() {
    HashTree large = new HashTree();
    large.ensure(1_000);
    fill(large, 1, 2, 3);
    assertThat(root(large)).isEqualTo(root(tree(1, 2, 3)));
    HashTree grown = tree(1, 2, 3);
    grown.ensure(5_000);
    assertThat(root(grown)).isEqualTo(root(large));
  }

  @Test
  void marksSurviveGrowth() {
    HashTree tree = tree(1, 2, 3);
    tree.mark(1);
    tree.ensure(300);
    assertThat(tree.marked()).isEqualTo(1);
    assertThat(tree.markedLeaf(0)).isEqualTo(1);
    tree.set(1, 9, 90);
    tree.update();
    assertThat(root(tree)).isEqualTo(root(tree(1, 9, 3)));
  }

  @Test
  void onlyThePathsOfMarkedLeavesAreComputed() {
    HashTree tree = new HashTree();
    tree.ensure(1 << 16);
    for (int leaf = 0; leaf < 1 << 16; leaf++) {
      tree.mark(leaf);
      tree.set(leaf, leaf + 1, 1);
    }
    assertThat(tree.update()).isEqualTo((1 << 16) - 1);
    assertThat(tree.update()).isZero();
    tree.mark(5);
    tree.mark(5);
    assertThat(tree.update()).isEqualTo(16);
    tree.mark(6);
    tree.mark(7);
    assertThat(tree.update()).as("a common path").isEqualTo(16);
  }

  @Test
  void tooManyLeavesAreRefused() {
    assertThatThrownBy(() -> new HashTree().ensure((1 << 28) + 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(longs = {101, 102, 103})
  void theRootIsThatOfAFreshTree(long seed) {
    Random random = new Random(seed);
    HashTree tree = new HashTree();
    long[] leaves = {};
    for (int step = 0; step < 300; step++) {
      long[] next = Arrays.copyOf(leaves, 1 + random.nextInt(step + 2));
      tree.ensure(next.length);
      for (int leaf = 0; leaf < Math.max(leaves.length, next.length); leaf++) {
        if (leaf >= next.length) {
          tree.mark(leaf);
          tree.set(leaf, 0, 0);
        } else if (leaf >= leaves.length || random.nextInt(5) == 0) {
          next[leaf] = 1L + random.nextInt(1_000);
          tree.mark(leaf);
          tree.set(leaf, next[leaf], next[leaf] * 10);
        }
      }
      tree.update();
      leaves = next;
      assertThat(root(tree)).as("seed %d step %d", seed, step).isEqualTo(root(tree(leaves)));
    }
  }

  private static HashTree tree(long... leaves) {
    HashTree tree = new HashTree();
    tree.ensure(leaves.length);
    fill(tree, leaves);
    return tree;
  }

  private static void fill(HashTree tree, long... leaves) {
    for (int leaf = 0; leaf < leaves.length; leaf++) {
      tree.mark(leaf);
      tree.set(leaf, leaves[leaf], leaves[leaf] * 10);
    }
    tree.update();
  }

  private static List<Long> root(HashTree tree) {
    return List.of(tree.root(0), tree.root(1));
  }
}

package dev.linkd.mapped;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.linkd.table.Work;
import java.util.function.ObjIntConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A check that cannot find a mistake proves nothing: each injected one is found. */
class CheckTest {
  private final Work work = new Work();
  private final MappedFile file = new MappedFile("a.out", 1 << 20, work);
  private final Image image = new Image("tree", 1 << 20, work);
  private final Tree tree = new Tree(file, "tree", 1000, image, work);
  private final Growth growth = new Growth(tree);
  private int root;
  private int section;
  private int first;
  private int second;
  private int third;

  @BeforeEach
  void build() throws WindowFullException {
    root = tree.nodes.add(Policy.FLOATING, 30, 0, 0);
    section = add(root, 400, 4);
    first = add(section, 32, 4);
    second = add(section, 30, 4);
    third = add(section, 32, 4);
    new Check(tree).run();
  }

  @AfterEach
  void close() {
    file.close();
    image.close();
    tree.nodes.close();
    tree.containers.close();
  }

  private int add(int parent, long size, int alignment) throws WindowFullException {
    int node = tree.nodes.add(Policy.FLOATING, alignment, 0, 0);
    growth.insert(parent, tree.nodes.last(parent), node, size, alignment, true);
    return node;
  }

  private void assertFound(ObjIntConsumer<Nodes> mistake, int node, String message) {
    mistake.accept(tree.nodes, node);
    assertThatThrownBy(() -> new Check(tree).run())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(message);
  }

  @Test
  void overlap() {
    assertFound((nodes, node) -> nodes.setOffset(node, 48), third, "no overlap");
  }

  @Test
  void misalignment() {
    assertFound((nodes, node) -> nodes.setOffset(node, 65), third, "alignment");
  }

  @Test
  void alignmentBeyondTheParent() {
    assertFound((nodes, node) -> nodes.setAlignment(node, 5), first, "alignment of the parent");
  }

  @Test
  void aChildOutsideItsParent() {
    assertFound((nodes, node) -> nodes.setOffset(node, 384), third, "no overlap");
  }

  @Test
  void aBrokenBackLink() {
    assertFound((nodes, node) -> nodes.setPrev(node, first), third, "previous sibling");
  }

  @Test
  void aWrongParent() {
    assertFound((nodes, node) -> nodes.setParent(node, first), second, "parent");
  }

  @Test
  void aWrongLastChild() {
    assertFound((nodes, node) -> nodes.setLast(node, second), section, "last child");
  }

  @Test
  void aHoleThatIsNotIndexed() {
    assertFound((nodes, node) -> nodes.setOffset(node, 80), third, "bin of the hole");
  }

  @Test
  void anIndexedHoleThatDoesNotExist() {
    assertFound((nodes, node) -> nodes.set(node, Nodes.HOLE), first, "hole");
  }

  @Test
  void aSizeThatIsNotAccountedFor() {
    assertFound((nodes, node) -> nodes.setSize(node, 31), third, "used bytes");
  }

  @Test
  void aFlaggedNodeThatIsNotQueued() {
    assertFound((nodes, node) -> nodes.set(node, Nodes.MOVED), third, "flagged nodes are queued");
  }

  @Test
  void aQueuedFlagWithoutAQueue() {
    assertFound((nodes, node) -> nodes.set(node, Nodes.QUEUED), third, "at most once");
  }

  @Test
  void aRowOutsideTheTree() {
    assertFound(
        (nodes, node) -> nodes.setParent(nodes.add(Policy.FIXED, 0, 0, 0), node),
        third,
        "below a root");
  }

  @Test
  void aSectionBeyondItsLimit() {
    tree.containers.setLimit(tree.container(section), 100);
    assertFound((nodes, node) -> {}, section, "limit");
  }

  @Test
  void contentWhereTheRootHasNone() {
    assertFound((nodes, node) -> nodes.set(node, Nodes.CONTENT), second, "content");
  }

  @Test
  void aRootLongerThanItsChildren() {
    assertFound((nodes, node) -> nodes.setSize(node, 401), root, "as long as its children");
  }
}

package dev.linkd.mapped;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.table.Seeds;
import dev.linkd.table.Work;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random edits of a file with every kind of section, compared with a naive model at each step. */
class MappedFileModelTest {
  private static final int STEPS = 60_000;
  private static final int LEAVES_MAX = 160;

  private int refusals;

  static LongStream seeds() {
    return Seeds.of(4);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void randomEditsAgreeWithTheModel(long seed) throws Exception {
    Random random = new Random(seed);
    try (MappedFile file = new MappedFile("a.out", 1L << 30, new Work())) {
      NaiveModel model = new NaiveModel(file);
      addSections(model, random);
      for (int step = 0; step < STEPS; step++) {
        try {
          edit(model, random, step);
          model.verify(step % 16 == 0);
        } catch (AssertionError | IllegalStateException e) {
          throw new AssertionError("seed " + seed + ", step " + step + ": " + e.getMessage(), e);
        }
      }
      assertThat(refusals).as("operations refused for a limit").isPositive();
    }
  }

  private static void addSections(NaiveModel model, Random random) throws Exception {
    MappedFile file = model.file;
    int bss = file.addRoot(false);
    for (GapFiller filler : List.of(GapFiller.TRAP, GapFiller.ZERO, new RecordFiller())) {
      for (Policy policy : Policy.values()) {
        if (policy == Policy.DENSE && filler.minGap() > 1) {
          continue; // padding can be smaller than a record
        }
        int node = file.add(MappedFile.FILE, policy, 0, random.nextInt(5), 0);
        file.setFiller(node, filler);
        if (random.nextBoolean()) {
          file.setSlack(node, random.nextInt(60), random.nextInt(20));
        }
        if (random.nextInt(3) == 0) {
          file.setLimit(node, 2000);
        }
        model.addSection(node, filler);
      }
    }
    int inner = file.add(model.sections.getFirst().node(), Policy.FLOATING, 0, 4, 0);
    model.order(model.sections.getFirst().node()).add(inner);
    model.addSection(inner, GapFiller.ZERO);
    int unbacked = file.add(bss, Policy.FLOATING, 0, 3, 0);
    model.addSection(unbacked, GapFiller.ZERO);
  }

  private void edit(NaiveModel model, Random random, int step) {
    // the population swings, so that containers fill, empty and fill again
    int target = step / 4000 % 2 == 0 ? LEAVES_MAX : LEAVES_MAX / 8;
    int choice = random.nextInt(100);
    try {
      if (step % 50 == 49) {
        editSection(model, random);
      } else if (model.leaves.isEmpty() || choice < 25 && model.leaves.size() < target) {
        add(model, random);
      } else if (choice < 65) {
        resize(model, random, pick(model, random));
      } else if (choice < 75) {
        realign(model, random, pick(model, random));
      } else if (choice < 80 || choice < 95 && model.leaves.size() > target) {
        NaiveModel.Leaf leaf = pick(model, random);
        model.file.remove(leaf.node);
        model.removeLeaf(leaf);
      } else if (choice < 84) {
        pull(model.file, pick(model, random).node);
      } else {
        NaiveModel.Leaf leaf = pick(model, random);
        random.nextBytes(leaf.bytes);
        model.write(leaf);
      }
    } catch (WindowFullException e) {
      refusals++;
    }
  }

  /** A node that moves, moves forward. */
  private static void pull(MappedFile file, int node) {
    long before = file.offset(node);
    boolean pulled = file.pull(node);
    assertThat(file.offset(node) < before).isEqualTo(pulled);
  }

  /**
   * Pulls, resizes, realigns, or replaces a whole section; the first one holds a nested section.
   */
  private static void editSection(NaiveModel model, Random random) throws WindowFullException {
    MappedFile file = model.file;
    int at = 1 + random.nextInt(model.sections.size() - 1);
    NaiveModel.Section section = model.sections.get(at);
    int minGap = section.filler().minGap();
    switch (random.nextInt(4)) {
      case 3 -> pull(file, section.node());
      case 0 ->
          file.resize(section.node(), file.extent(section.node()) + minGap + random.nextInt(300));
      case 1 -> file.realign(section.node(), random.nextInt(8));
      default -> {
        int parent = file.parent(section.node());
        if (file.parent(parent) == MappedFile.NONE) {
          file.remove(section.node());
          model.removeSection(section);
          model.verify(true);
          int node = file.add(parent, section.policy(), random.nextInt(2) * 500, 3, 0);
          file.setFiller(node, section.filler());
          model.addSection(node, section.filler());
        }
      }
    }
  }

  private static NaiveModel.Leaf pick(NaiveModel model, Random random) {
    return model.leaves.values().stream()
        .skip(random.nextInt(model.leaves.size()))
        .findFirst()
        .orElseThrow();
  }

  private static int size(Random random) {
    int size = random.nextInt(30) == 0 ? random.nextInt(1500) : random.nextInt(70);
    return size < RecordFiller.MIN_GAP ? 0 : size;
  }

  private static int alignment(Random random) {
    return random.nextInt(200) == 0 ? 12 : random.nextInt(5);
  }

  private static void add(NaiveModel model, Random random) throws WindowFullException {
    MappedFile file = model.file;
    NaiveModel.Section section = model.sections.get(random.nextInt(model.sections.size()));
    byte[] bytes = new byte[size(random)];
    int alignment = alignment(random);
    List<Integer> siblings = model.order(section.node());
    int before = siblings.isEmpty() ? MappedFile.NONE : siblings.getLast();
    int node;
    boolean filled = section.policy() != Policy.FLOATING || random.nextBoolean();
    if (!filled) {
      node = file.addUnfilled(section.node(), bytes.length, alignment, 7);
    } else if (section.policy() == Policy.FLOATING || random.nextInt(3) > 0) {
      node = file.add(section.node(), Policy.FIXED, bytes.length, alignment, 7);
    } else {
      int at = random.nextInt(siblings.size() + 1);
      before = at == 0 ? MappedFile.NONE : siblings.get(at - 1);
      node = file.addAfter(section.node(), before, Policy.FIXED, bytes.length, alignment, 7);
    }
    assertThat(file.owner(node)).isEqualTo(7);
    model.addLeaf(node, section.node(), before, bytes, alignment);
    if (filled) {
      model.verify(false); // the bytes of a new node are zero
    }
    NaiveModel.Leaf leaf = Objects.requireNonNull(model.leaves.get(node));
    random.nextBytes(leaf.bytes);
    model.write(leaf);
  }

  private static void resize(NaiveModel model, Random random, NaiveModel.Leaf leaf)
      throws WindowFullException {
    int size = size(random);
    model.file.resize(leaf.node, size);
    leaf.bytes = Arrays.copyOf(leaf.bytes, size);
  }

  private static void realign(NaiveModel model, Random random, NaiveModel.Leaf leaf)
      throws WindowFullException {
    int alignment = alignment(random);
    model.file.realign(leaf.node, alignment);
    leaf.alignment = alignment;
  }
}

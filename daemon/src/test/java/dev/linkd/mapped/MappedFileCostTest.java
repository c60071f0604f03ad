package dev.linkd.mapped;

import static dev.linkd.mapped.MappedFile.FILE;
import static dev.linkd.mapped.MappedFile.NONE;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.linkd.table.Work;
import java.lang.management.ManagementFactory;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The cost of an operation follows the operation, and the space follows what is live. */
class MappedFileCostTest {

  /** A section of atoms of 16 to 112 bytes with some slack. */
  private static int[] fill(MappedFile file, int section, int count) throws WindowFullException {
    int[] atoms = new int[count];
    for (int i = 0; i < count; i++) {
      atoms[i] = file.add(section, Policy.FIXED, 16 + i % 7 * 16, 4, i);
    }
    return atoms;
  }

  /** Rows visited and bytes written by the same edits in a section of any size. */
  private static long[] cost(int count) throws WindowFullException {
    Work work = new Work();
    try (MappedFile file = new MappedFile("a.out", 1L << 32, work)) {
      int header = file.add(FILE, Policy.FIXED, 4096, 12, 0);
      int text = file.add(FILE, Policy.FLOATING, 200L << 20, 12, 0);
      file.setSlack(text, 10, 0);
      int[] atoms = fill(file, text, count);
      work.clear();
      file.resize(atoms[count / 2], 64); // 16 + 16 * (count / 2 % 7)
      file.resize(atoms[count / 2 + 1], 300);
      file.realign(atoms[count / 2 + 2], 7);
      file.remove(atoms[count / 2 + 3]);
      file.remove(atoms[count / 2 + 4]);
      file.add(text, Policy.FIXED, 40, 4, 0);
      file.add(text, Policy.FIXED, 500, 4, 0);
      file.resize(header, 4000);
      file.remove(atoms[count - 1]);
      int events = 0;
      while (file.pollEvent() != NONE) {
        events++;
      }
      return new long[] {work.rowsVisited(), work.bytesWritten, events};
    }
  }

  @Test
  void workIsTheSameInASmallAndInALargeSection() throws Exception {
    // both sizes leave the same remainder modulo 112: the atoms edited have the same sizes, and
    // their offsets the same distance from the next multiple of 128
    long[] small = cost(994);
    long[] large = cost(1_000_034);
    assertThat(small[0]).isPositive();
    assertThat(large).isEqualTo(small);
  }

  @Test
  void theSteadyPathAllocatesNothingOnTheJavaHeap() throws Exception {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (MappedFile file = new MappedFile("a.out", 1L << 32, new Work())) {
      int text = file.add(FILE, Policy.FLOATING, 1 << 20, 12, 0);
      file.setFiller(text, GapFiller.TRAP);
      int frames = file.add(FILE, Policy.ORDERED, 1 << 20, 3, 0);
      int array = file.add(FILE, Policy.DENSE, 1 << 12, 3, 0);
      int[][] atoms = {
        fill(file, text, 2000), fill(file, frames, 200), fill(file, array, 20),
      };
      Random random = new Random(3);
      churn(file, atoms, random, 200_000);
      long least = Long.MAX_VALUE; // the compiler may still be at work in the first rounds
      for (int round = 0; round < 5; round++) {
        long before = threads.getCurrentThreadAllocatedBytes();
        churn(file, atoms, random, 100_000);
        least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
      }
      assertThat(least).as("bytes allocated by 100,000 operations").isLessThan(1000);
      file.check();
    }
  }

  private static void churn(MappedFile file, int[][] atoms, Random random, int operations)
      throws WindowFullException {
    for (int i = 0; i < operations; i++) {
      int[] section = atoms[i % 50 == 0 ? 2 : i % 10 == 0 ? 1 : 0];
      int at = random.nextInt(section.length);
      int size = random.nextInt(200);
      if (i % 3 == 0) {
        int parent = file.parent(section[at]);
        file.remove(section[at]);
        section[at] = file.add(parent, Policy.FIXED, size, 3, i);
      } else {
        file.resize(section[at], size);
      }
      if (i % 100 == 0) {
        while (file.pollEvent() != NONE) {
          file.dirty(0, 1);
        }
        if (file.dirty().count() > 0) {
          file.dirty().clear();
        }
      }
    }
  }

  @Test
  void aMillionRandomEditsLevelOff() throws Exception {
    Work work = new Work();
    Random random = new Random(11);
    try (MappedFile file = new MappedFile("a.out", 1L << 32, work)) {
      int text = file.add(FILE, Policy.FLOATING, 0, 12, 0);
      int data = file.add(FILE, Policy.FLOATING, 0, 12, 0);
      int[] atoms = new int[5000];
      int[] sizes = new int[atoms.length];
      long live = 0;
      long peak = 0;
      for (int i = 0; i < atoms.length; i++) {
        sizes[i] = size(random);
        atoms[i] = file.add(i % 3 == 0 ? data : text, Policy.FIXED, sizes[i], 4, i);
        live += sizes[i];
      }
      long committed = 0;
      long extent = 0;
      for (int i = 0; i < 1_000_000; i++) {
        int at = random.nextInt(atoms.length);
        int size = size(random);
        live += size - sizes[at];
        sizes[at] = size;
        if (i % 4 == 0) {
          int parent = file.parent(atoms[at]);
          file.remove(atoms[at]);
          atoms[at] = file.add(parent, Policy.FIXED, size, 4, at);
        } else {
          file.resize(atoms[at], size);
        }
        peak = Math.max(peak, live);
        if (i % 1000 == 0) {
          while (file.pollEvent() != NONE) {
            file.dirty().clear();
          }
        }
        if (i == 300_000) {
          committed = file.committed();
          extent = file.extent(text) + file.extent(data);
        }
      }
      file.check();
      assertThat(file.extent(text) + file.extent(data)).isLessThan(peak * 3 / 2);
      assertThat(file.extent(text) + file.extent(data)).isLessThan(extent * 105 / 100);
      assertThat(file.size(FILE)).isLessThan(peak * 5 / 2);
      assertThat(file.nodeCount()).isEqualTo(atoms.length + 3);
      assertThat(file.committed()).isEqualTo(committed);
      assertThat(work.bytesWritten).isLessThan(1_000_000L * 600);
    }
  }

  private static int size(Random random) {
    return random.nextInt(20) == 0 ? random.nextInt(3000) : 8 + random.nextInt(250);
  }

  /** Tables grow in steps, so a part of the last step is not in use yet. */
  @Test
  void aNodeIsSmall() {
    int count = 1_000_000;
    try (Nodes nodes = new Nodes("nodes", count)) {
      for (int i = 0; i < count; i++) {
        nodes.add(Policy.FIXED, 0, i, 0);
      }
      double each = (double) nodes.bytes() / count;
      System.out.printf("node: %.1f bytes for each of %,d%n", each, count);
      assertThat(each).isLessThanOrEqualTo(64 * 1.1);
    }
  }
}

package dev.linkd.elf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.output.FlushResult;
import dev.linkd.output.OutputKind;
import dev.linkd.publish.ByteRanges;
import dev.linkd.publish.ChangeRecord;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The one record of each publish says what became different, no more and no less. */
class ChangeRecordProgramTest {

  /** Kind, offset, address and file size in a line of readelf -lW. */
  private static final Pattern LOAD =
      Pattern.compile("  LOAD +0x(\\p{XDigit}+) 0x(\\p{XDigit}+) 0x\\p{XDigit}+ 0x(\\p{XDigit}+)");

  @TempDir Path directory;

  private Program program() throws Exception {
    Program program = new Program(directory, OutputKind.STATIC_EXECUTABLE);
    program.flags("-fno-asynchronous-unwind-tables", "-O2");
    program.c(
        "start.c",
        """
        int f(int); int g(int);
        void _start(void) {
          int r = f(1) + g(2);
          __asm__("syscall" : : "a"(60), "D"(r));
        }
        """);
    program.c("f.c", f("return x + 1;"));
    program.c("g.c", "int g(int x) { return x * 3; }\n");
    assertThat(program.linkAndRun()).isEqualTo("exit 8\n");
    return program;
  }

  private static String f(String body) {
    return "volatile int sink;\nint f(int x) { " + body + " }\n";
  }

  private static ChangeRecord newest(Program program) {
    return program.output.changes().find(program.output.generation()).orElseThrow();
  }

  @Test
  void theFirstPublishAddsEverything() throws Exception {
    try (Program program = program()) {
      ChangeRecord first = newest(program);
      assertThat(first.generation()).isEqualTo(1);
      assertThat(first.complete()).isTrue();
      assertThat(first.added()).doesNotHaveDuplicates();
      assertThat(first.addedCount()).isEqualTo((int) program.output.status().atoms());
      assertThat(first.changed()).isEmpty();
      assertThat(first.moved()).isEmpty();
      assertThat(first.removed()).isEmpty();
      assertThat(first.fileSize()).isEqualTo(Files.size(program.path));
    }
  }

  @Test
  void anEditInPlaceChangesOneAtomAndOnlyTheBytesOfTheRanges() throws Exception {
    try (Program program = program()) {
      byte[] before = Files.readAllBytes(program.path);
      program.c("f.c", f("return x + 2;"));
      assertThat(program.linkAndRun()).isEqualTo("exit 9\n");
      ChangeRecord record = newest(program);
      assertThat(record.changed()).hasSize(1);
      assertThat(record.addedCount() + record.movedCount() + record.removedCount()).isZero();
      assertCovers(program, record, before);
      ByteRanges file = new ByteRanges();
      record.addFileRangesTo(file);
      assertThat(file.bytes()).isLessThan(200);
    }
  }

  @Test
  void aFunctionThatGrowsIsChangedAndMoved() throws Exception {
    try (Program program = program()) {
      byte[] before = Files.readAllBytes(program.path);
      program.c("f.c", f("sink = 1; ".repeat(60) + "return x + 3;"));
      FlushResult result = program.link();
      assertThat(program.run()).isEqualTo("exit 10\n");
      ChangeRecord record = newest(program);
      assertThat(record.changed()).hasSize(1);
      assertThat(record.moved()).isEqualTo(record.changed());
      assertThat(result.statistics().atomsChanged()).isEqualTo(1);
      assertThat(result.statistics().atomsMoved()).isEqualTo(1);
      assertCovers(program, record, before);
    }
  }

  @Test
  void inputsThatComeAndGoAddAndRemoveTheirAtoms() throws Exception {
    try (Program program = program()) {
      program.c("more.c", "int more(void) { return 1; }\nint data = 4;\n");
      program.link();
      int[] added = newest(program).added();
      assertThat(added.length).isGreaterThanOrEqualTo(2);
      byte[] before = Files.readAllBytes(program.path);
      program.remove("more.o");
      program.link();
      ChangeRecord record = newest(program);
      assertThat(record.removed()).containsExactlyInAnyOrder(added);
      assertThat(record.addedCount() + record.changedCount()).isZero();
      assertCovers(program, record, before);
    }
  }

  @Test
  void whatCameAndWentBetweenTwoPublishesIsNotMentioned() throws Exception {
    try (Program program = program()) {
      program.c("more.c", "int more(void) { return 1; }\n");
      program.remove("more.o");
      program.c("f.c", f("return x + 4;"));
      program.c("f.c", f("return x + 5;"));
      program.link();
      ChangeRecord record = newest(program);
      assertThat(record.changed()).hasSize(1);
      assertThat(record.addedCount() + record.movedCount() + record.removedCount()).isZero();
    }
  }

  @Test
  void aRowThatIsUsedAgainIsRemovedAndAdded() throws Exception {
    try (Program program = program()) {
      int[] same = addAndRemember(program, "one");
      program.remove("one.o");
      program.c("two.c", "int two(void) { return 2; }\n");
      program.link();
      ChangeRecord record = newest(program);
      assertThat(record.removed()).containsExactlyInAnyOrder(same);
      assertThat(record.added()).containsAnyOf(box(same));
    }
  }

  private static int[] addAndRemember(Program program, String name) throws Exception {
    program.c(name + ".c", "int " + name + "(void) { return 1; }\n");
    program.link();
    return newest(program).added();
  }

  private static Integer[] box(int[] rows) {
    return Arrays.stream(rows).boxed().toArray(Integer[]::new);
  }

  @Test
  void aFailedFlushIsPartOfTheRecordThatRepairsIt() throws Exception {
    try (Program program = program()) {
      byte[] before = Files.readAllBytes(program.path);
      program.c("f.c", f("extern int missing(void); return missing();"));
      assertThat(program.output.flush().published()).isFalse();
      assertThat(program.output.changes().newest()).isEqualTo(1);
      program.c("missing.c", "int missing(void) { return 30; }\n");
      FlushResult result = program.link();
      assertThat(program.run()).isEqualTo("exit 36\n");
      ChangeRecord record = newest(program);
      assertThat(record.changed()).hasSize(1);
      assertThat(record.addedCount()).isPositive();
      assertThat(result.statistics().atomsChanged()).isEqualTo(1);
      assertCovers(program, record, before);
    }
  }

  @Test
  void aPublishThatFailsLosesNothingOfTheNextRecord() throws Exception {
    try (Program program = program()) {
      byte[] before = Files.readAllBytes(program.path);
      Path away = directory.resolve("away");
      Files.move(program.path, away);
      Files.createDirectory(program.path);
      program.c("f.c", f("return x + 6;"));
      assertThat(program.output.flush().published()).isFalse();
      Files.delete(program.path);
      Files.move(away, program.path);
      program.c("g.c", "int g(int x) { return x * 5; }\n");
      program.link();
      assertThat(program.run()).isEqualTo("exit 17\n");
      assertThat(newest(program).changed()).hasSize(2).doesNotHaveDuplicates();
      assertCovers(program, newest(program), before);
    }
  }

  @Test
  void anOutputThatWasLinkedAgainTellsItsFollowersToLookAtEverything() throws Exception {
    try (Program program = program()) {
      program.output.releaseImage(false);
      Program.command(directory, "strip", program.path.toString());
      program.c("f.c", f("return x + 7;"));
      assertThat(program.linkAndRun()).isEqualTo("exit 14\n");
      assertThat(newest(program).complete()).isFalse();
      program.c("f.c", f("return x + 8;"));
      program.link();
      assertThat(newest(program).complete()).isTrue();
      assertThat(newest(program).changed()).hasSize(1);
    }
  }

  @Test
  void theRecordsLeadFromEveryGenerationThatIsHeldToTheNewest() throws Exception {
    try (Program program = program()) {
      byte[] first = Files.readAllBytes(program.path);
      for (int i = 2; i < 9; i++) {
        program.c("f.c", f("sink = 2; ".repeat(i * 3) + "return x + " + i + ";"));
        program.link();
      }
      List<ChangeRecord> records = program.output.changes().since(1).orElseThrow();
      assertThat(records).hasSize(7);
      ByteRanges all = new ByteRanges();
      records.forEach(record -> record.addFileRangesTo(all));
      byte[] last = Files.readAllBytes(program.path);
      byte[] copy = Arrays.copyOf(first, last.length);
      for (int i = 0; i < all.count(); i++) {
        int from = (int) all.from(i);
        System.arraycopy(last, from, copy, from, (int) all.to(i) - from);
      }
      assertThat(copy).isEqualTo(last);
    }
  }

  /** Every byte that differs is in the file ranges and, when it is loaded, in the addresses. */
  private static void assertCovers(Program program, ChangeRecord record, byte[] before)
      throws Exception {
    ByteRanges file = new ByteRanges();
    ByteRanges addresses = new ByteRanges();
    record.addFileRangesTo(file);
    record.addAddressRangesTo(addresses);
    byte[] now = Files.readAllBytes(program.path);
    List<Matcher> loads =
        program.readelf("-l").lines().map(LOAD::matcher).filter(Matcher::find).toList();
    assertThat(loads).isNotEmpty();
    for (int i = 0; i < now.length; i++) {
      if (i < before.length && before[i] == now[i]) {
        continue;
      }
      assertThat(contains(file, i)).as("offset %x", i).isTrue();
      for (Matcher load : loads) {
        long in = i - Long.parseLong(load.group(1), 16);
        if (in >= 0 && in < Long.parseLong(load.group(3), 16)) {
          long address = Long.parseLong(load.group(2), 16) + in;
          assertThat(contains(addresses, address)).as("address %x", address).isTrue();
        }
      }
    }
  }

  private static boolean contains(ByteRanges ranges, long position) {
    int i = ranges.firstReaching(position + 1);
    return i < ranges.count() && ranges.from(i) <= position;
  }
}

package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Which definition of a name counts when objects define it tentatively and an archive has it too,
 * for all orders of the command line: what GNU ld and lld agree on.
 */
class CommonArchiveLinkTest {
  private static final String START =
      "\nvoid _start(void) { __asm__ volatile (\"mov %0, %%edi; mov $60, %%eax; syscall\" :: \"r\"(x)); }\n";

  /** M is the object with the start, A the archive, O the other object. */
  private static final List<String> ORDERS =
      List.of("M A O", "A M O", "M O A", "O A M", "A O M", "M W O", "M ( A O )", "W O M");

  @TempDir Path directory;
  private Workshop shop;

  @BeforeEach
  void open() {
    shop = new Workshop(directory);
  }

  @AfterEach
  void close() {
    shop.close();
  }

  private void object(String name, String text) throws Exception {
    shop.compile(name + ".c", text, "-fcommon", "-fno-pic", "-fno-asynchronous-unwind-tables");
  }

  private static List<String> words(String order) {
    List<String> words = new ArrayList<>(List.of("-o", "p"));
    for (String part : order.split(" ")) {
      switch (part) {
        case "M" -> words.add("m.o");
        case "O" -> words.add("o.o");
        case "A" -> words.add("a.a");
        case "W" -> words.addAll(List.of("--whole-archive", "a.a", "--no-whole-archive"));
        case "(" -> words.add("--start-group");
        default -> words.add("--end-group");
      }
    }
    return words;
  }

  /** Exit status of the program that another linker makes, or what is wrong. */
  private String by(String linker, List<String> words) throws Exception {
    List<String> command = new ArrayList<>(words);
    command.addFirst(linker);
    command.set(2, "other");
    Process process =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("log").toFile())
            .start();
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    return process.exitValue() == 0 ? shop.run("other") : "fault";
  }

  private String byUs(List<String> words) throws Exception {
    if (shop.ld(words).status() != 0) {
      return "fault";
    }
    assertThat(shop.pool.output(shop.path("p")).verify()).as("%s", words).isEmpty();
    return shop.run("p");
  }

  private static boolean tentative(String text) {
    return !text.contains("=");
  }

  @Test
  void othersAgreeWithUsInEachOrderAndAfterEachEdit() throws Exception {
    List<String> mains = List.of("extern int x;", "int x;");
    List<String> others =
        List.of("int x;", "int x = 5;", "int x __attribute__((weak)) = 6;", "int other;");
    List<String> members = List.of("int x = 3;", "int x; int m = 7;");
    List<String> differences = new ArrayList<>();
    int compared = 0;
    for (String member : members) {
      object("member", member);
      shop.tool("rm", "-f", "a.a");
      shop.tool("ar", "rcs", "a.a", "member.o");
      for (String order : ORDERS) {
        for (String main : mains) {
          object("m", main + START);
          // The output of the same words is patched from one object to the next.
          for (String other : others) {
            object("o", other);
            if (!tentative(other) && order.contains("A O")) {
              continue; // a full definition in an input counts wherever the archive is
            }
            List<String> words = words(order);
            String expected = by("ld.bfd", words);
            if (expected.equals(by("ld.lld", words))) {
              compared++;
              String found = byUs(words);
              if (!found.equals(expected)) {
                differences.add(
                    order + ": " + member + main + other + ": " + found + ", not " + expected);
              }
            }
          }
        }
      }
    }
    assertThat(differences).isEmpty();
    assertThat(compared).isGreaterThan(60);
  }
}

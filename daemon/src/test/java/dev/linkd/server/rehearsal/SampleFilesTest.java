package dev.linkd.server.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Other tools read the samples as what they stand for. */
class SampleFilesTest {
  private static final int FUNCTIONS = 6;

  @TempDir Path folder;

  private String run(String... command) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().putAll(Map.of("LC_ALL", "C"));
    Process process = builder.redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as("%s: %s", List.of(command), text).isZero();
    return text;
  }

  private void write(String name, byte[] content) throws Exception {
    Files.write(folder.resolve(name), content);
  }

  private static byte[] object(String name, String callee) {
    return SampleObject.of(name, FUNCTIONS, List.of(callee), 0, 0);
  }

  @Test
  void gnuLdLinksAProgramOfThem() throws Exception {
    write("start.o", SampleStart.of("a_function_0"));
    write("a.o", object("a", "b_function_0"));
    write("b.o", object("b", "member_function_0"));
    write("end.o", SampleStart.end());
    byte[] member = SampleObject.of("member", 1, List.of("member_function_0"), 0, 0);
    byte[] unused = SampleObject.of("unused", 1, List.of("missing"), 0, 0);
    write(
        "libsample.a",
        SampleArchive.of(
            List.of(
                new SampleArchive.Member("member.o", "member_function_0", member),
                new SampleArchive.Member("unused.o", "unused_function_0", unused))));
    List<String> words = new ArrayList<>(List.of("ld", "--eh-frame-hdr", "-pie", "-e"));
    words.addAll(List.of("sample_start", "-o", "program", "start.o", "a.o", "b.o"));
    words.addAll(List.of("libsample.a", "end.o"));
    assertThat(run(words.toArray(String[]::new))).isEmpty();
    String symbols = run("nm", "program");
    assertThat(symbols)
        .contains("member_function_0", " W shared_", " R sample_constant")
        .doesNotContain("unused_function_0");
  }

  @Test
  void readelfFindsNothingWrongWithAnObject() throws Exception {
    write("a.o", object("a", "b_function_0"));
    write("start.o", SampleStart.of("a_function_0"));
    for (String file : List.of("a.o", "start.o")) {
      assertThat(run("readelf", "-aW", "--debug-dump", file))
          .doesNotContainIgnoringCase("warning")
          .doesNotContainIgnoringCase("corrupt");
    }
    assertThat(run("readelf", "-gW", "a.o")).contains("COMDAT group section", "[shared_");
    assertThat(run("readelf", "-nW", "a.o")).contains("IBT, SHSTK");
    assertThat(run("readelf", "-sW", "a.o")).contains("FILE    LOCAL  DEFAULT  ABS a.c");
  }

  @Test
  void arListsTheMembersAndTheIndexOfALibrary() throws Exception {
    byte[] odd = {1, 2, 3};
    write(
        "libodd.a",
        SampleArchive.of(
            List.of(
                new SampleArchive.Member("first", "one", odd),
                new SampleArchive.Member("second", "two", odd))));
    assertThat(run("ar", "t", "libodd.a").lines()).containsExactly("first", "second");
    assertThat(run("nm", "-s", "libodd.a")).contains("one in first", "two in second");
  }
}

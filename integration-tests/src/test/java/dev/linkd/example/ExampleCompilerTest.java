package dev.linkd.example;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.client.DaemonProgram;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What docs/api.md shows is what works. */
@Timeout(60)
class ExampleCompilerTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Path DOCUMENT = ROOT.resolve("docs/api.md");

  @TempDir Path directory;

  @Test
  void itLinksRunsPatchesAndRuns() throws Exception {
    PrintStream before = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    try (DaemonProgram daemon = DaemonProgram.real(directory)) {
      System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
      ExampleCompiler.main(
          new String[] {daemon.socket().toString(), directory.resolve("program").toString()});
    } finally {
      System.setOut(before);
    }
    assertThat(printed.toString(StandardCharsets.UTF_8).lines())
        .containsExactly(
            "published generation 1", "exit status 41", "published generation 2", "exit status 42");
  }

  @Test
  void theDocumentShowsTheWholeExample() throws Exception {
    String source =
        Files.readString(
            ROOT.resolve("integration-tests/src/test/java/dev/linkd/example/ExampleCompiler.java"));
    assertThat(Files.readString(DOCUMENT)).contains("```java\n" + source + "```\n");
  }

  /** Reasons and codes that clients may rely on are those of the sources. */
  @Test
  void theDocumentListsEveryReasonAndEveryCode() throws Exception {
    assertListed("daemon/src/main/java/dev/linkd/session/Reason.java");
    assertListed("daemon/src/main/java/dev/linkd/diag/Code.java");
  }

  private static void assertListed(String source) throws Exception {
    Set<String> names = new TreeSet<>();
    Matcher constant =
        Pattern.compile("^  ([A-Z][A-Z_]+)(?:\\(|,|$)", Pattern.MULTILINE)
            .matcher(Files.readString(ROOT.resolve(source)));
    while (constant.find()) {
      names.add(constant.group(1));
    }
    String document = Files.readString(DOCUMENT);
    assertThat(names).as(source).hasSizeGreaterThan(5);
    assertThat(names).allSatisfy(name -> assertThat(document).contains("| `" + name + "` |"));
  }

  /** Every RPC of the proto files has a row. */
  @Test
  void theDocumentListsEveryCall() throws Exception {
    String document = Files.readString(DOCUMENT);
    for (String file : new String[] {"link_service.proto", "admin_service.proto"}) {
      Matcher rpc =
          Pattern.compile("^  rpc (\\w+)\\(", Pattern.MULTILINE)
              .matcher(Files.readString(ROOT.resolve("proto/src/main/protobuf/linkd/v1/" + file)));
      int calls = 0;
      while (rpc.find()) {
        assertThat(document).contains("| `" + rpc.group(1) + "` |");
        calls++;
      }
      assertThat(calls).as(file).isPositive();
    }
  }
}

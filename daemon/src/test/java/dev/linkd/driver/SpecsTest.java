package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.linkd.output.BuildIdStyle;
import dev.linkd.output.FileMode;
import dev.linkd.output.LinkDriver.Invocation;
import dev.linkd.output.OutputKind;
import dev.linkd.output.OutputSpec;
import dev.linkd.store.FileAnswers;
import dev.linkd.store.InputStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an output is to be, for a command line. */
class SpecsTest {
  @TempDir Path directory;
  private Map<String, String> environment = Map.of();

  private OutputSpec spec(String line) throws UsageException {
    List<String> words = ResponseFiles.split(line);
    Plan plan =
        CommandLine.parse(
            words,
            fault -> {
              throw new AssertionError(fault);
            });
    FileAnswers files = new FileAnswers(new InputStore(1 << 26));
    SearchPath search = new SearchPath(files, directory, plan);
    Messages messages = new Messages(new Heard());
    try (InputList inputs = new InputList(files, directory, search, messages)) {
      plan.words.forEach(inputs::add);
      assertThat(messages.failed()).isFalse();
      return Specs.of(
          plan, inputs, new Invocation("ld", List.of(), directory, environment, 0027), search);
    }
  }

  @Test
  void theKindFollowsFromOptionsAndInputs() throws Exception {
    assertThat(spec("-shared").kind()).isEqualTo(OutputKind.SHARED_LIBRARY);
    assertThat(spec("-pie").kind()).isEqualTo(OutputKind.PIE);
    assertThat(spec("").kind()).isEqualTo(OutputKind.STATIC_EXECUTABLE);
    assertThat(spec("-static").kind()).isEqualTo(OutputKind.STATIC_EXECUTABLE);
    assertThat(spec("-lc").kind()).isEqualTo(OutputKind.DYNAMIC_EXECUTABLE);
    assertThat(spec("--as-needed -lc").kind()).isEqualTo(OutputKind.DYNAMIC_EXECUTABLE);
    assertThat(spec("-E").kind()).isEqualTo(OutputKind.DYNAMIC_EXECUTABLE);
    assertThatThrownBy(() -> spec("-shared -pie")).hasMessageContaining("may not be used together");
  }

  @Test
  void theEntryIsTheUsualOneUnlessNamed() throws Exception {
    assertThat(spec("-pie").entry()).isEqualTo("_start");
    assertThat(spec("-shared").entry()).isEmpty();
    assertThat(spec("-shared -e init").entry()).isEqualTo("init");
    Files.writeString(directory.resolve("script"), "ENTRY(go)");
    assertThat(spec("-pie script").entry()).isEqualTo("go");
    assertThat(spec("-pie script -e stop").entry()).isEqualTo("stop");
  }

  @Test
  void theDynamicLinkerIsRecorded() throws Exception {
    assertThat(spec("-pie").interpreter()).isEqualTo("/lib64/ld-linux-x86-64.so.2");
    assertThat(spec("-pie -dynamic-linker /lib/mine").interpreter()).isEqualTo("/lib/mine");
    assertThat(spec("-pie -I/lib/mine").interpreter()).isEqualTo("/lib/mine");
    assertThat(spec("-lc --no-dynamic-linker").interpreter()).isEmpty();
    assertThat(spec("-shared -dynamic-linker /lib/mine").interpreter()).isEmpty();
  }

  @Test
  void importsAreBoundNow() throws Exception {
    assertThat(spec("-pie").dynamic().bindNow()).isFalse();
    assertThat(spec("-pie -z now").dynamic().bindNow()).isTrue();
  }

  @Test
  void laterOptionsUndoEarlierOnes() throws Exception {
    assertThat(spec("-pie -z now -z lazy").dynamic().bindNow()).isFalse();
    assertThat(spec("-pie -E --no-export-dynamic").dynamic().exportDynamic()).isFalse();
    assertThat(spec("-pie --build-id --build-id=none").content().buildId().present()).isFalse();
  }

  @Test
  void aBuildIdIsAskedFor() throws Exception {
    assertThat(buildId("")).isEqualTo(BuildIdStyle.NONE);
    assertThat(buildId("--build-id")).isEqualTo(BuildIdStyle.USUAL);
    assertThat(buildId("--build-id=sha1")).isEqualTo(BuildIdStyle.USUAL);
    assertThat(buildId("--build-id=md5")).isEqualTo(BuildIdStyle.SHORT);
    assertThat(buildId("--build-id=uuid")).isEqualTo(BuildIdStyle.UUID);
    assertThat(buildId("--build-id=sha256")).isEqualTo(BuildIdStyle.LONG);
    assertThat(buildId("--build-id=0x12-34:aB")).isEqualTo(BuildIdStyle.of("1234ab"));
    assertThat(buildId("--build-id --no-build-id")).isEqualTo(BuildIdStyle.NONE);
    assertThatThrownBy(() -> buildId("--build-id=0x123")).hasMessageContaining("0x123");
    assertThatThrownBy(() -> buildId("--build-id=0x")).hasMessageContaining("0x");
    assertThatThrownBy(() -> buildId("--build-id=crc")).hasMessageContaining("crc");
  }

  private BuildIdStyle buildId(String options) throws UsageException {
    return spec("-pie " + options).content().buildId();
  }

  @Test
  void undefinedSymbolsAreAllowed() throws Exception {
    assertThat(spec("-pie").symbols().allowUndefined()).isFalse();
    assertThat(spec("-pie -z undefs").symbols().allowUndefined()).isTrue();
    assertThat(spec("-shared").symbols().allowUndefined()).isTrue();
    assertThat(spec("-shared -z defs").symbols().allowUndefined()).isFalse();
    assertThat(spec("-shared -z defs -z nodefs").symbols().allowUndefined()).isTrue();
  }

  @Test
  void runPathsComeFromTheCommandLineOrTheEnvironment() throws Exception {
    environment = Map.of("LD_RUN_PATH", "/from/environment");
    assertThat(spec("-pie").dynamic().runPaths()).containsExactly("/from/environment");
    assertThat(spec("-pie -rpath /a -rpath=/b --rpath /a").dynamic().runPaths())
        .containsExactly("/a", "/b");
    assertThat(spec("-static").dynamic().runPaths()).isEmpty();
  }

  @Test
  void theFileModeFollowsTheMask() throws Exception {
    assertThat(spec("-pie").mode()).isEqualTo(FileMode.ofLinker(0750));
  }

  @Test
  void theOutputHasOnePathWhateverItsSpelling() throws Exception {
    Files.createDirectory(directory.resolve("real"));
    Files.createSymbolicLink(directory.resolve("alias"), Path.of("real"));

    assertThat(spec("-pie -o alias/../alias/p").path()).isEqualTo(spec("-pie -o real/p").path());
    assertThatThrownBy(() -> spec("-pie -o real"))
        .hasMessage("cannot open output file real: Is a directory");
  }

  @Test
  void requiredNamesAreListedOnce() throws Exception {
    assertThat(spec("-pie -u a -u b --undefined=a").symbols().required()).containsExactly("a", "b");
  }

  @Test
  void aPathWithNulIsAFault() {
    assertThatThrownBy(() -> spec("-pie -o 'a\0b'")).isInstanceOf(UsageException.class);
  }
}

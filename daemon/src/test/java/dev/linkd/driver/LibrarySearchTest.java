package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.linkd.diag.LinkException;
import dev.linkd.store.FileAnswers;
import dev.linkd.store.InputStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where libraries are found. */
class LibrarySearchTest {
  private static final InputFlags USUAL = InputFlags.DEFAULT;

  @TempDir Path directory;
  private final Plan plan = new Plan();

  @BeforeEach
  void files() throws IOException {
    file("one/libx.a");
    file("two/libx.so");
    file("two/libx.a");
    file("two/odd-name");
    plan.defaultDirectories = false;
  }

  private void file(String name) throws IOException {
    Path path = directory.resolve(name);
    Files.createDirectories(path.getParent());
    Files.writeString(path, name);
  }

  private final FileAnswers files = new FileAnswers(new InputStore(1 << 26));

  private static void fail(String fault) {
    throw new AssertionError(fault);
  }

  private String find(Word word) throws Exception {
    return directory.relativize(new SearchPath(files, directory, plan).library(word)).toString();
  }

  @Test
  void directoriesAreSearchedInTheirOrder() throws Exception {
    plan.directories.add("one");
    plan.directories.add(directory.resolve("two").toString());

    assertThat(find(USUAL.library("x"))).isEqualTo("one/libx.a");
  }

  @Test
  void aSharedLibraryComesBeforeAnArchive() throws Exception {
    plan.directories.add("two");

    assertThat(find(USUAL.library("x"))).isEqualTo("two/libx.so");
  }

  @Test
  void onlyArchivesAreFoundAfterBstatic() throws Exception {
    plan.directories.add("two");

    assertThat(find(USUAL.withArchivesOnly(true).library("x"))).isEqualTo("two/libx.a");
    assertThat(CommandLine.parse(List.of("-Bstatic", "-lx"), LibrarySearchTest::fail).words)
        .containsExactly(USUAL.withArchivesOnly(true).library("x"));
  }

  @Test
  void directoriesOfSolarisComeBehindTheOthers() throws Exception {
    file("three/libthird.a");
    Plan read =
        CommandLine.parse(
            List.of("-Y", "none", "-YP,one:two", "-L", "three", "--nostdlib"),
            LibrarySearchTest::fail);
    plan.directories.addAll(read.directories);
    plan.lastDirectories.addAll(read.lastDirectories);

    assertThat(read.directories).containsExactly("three");
    assertThat(read.lastDirectories).containsExactly("one", "two");
    assertThat(find(USUAL.library("x"))).isEqualTo("one/libx.a");
    assertThat(find(USUAL.library("third"))).isEqualTo("three/libthird.a");
  }

  @Test
  void librariesCanBeChosenAsOnHpUx() throws Exception {
    List<String> words = List.of("-aarchive", "-lx", "-a", "shared", "-ly", "-adefault", "-lz");
    assertThat(CommandLine.parse(words, LibrarySearchTest::fail).words)
        .containsExactly(
            USUAL.withArchivesOnly(true).library("x"), USUAL.library("y"), USUAL.library("z"));
    assertThatThrownBy(() -> CommandLine.parse(List.of("-a", "x"), LibrarySearchTest::fail))
        .hasMessageContaining("unknown command line option: -ax;");
  }

  @Test
  void aColonNamesTheFile() throws Exception {
    plan.directories.add("one");
    plan.directories.add("two");

    assertThat(find(USUAL.library(":odd-name"))).isEqualTo("two/odd-name");
  }

  @Test
  void aDirectoryWithTheNameOfALibraryIsNone() throws Exception {
    plan.directories.add("one");
    plan.directories.add("two");
    Files.createDirectory(directory.resolve("one/libx.so"));

    assertThat(find(USUAL.library("x"))).isEqualTo("one/libx.a");
  }

  @Test
  void theUsualDirectoriesLieBelowTheSysroot() throws Exception {
    file("root/usr/lib64/liby.so");
    file("root/opt/libz.so");
    plan.defaultDirectories = true;
    plan.sysroot = directory.resolve("root").toString();
    plan.directories.add("=/opt");

    assertThat(find(USUAL.library("y"))).isEqualTo("root/usr/lib64/liby.so");
    assertThat(find(USUAL.library("z"))).isEqualTo("root/opt/libz.so");
    plan.directories.clear();
    plan.directories.add("$SYSROOT/opt");
    assertThat(find(USUAL.library("z"))).isEqualTo("root/opt/libz.so");
  }

  @Test
  void withoutUsualDirectoriesOnlyThoseOfTheCommandLineCount() {
    Plan bare = CommandLine.parse(List.of("-nostdlib", "-Lone"), LibrarySearchTest::fail);

    assertThatThrownBy(() -> new SearchPath(files, directory, bare).library(USUAL.library("c")))
        .isInstanceOf(LinkException.class)
        .hasMessage(
            "unable to find library -lc\n>>> tried %s\n>>> tried %s",
            directory.resolve("one/libc.so"), directory.resolve("one/libc.a"));
  }

  @Test
  void theFilesOfAScriptAreFoundBesideItFirst() throws Exception {
    file("two/part");
    file("part");
    file("only-here");
    plan.directories.add("one");
    SearchPath search = new SearchPath(files, directory, plan);
    Path script = directory.resolve("two/script");

    assertThat(search.named(script, "part")).isEqualTo(directory.resolve("two/part"));
    assertThat(search.named(script, "only-here")).isEqualTo(directory.resolve("only-here"));
    assertThat(search.named(script, "libx.a")).isEqualTo(directory.resolve("two/libx.a"));
    assertThatThrownBy(() -> search.named(script, "nowhere"))
        .isInstanceOf(LinkException.class)
        .hasMessageContaining("cannot find nowhere");
  }

  @Test
  void absolutePathsOfAScriptInTheSysrootLieBelowIt() throws Exception {
    plan.sysroot = directory.resolve("root").toString();
    SearchPath search = new SearchPath(files, directory, plan);

    assertThat(search.named(directory.resolve("root/usr/lib/libc.so"), "/lib/libc.so.6"))
        .isEqualTo(directory.resolve("root/lib/libc.so.6"));
    assertThat(search.named(directory.resolve("libc.so"), "/lib/libc.so.6"))
        .isEqualTo(Path.of("/lib/libc.so.6"));
    assertThat(search.named(directory.resolve("libc.so"), "=/lib/libc.so.6"))
        .isEqualTo(directory.resolve("root/lib/libc.so.6"));
  }
}

package dev.linkd.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.object.Archive;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Views over stored contents of real objects, archives and libraries. */
class StoredObjectsTest {
  @TempDir Path directory;
  private final InputStore store = new InputStore(1 << 28);

  private void run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).directory(directory.toFile()).inheritIO().start();
    assertThat(process.waitFor()).as(List.of(command).toString()).isZero();
  }

  @Test
  void objectsArchivesAndLibrariesAreParsedOncePerName() throws Exception {
    Files.writeString(directory.resolve("f.c"), "int f(void) { return 1; }");
    run("gcc", "-c", "f.c");
    run("gcc", "-shared", "-nostdlib", "-o", "libf.so", "f.o");
    run("ar", "rcs", "libf.a", "f.o");

    Content object = store.open(directory.resolve("f.o"));
    assertThat(object.object("f.o")).isSameAs(object.object("f.o"));
    assertThat(object.object("f.o").symbolName(object.object("f.o").firstGlobal())).isEqualTo("f");

    Content library = store.open(directory.resolve("libf.so"));
    assertThat(library.library("libf.so").soname()).isEqualTo("libf.so");

    Content content = store.open(directory.resolve("libf.a"));
    Archive archive = content.archive("libf.a");
    assertThat(content.member(archive, 0)).isSameAs(content.member(archive, 0));
    assertThat(content.member(archive, 0).name()).isEqualTo("libf.a(f.o)");
    assertThat(store.statistics().reads()).isEqualTo(3);
  }

  @Test
  void membersOfOneNameAreDifferentViews() throws Exception {
    Files.writeString(directory.resolve("f.c"), "int f(void) { return 1; }");
    run("gcc", "-c", "f.c");
    run("ar", "qc", "twice.a", "f.o");
    Files.writeString(directory.resolve("f.c"), "int g(void) { return 2; }");
    run("gcc", "-c", "f.c");
    run("ar", "q", "twice.a", "f.o");
    Content content = store.open(directory.resolve("twice.a"));
    Archive archive = content.archive("twice.a");
    assertThat(archive.members()).isEqualTo(2);
    assertThat(content.member(archive, 0).symbolName(content.member(archive, 0).firstGlobal()))
        .isEqualTo("f");
    assertThat(content.member(archive, 1).symbolName(content.member(archive, 1).firstGlobal()))
        .isEqualTo("g");
  }
}

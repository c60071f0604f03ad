package dev.linkd.elf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.store.Content;
import dev.linkd.store.InputStore;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names of an archive's members, with and without the index that the archive brings along. */
class ArchiveIndexTest {

  @TempDir Path directory;

  private Path archive(String name, String operation) throws Exception {
    Files.writeString(
        directory.resolve("one.s"),
        ".globl f, g\nf: ret\ng: ret\n.globl v\nv: ret\n.symver v, v@@V1\n.comm c,8\n");
    Files.writeString(directory.resolve("two.s"), ".globl h\nh: call f\n");
    Program.command(directory, "gcc", "-c", "one.s", "two.s");
    Program.command(directory, "ar", operation, name, "one.o", "two.o");
    return directory.resolve(name);
  }

  private static Set<String> names(NameSet index) {
    Set<String> names = new TreeSet<>();
    index.forEach(name -> names.add(name + " " + member(index, name)));
    return names;
  }

  private static int member(NameSet index, String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    return index.get(MemorySegment.ofArray(bytes), 0, bytes.length);
  }

  @Test
  void bothKindsOfArchivesHaveTheSameNames() throws Exception {
    InputStore store = new InputStore(1 << 26);
    Path with = archive("with.a", "rcs");
    Path without = archive("without.a", "rcS");
    Content first = store.open(with);
    Content second = store.open(without);
    try {
      NameSet own = new MemberContents(store, with, first, first.archive("with.a")).index();
      assertThat(names(own)).contains("f 0", "g 0", "h 1", "v 0", "v@V1 0", "c 0");
      NameSet made =
          new MemberContents(store, without, second, second.archive("without.a")).index();
      assertThat(names(made)).isEqualTo(names(own));
    } finally {
      first.release();
      second.release();
    }
  }

  /** Hundreds of test executables link the same libraries. */
  @Test
  void outputsShareTheIndexOfAnArchive() throws Exception {
    InputStore store = new InputStore(1 << 26);
    Path path = archive("lib.a", "rcs");
    Content content = store.open(path);
    try {
      MemberContents one = new MemberContents(store, path, content, content.archive("lib.a"));
      MemberContents two = new MemberContents(store, path, content, content.archive("lib.a"));
      assertThat(two.index()).isSameAs(one.index());
    } finally {
      content.release();
    }
  }
}

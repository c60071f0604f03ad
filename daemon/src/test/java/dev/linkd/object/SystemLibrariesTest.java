package dev.linkd.object;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.diag.LinkException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Nothing that the system's compilers made may be refused. With {@code -Dlinkd.long=true} every
 * library next to the C library is read, else those that most programs use.
 */
class SystemLibrariesTest {
  private final Walk walk = new Walk();
  private int objects;

  private static Stream<Path> libraries(String... names) throws Exception {
    if (Boolean.getBoolean("linkd.long")) {
      Path folder = Tools.library("libc.so.6").toRealPath().getParent();
      assertThat(folder).isNotNull();
      return Files.list(folder).filter(Files::isRegularFile);
    }
    return Stream.of(names).map(Tools::library);
  }

  private static boolean foreign(LinkException e) {
    return String.valueOf(e.getMessage()).contains("incompatible file type");
  }

  private void object(String name, MemorySegment bytes) throws LinkException {
    if (FileKinds.detect(bytes) == FileKinds.Kind.OBJECT) {
      walk.object(ElfObject.parse(name, bytes));
      objects++;
    }
  }

  private void members(Path file) throws LinkException {
    Archive archive = Archive.parse(file.toString(), Tools.read(file));
    walk.archive(archive);
    for (int m = 0; m < archive.members(); m++) {
      try {
        object(archive.memberInputName(m), archive.memberBytes(m));
      } catch (LinkException e) {
        if (!foreign(e)) {
          throw e;
        }
      }
    }
  }

  @Test
  void staticLibraries() throws Exception {
    try (Stream<Path> files =
        libraries("libc.a", "libm.a", "libstdc++.a", "libgcc.a", "libgcc_eh.a")) {
      for (Path file : (Iterable<Path>) files::iterator) {
        if (file.toString().endsWith(".a") && Files.exists(file)) {
          MemorySegment bytes = Tools.read(file);
          if (FileKinds.detect(bytes) == FileKinds.Kind.ARCHIVE) {
            members(file);
          } else {
            assertThat(LinkerScript.parse(file.toString(), bytes).inputs()).isNotEmpty();
          }
        }
      }
    }
    assertThat(objects).isGreaterThan(1500);
  }

  @Test
  void startFiles() throws Exception {
    for (String name :
        List.of(
            "crt1.o",
            "Scrt1.o",
            "crti.o",
            "crtn.o",
            "crtbegin.o",
            "crtbeginS.o",
            "crtbeginT.o",
            "crtend.o",
            "crtendS.o",
            "gcrt1.o",
            "rcrt1.o")) {
      Path file = Tools.library(name);
      object(file.toString(), Tools.read(file));
    }
    assertThat(objects).isEqualTo(11);
  }

  @Test
  void sharedLibraries() throws Exception {
    int seen = 0;
    try (Stream<Path> files =
        libraries("libc.so.6", "libm.so.6", "libstdc++.so.6", "libgcc_s.so.1")) {
      for (Path file : (Iterable<Path>) files::iterator) {
        if (file.toString().contains(".so")) {
          MemorySegment bytes = Tools.read(file);
          if (FileKinds.detect(bytes) == FileKinds.Kind.SHARED_LIBRARY) {
            SharedLibrary library = SharedLibrary.parse(file.toString(), bytes);
            // The aliases of each symbol make the walk quadratic.
            if (library.symbols() < 4000) {
              walk.library(library);
            }
            seen++;
          }
        }
      }
    }
    assertThat(seen).isGreaterThanOrEqualTo(4);
    assertThat(walk.sum()).isNotZero();
  }
}

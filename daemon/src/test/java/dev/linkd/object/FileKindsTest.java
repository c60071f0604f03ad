package dev.linkd.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.linkd.diag.Code;
import dev.linkd.diag.LinkException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Telling kinds of files apart, and refusing bytecode. */
class FileKindsTest {
  @TempDir Path directory;

  private static FileKinds.Kind detect(String text) {
    return FileKinds.detect(MemorySegment.ofArray(text.getBytes(StandardCharsets.ISO_8859_1)));
  }

  @Test
  void kindsByFirstBytes() {
    assertThat(detect("")).isEqualTo(FileKinds.Kind.EMPTY);
    assertThat(detect("!<arch>\n")).isEqualTo(FileKinds.Kind.ARCHIVE);
    assertThat(detect("!<thin>\n")).isEqualTo(FileKinds.Kind.THIN_ARCHIVE);
    assertThat(detect("BC\u00c0\u00de....")).isEqualTo(FileKinds.Kind.BITCODE);
    assertThat(detect("\u00de\u00c0\u0017\u000b....")).isEqualTo(FileKinds.Kind.BITCODE);
    assertThat(detect("/* script */\n")).isEqualTo(FileKinds.Kind.SCRIPT);
    assertThat(detect("a\0b")).isEqualTo(FileKinds.Kind.UNKNOWN);
    assertThat(detect("\u007fELF")).isEqualTo(FileKinds.Kind.OTHER_ELF);
  }

  @Test
  void kindsOfRealFiles() throws Exception {
    assertThat(FileKinds.detect(Tools.read(Samples.c(directory)))).isEqualTo(FileKinds.Kind.OBJECT);
    assertThat(FileKinds.detect(Tools.read(Tools.library("libc.so.6"))))
        .isEqualTo(FileKinds.Kind.SHARED_LIBRARY);
    assertThat(FileKinds.detect(Tools.read(Tools.library("libc.a"))))
        .isEqualTo(FileKinds.Kind.ARCHIVE);
    Tools.run(directory, "gcc", "-static", "-nostdlib", "-r", "-o", "r.o", "sample.o");
    assertThat(FileKinds.detect(Tools.read(directory.resolve("r.o"))))
        .isEqualTo(FileKinds.Kind.OBJECT);
    Files.writeString(directory.resolve("e.c"), "void _start(void){}");
    Tools.run(directory, "gcc", "-static", "-nostdlib", "-o", "e", "e.c");
    assertThat(FileKinds.detect(Tools.read(directory.resolve("e"))))
        .isEqualTo(FileKinds.Kind.OTHER_ELF);
  }

  @Test
  void bytecodeOfLinkTimeOptimisationIsRefusedWithAdvice() throws Exception {
    Path slim = Samples.c(directory, "-flto", "-fno-fat-lto-objects");
    assertThatThrownBy(() -> ElfObject.parse("slim.o", Tools.read(slim)))
        .hasMessageContaining("slim.o")
        .hasMessageContaining("-ffat-lto-objects")
        .satisfies(
            e ->
                assertThat(((LinkException) e).diagnostic().code())
                    .isEqualTo(Code.UNSUPPORTED_INPUT));
    Path fat = Samples.c(directory, "-flto", "-ffat-lto-objects");
    assertThat(ElfObject.parse("fat.o", Tools.read(fat)).symbols()).isPositive();
    MemorySegment bitcode = MemorySegment.ofArray(new byte[] {'B', 'C', (byte) 0xc0, (byte) 0xde});
    assertThatThrownBy(() -> ElfObject.parse("b.o", bitcode)).hasMessageContaining("LLVM bitcode");
  }
}

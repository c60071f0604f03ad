package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What programs and tools expect of program headers beyond what loaders need. */
class SelfInspectionLinkTest {
  /**
   * Run-time libraries, such as that of clang's profiles, take the offset of a note in the file for
   * its distance from the ELF header in memory.
   */
  private static final String NOTES =
      """
      #include <elf.h>
      #include <stdio.h>
      extern const char __ehdr_start[] __attribute__((visibility("hidden")));
      static char zero[5000];
      int value(void);
      int main(void) {
        const Elf64_Ehdr *file = (const void *)__ehdr_start;
        const Elf64_Phdr *phdr = (const void *)(__ehdr_start + file->e_phoff);
        int notes = 0, unmapped = 0;
        for (int i = 0; i < file->e_phnum; i++) {
          if (phdr[i].p_type == PT_LOAD && phdr[i].p_filesz == 0) unmapped++;
          if (phdr[i].p_type != PT_NOTE) continue;
          const char *at = __ehdr_start + phdr[i].p_offset;
          for (unsigned done = 0; done < phdr[i].p_filesz; notes++) {
            const Elf64_Nhdr *note = (const void *)(at + done);
            printf("%.3s ", (const char *)(note + 1));
            done += sizeof *note + (note->n_namesz + 3 & ~3u) + (note->n_descsz + 3 & ~3u);
          }
        }
        printf("%d, %d %d\\n", unmapped, zero[4999], value());
        return notes;
      }
      """;

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

  @ParameterizedTest
  @ValueSource(strings = {"-pie", "-no-pie", "-static"})
  void notesAreFoundByTheirOffsetsInTheFile(String kind) throws Exception {
    String[] link = {
      "gcc", kind, "notes.o", "value.o", "-Wl,--build-id", "-Wl,-z,ibt", "-o", "notes"
    };
    shop.compile("notes.c", NOTES, "-fcf-protection");
    shop.compile("value.c", "int value(void) { return 1; }", "-fcf-protection");
    shop.ccQuietly(link);

    assertThat(shop.run("notes")).isEqualTo("GNU GNU GNU 0, 0 1\nexit 3");

    shop.compile("value.c", "int value(void) { static int calls = 1; return ++calls; }");
    shop.ccQuietly(link);

    assertThat(shop.run("notes")).isEqualTo("GNU GNU GNU 0, 0 2\nexit 3");
  }

  @Test
  void aLongTextAboutThePackageLeavesRoomForOtherNotes() throws Exception {
    shop.compile("notes.c", NOTES);
    shop.compile("value.c", "int value(void) { return 1; }");
    String text = "{\"name\":\"" + "x".repeat(3_000) + "\"}";

    shop.ccQuietly(
        "gcc",
        "-pie",
        "notes.o",
        "value.o",
        "-Wl,--build-id,--package-metadata=" + text,
        "-o",
        "p");

    assertThat(shop.tool("readelf", "-nW", "p")).contains("NT_GNU_BUILD_ID", "FDO ");
  }

  /** Valgrind knows no symbols of an image that has a segment without bytes in the file. */
  @Test
  void everySegmentIsMappedFromTheFile() throws Exception {
    shop.compile("zero.c", "static char zero[100000]; char *start(void) { return zero; }", "-fPIC");

    shop.ccQuietly("gcc", "-shared", "zero.o", "-o", "libzero.so");

    assertThat(shop.tool("readelf", "-lW", "libzero.so").lines())
        .filteredOn(line -> line.contains(" LOAD "))
        .isNotEmpty()
        .noneMatch(line -> line.split(" +")[5].matches("0x0+"));
  }
}

package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.linkd.store.FileAnswers;
import dev.linkd.store.InputStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResponseFilesTest {
  @TempDir Path directory;

  /** Words are separated by | in the second column; the quote of the table is a backquote. */
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "` a  b\n\tc `, a|b|c",
        "`'a b' c`, a b|c",
        "`\"a b\"c`, a bc",
        "`a\\ b`, a b",
        "`'it\\'s'`, it's",
        "`\"\\\\\"`, \\",
        "`a\"'\"b`, a'b",
        "`x '' y`, x||y",
        "`'open to the end`, open to the end",
        "`end\\`, end\\"
      })
  void wordsAreSplitAsGnuToolsDo(String text, String words) {
    assertThat(ResponseFiles.split(text)).containsExactly(words.split("\\|", -1));
  }

  @Test
  void nothingGivesNoWords() {
    assertThat(ResponseFiles.split(" \n")).isEmpty();
  }

  @Test
  void filesNameFiles() throws Exception {
    Files.writeString(directory.resolve("outer"), "a @inner d");
    Files.writeString(directory.resolve("inner"), "b\n'c c'\n");

    assertThat(expand("x", "@outer", "y")).containsExactly("x", "a", "b", "c c", "d", "y");
  }

  @Test
  void anEmptyFileDisappears() throws Exception {
    Files.writeString(directory.resolve("empty"), "\n");

    assertThat(expand("x", "@empty", "y")).containsExactly("x", "y");
  }

  @Test
  void aWordWithoutFileStays() throws Exception {
    Files.createDirectory(directory.resolve("folder"));

    assertThat(expand("@missing", "@folder", "@")).containsExactly("@missing", "@folder", "@");
  }

  @Test
  void aFileThatNamesItselfIsNoEndlessLoop() throws Exception {
    Files.writeString(directory.resolve("loop"), "a @loop");

    assertThatThrownBy(() -> expand("@loop"))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("more than " + ResponseFiles.FILES_MAX + " response files");
  }

  @Test
  void aFileThatNamesOnlyItselfIsNoEndlessLoop() throws Exception {
    Files.writeString(directory.resolve("self"), "@self");

    assertThat(expand("@self")).containsExactly("@self");
  }

  private List<String> expand(String... words) throws UsageException {
    return new ResponseFiles(new FileAnswers(new InputStore(1 << 26)), directory)
        .expand(List.of(words));
  }
}

package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.linkd.output.CommandWords;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class CommandWordsTest {
  private static CommandWords bytes(String text) {
    return CommandWords.of(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void wordsComeBackAsTheyWere() {
    List<String> words = List.of("-o", "", "größe.o", "two words");
    assertThat(CommandWords.of(words).list()).isEqualTo(words);
    assertThat(CommandWords.of(words).count()).isEqualTo(4);
    assertThat(CommandWords.of(List.of()).list()).isEmpty();
    assertThat(CommandWords.of(words)).hasToString("[-o, , größe.o, two words]");
  }

  @Test
  void bothFormsAreEqual() {
    assertThat(bytes("-o\0x\0")).isEqualTo(CommandWords.of(List.of("-o", "x")));
    assertThat(bytes("-o\0x\0")).hasSameHashCodeAs(CommandWords.of(List.of("-o", "x")));
    assertThat(bytes("-ox\0")).isNotEqualTo(bytes("-o\0x\0"));
  }

  @Test
  void wordsCanBeLeftOut() {
    CommandWords words = bytes("-p=1\0-p=tmp=a\0x\0-p=tmp=b\0-p=tmp=c\0");
    assertThat(words.without("-p=tmp=", "-p=")).isEqualTo(bytes("-p=1\0x\0-p=tmp=b\0"));
    assertThat(words.without("-q", "-p=")).isSameAs(words);
    assertThat(bytes("-p=tmp=a\0").without("-p=tmp=", "")).hasToString("[-p=tmp=a]");
  }

  @Test
  void whatIsNoListOfWordsIsRefused() {
    assertThatThrownBy(() -> bytes("-o\0x")).hasMessageContaining("no end");
    assertThatThrownBy(() -> CommandWords.of(List.of("a\0b"))).hasMessageContaining("NUL");
  }
}

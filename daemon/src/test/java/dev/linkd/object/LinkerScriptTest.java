package dev.linkd.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.linkd.diag.Code;
import dev.linkd.diag.LinkException;
import dev.linkd.object.LinkerScript.Input;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The scripts that stand in for libraries, and what is not one of them. */
class LinkerScriptTest {

  private static MemorySegment bytes(String text) {
    return MemorySegment.ofArray(text.getBytes(StandardCharsets.UTF_8));
  }

  private static LinkerScript parse(String text) throws LinkException {
    return LinkerScript.parse("lib.so", bytes(text));
  }

  @Test
  void glibcScriptOfThisSystem() throws LinkException {
    Path file = Tools.library("libc.so");
    MemorySegment script = Tools.read(file);
    assertThat(FileKinds.detect(script)).isEqualTo(FileKinds.Kind.SCRIPT);
    LinkerScript libc = LinkerScript.parse(file.toString(), script);
    assertThat(libc.outputFormat()).isEqualTo("elf64-x86-64");
    assertThat(libc.inputs()).hasSize(3).allMatch(i -> i.group() == 0 && !i.library());
    assertThat(libc.inputs().get(0).name()).endsWith("libc.so.6");
    assertThat(libc.inputs().get(1).name()).endsWith("libc_nonshared.a");
    assertThat(libc.inputs()).extracting(Input::asNeeded).containsExactly(false, false, true);
  }

  @Test
  void libgccScript() throws LinkException {
    assertThat(parse("/* GNU ld script */\nGROUP ( libgcc_s.so.1 -lgcc )").inputs())
        .containsExactly(
            new Input("libgcc_s.so.1", false, false, 0), new Input("gcc", true, false, 0));
  }

  @Test
  void everyCommand() throws LinkException {
    LinkerScript script =
        parse(
            """
            OUTPUT_FORMAT("elf64-x86-64", elf64-big, elf64-x86-64)
            SEARCH_DIR("/opt/with space/lib"); SEARCH_DIR(=/usr/lib)
            ENTRY(_start)
            INPUT(a.o, AS_NEEDED(b.so -l:c.a) d.o)
            GROUP(e.a) GROUP(AS_NEEDED(f.so))
            AS_NEEDED(g.so)
            INPUT("AS_NEEDED" =/lib/h.o)
            """);
    assertThat(script.outputFormat()).isEqualTo("elf64-x86-64");
    assertThat(script.searchDirectories()).containsExactly("/opt/with space/lib", "=/usr/lib");
    assertThat(script.entry()).isEqualTo("_start");
    assertThat(script.inputs())
        .containsExactly(
            new Input("a.o", false, false, LinkerScript.NONE),
            new Input("b.so", false, true, LinkerScript.NONE),
            new Input(":c.a", true, true, LinkerScript.NONE),
            new Input("d.o", false, false, LinkerScript.NONE),
            new Input("e.a", false, false, 0),
            new Input("f.so", false, true, 1),
            new Input("g.so", false, true, LinkerScript.NONE),
            new Input("AS_NEEDED", false, false, LinkerScript.NONE),
            new Input("=/lib/h.o", false, false, LinkerScript.NONE));
  }

  @Test
  void commentsMayStandAnywhere() throws LinkException {
    assertThat(parse("INPUT/*x*/(/* ( */a.o/**/b.o)/* end */").inputs())
        .extracting(Input::name)
        .containsExactly("a.o", "b.o");
    assertThat(parse("  /* nothing */ ; ").inputs()).isEmpty();
  }

  private static void refused(String text, Code code, String place, String reason) {
    assertThatThrownBy(() -> parse(text))
        .hasMessageStartingWith("lib.so:" + place)
        .hasMessageContaining(reason)
        .satisfies(e -> assertThat(((LinkException) e).diagnostic().code()).isEqualTo(code));
  }

  @Test
  void otherCommandsAreNamedWithTheirPosition() {
    refused("INPUT(a.o)\n  INSERT AFTER .text", Code.UNSUPPORTED_INPUT, "2:3", "'INSERT'");
    refused("hello", Code.UNSUPPORTED_INPUT, "1:1", "'hello'");
  }

  @Test
  void damageIsReported() {
    refused("INPUT", Code.MALFORMED_INPUT, "1:6", "expected '('");
    refused("INPUT(a", Code.MALFORMED_INPUT, "1:8", "does not end with ')'");
    refused("INPUT(a;b)", Code.MALFORMED_INPUT, "1:8", "name of an input");
    refused("INPUT(-l)", Code.MALFORMED_INPUT, "1:7", "without a name");
    refused("INPUT(\"\")", Code.MALFORMED_INPUT, "1:7", "without a name");
    refused("/* x", Code.MALFORMED_INPUT, "1:1", "unclosed comment");
    refused("INPUT(\"x", Code.MALFORMED_INPUT, "1:7", "quoted name does not end");
    refused("ENTRY()", Code.MALFORMED_INPUT, "1:7", "arguments of ENTRY");
    refused("ENTRY(a b)", Code.MALFORMED_INPUT, "1:10", "arguments of ENTRY");
  }

  @Test
  void nestingIsBounded() {
    refused("GROUP(" + "AS_NEEDED(".repeat(5000), Code.MALFORMED_INPUT, "1:", "");
  }

  @Test
  void hugeScriptIsRefused() {
    assertThatThrownBy(() -> parse(" ".repeat((1 << 20) + 1)))
        .hasMessageContaining("more than 1 MiB");
  }
}

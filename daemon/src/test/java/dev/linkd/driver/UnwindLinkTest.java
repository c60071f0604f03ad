package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Exceptions that pass through records of unusual form or number. */
class UnwindLinkTest {
  /** A function with a personality routine that no other has, and therefore a CIE of its own. */
  private static final String PASSING =
      """
      .text
      .globl pass%1$d
      pass%1$d: .cfi_startproc
        .cfi_personality 0x9b, DW.ref.own%1$d
        .cfi_lsda 0x1b, .Ltable%1$d
        sub $8, %%rsp
        .cfi_adjust_cfa_offset 8
        call *%%rdi
        add $8, %%rsp
        .cfi_adjust_cfa_offset -8
        ret
        .cfi_endproc
      .section .gcc_except_table, "a"
      .Ltable%1$d: .byte 0xff, 0xff, 1, 0
      .section .data.rel.local.DW.ref.own%1$d, "awG", @progbits, DW.ref.own%1$d, comdat
      .hidden DW.ref.own%1$d
      .weak DW.ref.own%1$d
      .balign 8
      .type DW.ref.own%1$d, @object
      .size DW.ref.own%1$d, 8
      DW.ref.own%1$d: .quad __gcc_personality_v0
      .section .note.GNU-stack, "", @progbits
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

  private void main(int count) throws Exception {
    StringBuilder text = new StringBuilder("#include <cstdio>\nextern \"C\" {\n");
    for (int i = 0; i < count; i++) {
      text.append("void pass%d(void (*)());\n".formatted(i));
    }
    text.append("}\nstatic void fail() { throw 1; }\nint main() { int caught = 0;\n");
    for (int i = 0; i < count; i++) {
      text.append("try { pass%d(fail); } catch (int x) { caught += x; }\n".formatted(i));
    }
    shop.compile("main.cc", text + "return std::printf(\"%d\\n\", caught) < 0; }\n");
  }

  private void passes(int count) throws Exception {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append(PASSING.formatted(i));
    }
    shop.compile("passes.s", text.toString());
  }

  @Test
  void thereIsRoomForManyKindsOfRecords() throws Exception {
    String[] link = {"g++", "passes.o", "main.o", "-o", "program"};
    int few = 10;
    int many = 60;
    main(few);
    passes(few);
    shop.ccQuietly(link);
    assertThat(shop.run("program")).isEqualTo("10\nexit 0");

    main(many);
    passes(many);
    assertThat(shop.ccQuietly(link).startOverReason()).isEmpty();
    assertThat(shop.run("program")).isEqualTo("60\nexit 0");
    assertThat(shop.tool("readelf", "-wF", "program").split(" CIE ", -1)).hasSizeGreaterThan(many);
    assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();

    main(few);
    passes(few);
    assertThat(shop.ccQuietly(link).startOverReason()).isEmpty();
    assertThat(shop.run("program")).isEqualTo("10\nexit 0");
    assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();
  }

  @Test
  void recordsWithAbsoluteAddressesAreFound() throws Exception {
    main(1);
    String code =
        """
        .text
        .skip %d
        .globl pass0
        pass0: sub $8, %%rsp
        call *%%rdi
        add $8, %%rsp
        ret
        .Lend:
        .section .eh_frame, "a", @progbits
        .Lcie: .long .Lfde - .Lcie - 4, 0
        .byte 1
        .asciz "zR"
        .byte 1, 0x78, 16, 1, 0, 0xc, 7, 16, 0x90, 1
        .balign 8
        .Lfde: .long .Ldone - .Lfde - 4
        .Lback: .long .Lback - .Lcie
        .quad pass0, .Lend - pass0
        .byte 0
        .balign 8
        .Ldone:
        .section .note.GNU-stack, "", @progbits
        """;
    String[] link = {"g++", "-no-pie", "main.o", "pass0.o", "-o", "program"};
    shop.compile("pass0.s", code.formatted(0));
    shop.ccQuietly(link);
    assertThat(shop.run("program")).isEqualTo("1\nexit 0");

    shop.compile("pass0.s", code.formatted(5000));
    shop.ccQuietly(link);
    assertThat(shop.run("program")).isEqualTo("1\nexit 0");
    assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();
  }

  @Test
  void theIndexIsLeftOutOnRequest() throws Exception {
    shop.compile("main.c", "int main(void) { return 42; }\n");
    String[] link = {"gcc", "main.o", "-Wl,--no-eh-frame-hdr", "-o", "program"};
    shop.ccQuietly(link);

    assertThat(shop.run("program")).isEqualTo("exit 42");
    assertThat(shop.tool("readelf", "-SlW", "program"))
        .contains(" .eh_frame ")
        .doesNotContain(".eh_frame_hdr")
        .doesNotContain("GNU_EH_FRAME");

    shop.compile("main.c", "static int f(int x) { return x; }\nint main(void) { return f(7); }\n");
    shop.ccQuietly(link);
    assertThat(shop.run("program")).isEqualTo("exit 7");
    assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();

    shop.ccQuietly("gcc", "main.o", "-Wl,--eh-frame-hdr", "-o", "program");
    assertThat(shop.tool("readelf", "-lW", "program")).contains("GNU_EH_FRAME");
  }

  /** In an image that is packed, room for records is made when it is needed. */
  @Test
  void aPackedTableBeginsSmall() throws Exception {
    for (int count : new int[] {10, 60, 10}) {
      main(count);
      passes(count);
      String[] words = {"g++", "main.o", "passes.o", "-Wl,--no-rosegment", "-o", "program"};
      shop.ccQuietly(words);
      assertThat(shop.run("program")).isEqualTo(count + "\nexit 0");
      assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();
    }
    shop.compile("plain.c", "void _start(void) { for (;;) { } }\n", "-fno-pic");
    assertThat(shop.ld("plain.o", "--no-rosegment", "-o", "plain").status()).isZero();
    assertThat(shop.tool("readelf", "-SW", "plain"))
        .containsPattern(" \\.eh_frame +PROGBITS +[0-9a-f]+ [0-9a-f]+ 0000[0-9a-f]{2} ");
  }
}

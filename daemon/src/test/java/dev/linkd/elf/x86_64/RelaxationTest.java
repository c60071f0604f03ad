package dev.linkd.elf.x86_64;

import static dev.linkd.object.ElfConstants.*;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each form: assemble, rewrite, relocate, disassemble. A semicolon separates instructions. */
class RelaxationTest {

  private static final long ADDRESS = 0x401000;
  private static final long SYMBOL = 0x402030;
  private static final long GOT_TP = 0x403fe0;
  private static final long TP_OFFSET = -0x18;

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "mov f@GOTPCREL(%rip), %eax      | lea 0x102a(%rip),%eax # 0x402030",
        "mov f@GOTPCREL(%rip), %rax      | lea 0x1029(%rip),%rax # 0x402030",
        "mov f@GOTPCREL(%rip), %r15      | lea 0x1029(%rip),%r15 # 0x402030",
        "mov f@GOTPCREL(%rip), %r9d      | lea 0x1029(%rip),%r9d # 0x402030",
        "call *f@GOTPCREL(%rip)          | addr32 call 0x402030",
        "jmp *f@GOTPCREL(%rip)           | jmp 0x402030; nop",
        "notrack jmp *f@GOTPCREL(%rip)   | ds jmp 0x402030; nop",
      })
  void aReferenceThroughTheGotBecomesDirect(String source, String expected) throws Exception {
    assertThat(relax(RelaxingLinker.Mode.DIRECT, source)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "mov f@GOTPCREL(%rip), %eax   | mov $0x402030,%eax",
        "mov f@GOTPCREL(%rip), %rax   | mov $0x402030,%rax",
        "mov f@GOTPCREL(%rip), %r12   | mov $0x402030,%r12",
        "mov f@GOTPCREL(%rip), %r9d   | mov $0x402030,%r9d",
        "test %rdx, f@GOTPCREL(%rip)  | test $0x402030,%rdx",
        "test %r10, f@GOTPCREL(%rip)  | test $0x402030,%r10",
        "test %ecx, f@GOTPCREL(%rip)  | test $0x402030,%ecx",
        "add f@GOTPCREL(%rip), %rax   | add $0x402030,%rax",
        "or  f@GOTPCREL(%rip), %rcx   | or $0x402030,%rcx",
        "adc f@GOTPCREL(%rip), %rdx   | adc $0x402030,%rdx",
        "sbb f@GOTPCREL(%rip), %rbx   | sbb $0x402030,%rbx",
        "and f@GOTPCREL(%rip), %rsp   | and $0x402030,%rsp",
        "sub f@GOTPCREL(%rip), %r8    | sub $0x402030,%r8",
        "xor f@GOTPCREL(%rip), %r13   | xor $0x402030,%r13",
        "cmp f@GOTPCREL(%rip), %rdi   | cmp $0x402030,%rdi",
        "cmp f@GOTPCREL(%rip), %r9d   | cmp $0x402030,%r9d",
        "sub f@GOTPCREL(%rip), %esi   | sub $0x402030,%esi",
      })
  void anOperandInTheGotBecomesAnImmediate(String source, String expected) throws Exception {
    assertThat(relax(RelaxingLinker.Mode.IMMEDIATE, source)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "mov x@gottpoff(%rip), %rax | mov $0xffffffffffffffe8,%rax",
        "mov x@gottpoff(%rip), %r11 | mov $0xffffffffffffffe8,%r11",
        "add x@gottpoff(%rip), %rcx | add $0xffffffffffffffe8,%rcx",
        "add x@gottpoff(%rip), %rsp | add $0xffffffffffffffe8,%rsp",
        "add x@gottpoff(%rip), %r12 | add $0xffffffffffffffe8,%r12",
      })
  void initialExecBecomesLocalExec(String source, String expected) throws Exception {

    assertThat(relax(RelaxingLinker.Mode.LOCAL_EXEC, source)).isEqualTo(expected);
  }

  private static final String GD =
      "data16 leaq x@tlsgd(%rip), %rdi; .value 0x6666; rex64 call __tls_get_addr@PLT";

  private static final String GD_INDIRECT =
      "data16 leaq x@tlsgd(%rip), %rdi; .byte 0x66; rex64 call *__tls_get_addr@GOTPCREL(%rip)";

  private static final String GD_LARGE =
      "leaq x@tlsgd(%rip), %rdi; movabsq $__tls_get_addr@pltoff, %rax; addq %rbx, %rax; call *%rax";

  private static final String GD_LARGE_R15 =
      "leaq x@tlsgd(%rip), %rdi; movabsq $__tls_get_addr@pltoff, %rax; addq %r15, %rax; call *%rax";

  @ParameterizedTest
  @ValueSource(strings = {GD, GD_INDIRECT})
  void generalDynamicIsReducedInSixteenBytes(String source) throws Exception {
    assertThat(relax(RelaxingLinker.Mode.LOCAL_EXEC, source))
        .isEqualTo("mov %fs:0x0,%rax; lea -0x18(%rax),%rax");
    assertThat(relax(RelaxingLinker.Mode.INITIAL_EXEC, source))
        .isEqualTo("mov %fs:0x0,%rax; add 0x2fd0(%rip),%rax # 0x403fe0");
  }

  @ParameterizedTest
  @ValueSource(strings = {GD_LARGE, GD_LARGE_R15})
  void generalDynamicOfTheLargeModelIsReduced(String source) throws Exception {
    assertThat(relax(RelaxingLinker.Mode.LOCAL_EXEC, source))
        .isEqualTo("mov %fs:0x0,%rax; lea -0x18(%rax),%rax; nopw 0x0(%rax,%rax,1)");
    assertThat(relax(RelaxingLinker.Mode.INITIAL_EXEC, source))
        .isEqualTo("mov %fs:0x0,%rax; add 0x2fd0(%rip),%rax # 0x403fe0; nopw 0x0(%rax,%rax,1)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "call __tls_get_addr@PLT            | data16 data16 data16 mov %fs:0x0,%rax",
        "call *__tls_get_addr@GOTPCREL(%rip)| data16 data16 data16 data16 mov %fs:0x0,%rax",
        ".byte 0x67; call __tls_get_addr@PLT | data16 data16 data16 data16 mov %fs:0x0,%rax",
        "movabsq $__tls_get_addr@pltoff, %rax; addq %rbx, %rax; call *%rax "
            + "| data16 data16 data16 cs nopw 0x0(%rax,%rax,1); mov %fs:0x0,%rax",
      })
  void localDynamicBecomesLocalExec(String call, String expected) throws Exception {
    String source = "leaq x@tlsld(%rip), %rdi; " + call + "; leaq x@dtpoff(%rax), %rcx";
    assertThat(relax(RelaxingLinker.Mode.LOCAL_EXEC, source))
        .isEqualTo(expected + "; lea -0x18(%rax),%rcx");
  }

  @ParameterizedTest
  @CsvSource({"%rax", "%r9"})
  void aDescriptorIsReduced(String register) throws Exception {
    String source = "leaq x@tlsdesc(%rip), " + register + "; call *x@tlscall(%rax)";
    assertThat(relax(RelaxingLinker.Mode.LOCAL_EXEC, source))
        .isEqualTo("mov $0xffffffffffffffe8," + register + "; xchg %ax,%ax");
    assertThat(relax(RelaxingLinker.Mode.INITIAL_EXEC, source))
        .isEqualTo("mov 0x2fd9(%rip)," + register + " # 0x403fe0; xchg %ax,%ax");
  }

  /** REX2 payload M0 R4 X4 B4 W R3 X3 B3; %r27 is R4 R3 011, %r16 is R4 000, %rcx 001. */
  @ParameterizedTest
  @CsvSource({
    // prefix and payload, opcode, ModRM: before and after
    "d54c8b1d, d519c7c3", // mov x(%rip), %r27
    "d5488b05, d518c7c0", // mov x(%rip), %r16
    "d5088b0d, d508c7c1", // mov x(%rip), %rcx
    "d54c031d, d51981c3", // add x(%rip), %r27
    "d54c851d, d519f7c3", // test %r27, x(%rip)
    "d5403b05, d51081f8", // cmp x(%rip), %r16d
  })
  void anExtendedRegisterMovesToTheOtherFieldOfTheRex2Prefix(String before, String after) {
    byte[] code = Arrays.copyOf(hex(before), 8);
    MemorySegment bytes = MemorySegment.ofArray(code);
    Relaxation form =
        RelaxationShapes.gotToImmediate(bytes, 0, 8, 4, R_X86_64_CODE_4_GOTPCRELX, -4);
    assertThat(form)
        .isEqualTo(
            (code[1] & 8) != 0 ? Relaxation.IMMEDIATE_SIGNED : Relaxation.IMMEDIATE_PREFIXED);
    byte[] image = code.clone();
    Relaxer.rewrite(form, R_X86_64_CODE_4_GOTPCRELX, bytes, 4, MemorySegment.ofArray(image), 4);
    assertThat(image).isEqualTo(Arrays.copyOf(hex(after), 8));
  }

  @Test
  void rex2ThreadLocalAccessIsReduced() {
    byte[] load = Arrays.copyOf(hex("d5488b05"), 8);
    assertThat(
            RelaxationShapes.initialToLocalExec(
                MemorySegment.ofArray(load), 0, 8, 4, R_X86_64_CODE_4_GOTTPOFF, -4))
        .isEqualTo(Relaxation.IE_TO_LE);
    byte[] lea = Arrays.copyOf(hex("d5488d05"), 8);
    MemorySegment input = MemorySegment.ofArray(lea.clone());
    assertThat(
            RelaxationShapes.descriptorToLocalExec(
                input, 0, 8, 4, R_X86_64_CODE_4_GOTPC32_TLSDESC, -4))
        .isEqualTo(Relaxation.DESC_TO_LE);
    Relaxer.rewrite(
        Relaxation.DESC_TO_LE,
        R_X86_64_CODE_4_GOTPC32_TLSDESC,
        input,
        4,
        MemorySegment.ofArray(lea),
        4);
    assertThat(lea).startsWith(hex("d518c7c0"));
  }

  @ParameterizedTest
  @CsvSource({
    "8b05, 9", // no REX.W says that this is a load
    "448b05, 9",
    "488505, 9", // unmarked, so only mov
    "8b04, 41", // not RIP-relative
    "8d05, 41", // lea needs no GOT
    "ff35, 41", // push
    "488b05, 43", // REX2 promised
    "d5808b05, 43", // second opcode map
    "d5888b05, 43",
    "ff15, 42",
  })
  void otherInstructionsKeepTheirGotSlot(String code, int kind) {
    byte[] instruction = new byte[4 + hex(code).length + 4];
    System.arraycopy(hex(code), 0, instruction, 4, hex(code).length);
    MemorySegment bytes = MemorySegment.ofArray(instruction);
    int field = instruction.length - 4;
    assertThat(RelaxationShapes.gotToDirect(bytes, 0, instruction.length, field, kind, -4))
        .isEqualTo(Relaxation.NONE);
    assertThat(RelaxationShapes.gotToImmediate(bytes, 0, instruction.length, field, kind, -4))
        .isEqualTo(Relaxation.NONE);
  }

  @Test
  void aReferenceBesideTheSymbolIsNotRelaxed() {
    MemorySegment load = MemorySegment.ofArray(Arrays.copyOf(hex("488b05"), 7));
    assertThat(RelaxationShapes.gotToDirect(load, 0, 7, 3, R_X86_64_REX_GOTPCRELX, 0))
        .isEqualTo(Relaxation.NONE);
    assertThat(RelaxationShapes.gotToImmediate(load, 0, 7, 3, R_X86_64_REX_GOTPCRELX, -5))
        .isEqualTo(Relaxation.NONE);
    assertThat(RelaxationShapes.initialToLocalExec(load, 0, 7, 3, R_X86_64_GOTTPOFF, 4))
        .isEqualTo(Relaxation.NONE);
  }

  /** Sections that end or begin inside a sequence are never read outside. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "mov f@GOTPCREL(%rip), %rax",
        "call *f@GOTPCREL(%rip)",
        "mov x@gottpoff(%rip), %rax",
        GD,
        GD_LARGE,
        "leaq x@tlsld(%rip), %rdi; call __tls_get_addr@PLT",
        "leaq x@tlsdesc(%rip), %rax; call *x@tlscall(%rax)"
      })
  void truncatedSequencesAreLeftAlone(String source) throws Exception {
    AssembledCode code = assemble(source);
    AssembledCode.Relocation first = code.relocations().getFirst();
    RelaxingLinker linker = linker(RelaxingLinker.Mode.LOCAL_EXEC);
    int end = first.offset() + linker.form(code, first).end();
    for (int size = 0; size < end; size++) {
      byte[] part = Arrays.copyOf(code.text(), size);
      Relaxation form = linker.form(new AssembledCode(part, List.of()), first);
      assertThat(form).as("%d bytes of %d", size, end).isEqualTo(Relaxation.NONE);
    }
    int start = first.offset() + linker.form(code, first).start();
    for (int skip = start + 1; skip <= first.offset(); skip++) {
      byte[] part = Arrays.copyOfRange(code.text(), skip, code.text().length);
      AssembledCode.Relocation moved =
          new AssembledCode.Relocation(first.offset() - skip, first.kind(), first.addend());
      Relaxation form = linker.form(new AssembledCode(part, List.of()), moved);
      assertThat(moved.offset() + form.start()).as("skip %d", skip).isNotNegative();
    }
  }

  /** Whatever the bytes: nothing outside is read or written, and copying back undoes it. */
  @ParameterizedTest
  @EnumSource(RelaxingLinker.Mode.class)
  void randomBytesAreNeverReadOrWrittenOutsideTheForm(RelaxingLinker.Mode mode) {
    long seed = 51L + mode.ordinal();
    Random random = new Random(seed);
    int[] kinds = {9, 19, 20, 22, 34, 35, 41, 42, 43, 44, 45};
    int[] likely = {0x48, 0x4c, 0x8b, 0x8d, 0x05, 0x3d, 0xff, 0x15, 0x25, 0x66, 0xe8, 0x85, 0xd5};
    int relaxed = 0;
    for (int step = 0; step < 300_000; step++) {
      byte[] text = new byte[random.nextInt(26)];
      for (int i = 0; i < text.length; i++) {
        text[i] = (byte) likely[random.nextInt(likely.length)];
      }
      int kind = kinds[random.nextInt(kinds.length)];
      AssembledCode.Relocation relocation =
          new AssembledCode.Relocation(random.nextInt(text.length + 1), kind, -4);
      AssembledCode code = new AssembledCode(text, List.of(relocation));
      Relaxation form = linker(mode).form(code, relocation);
      if (form != Relaxation.NONE) {
        byte[] image = text.clone();
        linker(mode).link(code, image);
        int from = relocation.offset() + form.start();
        System.arraycopy(text, from, image, from, form.end() - form.start());
        assertThat(image).as("seed %d step %d %s", seed, step, form).isEqualTo(text);
        relaxed++;
      }
    }
    assertThat(relaxed).isGreaterThan(100);
  }

  @Test
  void rewritingAgainGivesTheSameBytes() throws Exception {
    AssembledCode code =
        assemble(
            GD
                + "; mov x@gottpoff(%rip), %r11; leaq x@tlsld(%rip), %rdi; "
                + "call __tls_get_addr@PLT; leaq x@tlsdesc(%rip), %r9; call *x@tlscall(%rax)");
    RelaxingLinker linker = linker(RelaxingLinker.Mode.LOCAL_EXEC);
    byte[] image = linker.link(code);
    byte[] again = image.clone();
    linker.link(code, again);
    assertThat(again).isEqualTo(image).isNotEqualTo(code.text());
  }

  /** GNU ld makes the same choices for the forms that leave no choice. */
  @Test
  void agreesWithGnuLd() throws Exception {
    String source =
        """
        .globl _start
        _start:
        mov f@GOTPCREL(%rip), %rax; mov f@GOTPCREL(%rip), %r9
        call *f@GOTPCREL(%rip); jmp *f@GOTPCREL(%rip)
        mov f@gottpoff(%rip), %rax
        """
                .replace("f@gottpoff", "x@gottpoff")
            + GD
            + "\n"
            + GD_INDIRECT
            + "\n"
            + GD_LARGE
            + "\n"
            + """
            leaq x@tlsld(%rip), %rdi; call __tls_get_addr@PLT
            leaq x@tlsld(%rip), %rdi; call *__tls_get_addr@GOTPCREL(%rip)
            leaq x@dtpoff(%rax), %rcx
            leaq x@tlsdesc(%rip), %rax; call *x@tlscall(%rax)
            .data
            .globl f
            f: .quad 1
            .section .tdata,"awT"
            .globl x
            x: .quad 2,3,4
            """;
    AssembledCode code = assemble(source);
    Path linked = directory.resolve("linked");
    AssembledCode.run(
        "ld",
        "-pie",
        "--no-dynamic-linker",
        "-Ttext=0x1000",
        "-Tdata=0x2030",
        "--defsym=__tls_get_addr=0x1000",
        "-o",
        linked.toString(),
        directory.resolve("code.o").toString());
    Path text = directory.resolve("linked.bin");
    AssembledCode.run("objcopy", "-O", "binary", "-j", ".text", linked.toString(), text.toString());
    byte[] expected = Files.readAllBytes(text);
    byte[] actual =
        new RelaxingLinker(RelaxingLinker.Mode.LOCAL_EXEC, 0x1000, 0x2030, TP_OFFSET, 0).link(code);
    assertThat(AssembledCode.disassemble(directory, actual, 0x1000))
        .isEqualTo(AssembledCode.disassemble(directory, expected, 0x1000));
    assertThat(actual).isEqualTo(expected);
  }

  private String relax(RelaxingLinker.Mode mode, String source) throws Exception {
    byte[] image = linker(mode).link(assemble(source));
    return String.join("; ", AssembledCode.disassemble(directory, image, ADDRESS));
  }

  private AssembledCode assemble(String source) throws Exception {
    return AssembledCode.of(directory, source);
  }

  private static RelaxingLinker linker(RelaxingLinker.Mode mode) {
    return new RelaxingLinker(mode, ADDRESS, SYMBOL, TP_OFFSET, GOT_TP);
  }

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits);
  }
}

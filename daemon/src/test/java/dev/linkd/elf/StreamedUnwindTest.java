package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.linkd.diag.Code;
import dev.linkd.diag.Diagnostic;
import dev.linkd.diag.LinkException;
import dev.linkd.output.AtomUpdate;
import dev.linkd.output.OutputKind;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Functions that clients send with their unwind records: unwinders pass through them. */
class StreamedUnwindTest {

  /** Counts the frames of the functions below main, which calls a function that is streamed. */
  private static final String COUNTS =
      """
      #include <stdio.h>
      #include <unwind.h>
      int main(void);
      int middle(int (*)(void));
      static _Unwind_Reason_Code frame(struct _Unwind_Context *context, void *count) {
        if (_Unwind_GetRegionStart(context) == (_Unwind_Ptr) main)
          return _URC_END_OF_STACK;
        ++*(int *) count;
        return _URC_NO_REASON;
      }
      __attribute__((noinline)) static int leaf(void) {
        int count = 0;
        _Unwind_Reason_Code end = _Unwind_Backtrace(frame, &count);
        return end == _URC_FATAL_PHASE1_ERROR ? count : -count;
      }
      int main(void) { printf("%d\\n", middle(leaf)); return 0; }
      """;

  /** leaf and middle are passed; the callback ends the walk at main. */
  private static final String PASSED = "2\n";

  private static final int CIE_BYTES = 24;
  private static final int CODE_START = CIE_BYTES + 8;

  /** Of "zR" with pcrel sdata4: CFA is rsp+8, the return address is at CFA-8. */
  private static final int[] CIE = {
    CIE_BYTES - 4,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    1,
    'z',
    'R',
    0,
    1,
    0x78,
    16,
    1,
    0x1b,
    0x0c,
    7,
    8,
    0x90,
    1,
    0,
    0
  };

  @TempDir Path directory;

  private final AtomUpdate update = new AtomUpdate();
  private Program program;
  private int stream;

  @BeforeEach
  void open() throws Exception {
    program = Program.withLibc(directory, OutputKind.PIE);
    program.put(Program.systemFile("libgcc_s.so.1"));
    program.c("counts.c", COUNTS);
    stream = program.output.stream("middle.c");
  }

  @AfterEach
  void close() {
    program.close();
  }

  private int name(String name) {
    return program.output.name(name);
  }

  /** The call of what is passed, in a frame of {@code stack} bytes. */
  private byte[] code(int stack) {
    ByteBuffer code = ByteBuffer.allocate(17).order(ByteOrder.LITTLE_ENDIAN);
    code.put(new byte[] {0x48, (byte) 0x81, (byte) 0xec}).putInt(stack); // sub $stack, %rsp
    code.put(new byte[] {(byte) 0xff, (byte) 0xd7}); // call *%rdi
    code.put(new byte[] {0x48, (byte) 0x81, (byte) 0xc4}).putInt(stack); // add $stack, %rsp
    code.put((byte) 0xc3);
    return code.array();
  }

  private void putFunction(String function, int stack) throws LinkException {
    byte[] code = code(stack);
    update.clear();
    update.key = name(function);
    update.section = name(".text." + function);
    update.sectionType = SHT_PROGBITS;
    update.sectionFlags = SHF_ALLOC | SHF_EXECINSTR;
    update.alignment = 16;
    update.size = code.length;
    update.bytes = MemorySegment.ofArray(code);
    update.addDefinition(update.key, 0, code.length, STB_GLOBAL << 4 | STT_FUNC);
    program.output.putAtom(stream, update);
  }

  /** CFA is rsp+8+stack behind the first instruction. */
  private byte[] frame(int stack, int codeBytes) {
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    for (int b : CIE) {
      frame.write(b);
    }
    ByteBuffer fde = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
    fde.putInt(20).putInt(CIE_BYTES + 4).putInt(0).putInt(codeBytes).put((byte) 0);
    int cfa = stack + 8;
    fde.put(new byte[] {0x47, 0x0e, (byte) (cfa & 0x7f | 0x80), (byte) (cfa >> 7)});
    frame.writeBytes(fde.array());
    return frame.toByteArray();
  }

  private void beginFrame(String function, byte[] records) {
    update.clear();
    update.key = name("unwind " + function);
    update.section = name(".eh_frame");
    update.sectionType = SHT_PROGBITS;
    update.sectionFlags = SHF_ALLOC;
    update.alignment = 8;
    update.size = records.length;
    update.bytes = MemorySegment.ofArray(records);
    byte space = AtomUpdate.TARGET_ATOM;
    update.addRelocation(CODE_START, R_X86_64_PC32, space, name(function), 0);
  }

  private void put(String function, int stack) throws LinkException {
    putFunction(function, stack);
    beginFrame(function, frame(stack, code(stack).length));
    program.output.putAtom(stream, update);
  }

  private long frames() throws Exception {
    return program.readelf("-wF").lines().filter(l -> l.contains(" FDE cie=")).count();
  }

  private long cies() throws Exception {
    return program
        .readelf("-wF")
        .lines()
        .filter(l -> l.matches("[0-9a-f]+ [0-9a-f]+ 0+ CIE.*"))
        .count();
  }

  @Test
  void anUnwinderPassesThroughAStreamedFunctionWhateverItBecomes() throws Exception {
    put("middle", 200);
    assertThat(program.linkAndRun()).isEqualTo(PASSED);
    for (int stack : new int[] {5000, 136, 16008}) {
      put("middle", stack);
      assertThat(program.linkAndRun()).isEqualTo(PASSED);
    }
  }

  @Test
  void withoutItsRecordAFunctionEndsTheWalk() throws Exception {
    putFunction("middle", 200);
    assertThat(program.linkAndRun()).isNotEqualTo(PASSED);
    put("middle", 200);
    assertThat(program.linkAndRun()).isEqualTo(PASSED);
    assertThat(program.output.removeAtom(stream, name("unwind middle"))).isTrue();
    assertThat(program.linkAndRun()).isNotEqualTo(PASSED);
  }

  @Test
  void equalCiesAreOneAndGoWithTheirLastRecord() throws Exception {
    putFunction("middle", 200);
    program.link();
    long before = frames();
    long ciesBefore = cies();
    for (int i = 0; i < 50; i++) {
      put("f" + i, 200 + 8 * i);
    }
    put("middle", 200);
    assertThat(program.linkAndRun()).isEqualTo(PASSED);
    assertThat(frames()).isEqualTo(before + 51);
    assertThat(cies()).isLessThanOrEqualTo(ciesBefore + 1);
    for (int i = 0; i < 50; i++) {
      program.output.removeAtom(stream, name("unwind f" + i));
      program.output.removeAtom(stream, name("f" + i));
    }
    assertThat(program.linkAndRun()).isEqualTo(PASSED);
    assertThat(frames()).isEqualTo(before + 1);
    assertThat(program.output.removeAtom(stream, name("unwind middle"))).isTrue();
    program.link();
    assertThat(cies()).isEqualTo(ciesBefore);
  }

  @Test
  void aRecordThatIsSentAgainIsNoWork() throws Exception {
    put("middle", 200);
    program.link();
    put("middle", 200);
    assertThat(program.link().statistics().atomsChanged()).isZero();
  }

  @Test
  void anAtomBecomesARecordAndIsNoneAgain() throws Exception {
    for (int i = 0; i < 3; i++) {
      put("middle", 200);
      assertThat(program.linkAndRun()).isEqualTo(PASSED);
      beginFrame("middle", frame(200, 17));
      update.section = name(".rodata.middle");
      program.output.putAtom(stream, update);
      assertThat(program.linkAndRun()).isNotEqualTo(PASSED);
    }
    put("middle", 200);
    program.output.removeStream(stream);
    stream = program.output.stream("middle.c");
    putFunction("middle", 200);
    program.link();
  }

  @Test
  void aRecordWhoseFunctionIsMissingKeepsTheOutputAsItWas() throws Exception {
    put("middle", 200);
    assertThat(program.linkAndRun()).isEqualTo(PASSED);
    beginFrame("other", frame(200, 17));
    program.output.putAtom(stream, update);
    Diagnostic problem = program.output.flush().diagnostics().getFirst();
    assertThat(problem.code()).isEqualTo(Code.UNDEFINED_SYMBOL);
    assertThat(problem.place().input()).isEqualTo("middle.c");
    assertThat(program.run()).isEqualTo(PASSED);
    program.output.removeAtom(stream, name("unwind other"));
    assertThat(program.linkAndRun()).isEqualTo(PASSED);
  }

  private void refused(Consumer<byte[]> damage, Code code) throws Exception {
    byte[] records = frame(200, 17);
    damage.accept(records);
    beginFrame("middle", records);
    refused(code);
  }

  private void refused(Code code) throws Exception {
    LinkException refused =
        catchThrowableOfType(LinkException.class, () -> program.output.putAtom(stream, update));
    assertThat(refused.diagnostic().code()).isEqualTo(code);
    assertThat(refused.diagnostic().place().input()).isEqualTo("middle.c");
    assertThat(refused.diagnostic().place().section()).isEqualTo("unwind middle");
    assertThat(program.linkAndRun()).isEqualTo(PASSED);
  }

  @Test
  void whatReadersCannotFollowIsRefused() throws Exception {
    put("middle", 200);
    refused(r -> r[0]++, Code.MALFORMED_INPUT);
    refused(r -> r[0] = 0, Code.MALFORMED_INPUT);
    refused(r -> r[3] = (byte) 0x80, Code.MALFORMED_INPUT);
    refused(r -> r[CIE_BYTES] = 0, Code.MALFORMED_INPUT);
    refused(r -> r[CIE_BYTES] = 8, Code.MALFORMED_INPUT);
    refused(r -> r[CIE_BYTES + 4] = 0, Code.UNSUPPORTED_INPUT);
    refused(r -> r[CIE_BYTES + 4]++, Code.MALFORMED_INPUT);
    refused(r -> r[8] = 7, Code.UNSUPPORTED_INPUT);
    refused(r -> r[9] = 'x', Code.UNSUPPORTED_INPUT);
  }

  /** What is taken changes nothing for other functions; what is refused changes nothing at all. */
  @Test
  void damagedRecordsLeaveTheOthersAsTheyAre() throws Exception {
    put("middle", 200);
    Random random = new Random(20261129);
    int taken = 0;
    for (int i = 0; i < 400; i++) {
      putFunction("other", 200);
      byte[] records = frame(200, 17);
      for (int k = random.nextInt(3); k >= 0; k--) {
        records[random.nextInt(records.length)] = (byte) random.nextInt(256);
      }
      beginFrame("other", Arrays.copyOf(records, records.length - 4 * random.nextInt(2)));
      try {
        program.output.putAtom(stream, update);
        taken++;
      } catch (LinkException e) {
        assertThat(e.diagnostic().place().section()).isEqualTo("unwind other");
      }
      if (i % 20 == 0) {
        assertThat(program.linkAndRun()).isEqualTo(PASSED);
      }
    }
    assertThat(taken).isBetween(20, 380);
    put("other", 200);
    assertThat(program.linkAndRun()).isEqualTo(PASSED);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 4, CIE_BYTES, CIE_BYTES + 4})
  void aRelocationInTheHeadOfARecordIsRefused(int offset) throws Exception {
    put("middle", 200);
    beginFrame("middle", frame(200, 17));
    update.addRelocation(offset, R_X86_64_PC32, AtomUpdate.TARGET_ATOM, name("middle"), 0);
    refused(Code.INVALID_REQUEST);
  }

  @Test
  void aRecordOfNoFunctionOrOfManyIsRefused() throws Exception {
    put("middle", 200);
    beginFrame("middle", frame(200, 17));
    update.relocations = 0;
    refused(Code.INVALID_REQUEST);
    beginFrame("middle", frame(200, 17));
    update.addDefinition(name("record"), 0, 0, STB_GLOBAL << 4);
    refused(Code.INVALID_REQUEST);
    byte[] twice = Arrays.copyOf(frame(200, 17), 2 * frame(200, 17).length);
    System.arraycopy(frame(200, 17), 0, twice, twice.length / 2, twice.length / 2);
    beginFrame("middle", twice);
    refused(Code.INVALID_REQUEST);
  }
}

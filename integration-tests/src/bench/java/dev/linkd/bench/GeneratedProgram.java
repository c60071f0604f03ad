package dev.linkd.bench;

import com.google.protobuf.ByteString;
import dev.linkd.v1.AtomPut;
import dev.linkd.v1.Definition;
import dev.linkd.v1.Update;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A program of equal functions that call ten others each, as updates for the API and as assembly
 * for the linkers to compare with. The same function has the same bytes in both.
 */
final class GeneratedProgram {
  static final int BODY_BYTES = 200;
  static final int CALLS = 10;
  static final int FUNCTIONS_PER_OBJECT = 5_000;
  static final String ENTRY = "f0";

  private static final int STRIDE = 16;
  private static final int SPREAD = 7_919;
  private static final byte CALL = (byte) 0xe8;
  private static final byte NOP = (byte) 0x90;
  private static final int SHT_PROGBITS = 1;
  private static final int SHF_ALLOC_EXECINSTR = 6;
  private static final int GLOBAL_FUNCTION = 0x12;
  private static final int R_X86_64_PLT32 = 4;

  private final int functions;

  GeneratedProgram(int functions) {
    this.functions = functions;
  }

  int functions() {
    return functions;
  }

  /** All functions of a version. */
  List<Update> updates(int version) {
    List<Update> updates = new ArrayList<>(functions);
    for (int i = 0; i < functions; i++) {
      updates.add(update(i, version, BODY_BYTES));
    }
    return updates;
  }

  /** A function; versions differ in its last four bytes. */
  Update update(int index, int version, int bytes) {
    byte[] body = new byte[bytes];
    Arrays.fill(body, NOP);
    ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN).putInt(bytes - Integer.BYTES, version);
    AtomPut.Builder atom =
        AtomPut.newBuilder()
            .setKey(name(index))
            .setSection(ByteString.copyFromUtf8(".text.f" + index))
            .setSectionType(SHT_PROGBITS)
            .setSectionFlags(SHF_ALLOC_EXECINSTR)
            .setAlignment(STRIDE)
            .addDefinitions(
                Definition.newBuilder()
                    .setName(name(index))
                    .setSize(bytes)
                    .setInfo(GLOBAL_FUNCTION));
    for (int call = 0; call < CALLS; call++) {
      Arrays.fill(body, call * STRIDE + 1, call * STRIDE + 5, (byte) 0);
      body[call * STRIDE] = CALL;
      atom.addTargetNames(name(callee(index, call)))
          .addRelocationOffsets(call * (long) STRIDE + 1)
          .addRelocationKinds(R_X86_64_PLT32)
          .addRelocationTargets(call)
          .addRelocationAddends(-4);
    }
    return Update.newBuilder().setPutAtom(atom.setContent(ByteString.copyFrom(body))).build();
  }

  private int callee(int index, int call) {
    return (index + call * SPREAD + 1) % functions;
  }

  private static ByteString name(int index) {
    return ByteString.copyFromUtf8("f" + index);
  }

  /** Assembles the program into objects of some thousand functions each. */
  List<Path> assemble(Path directory) throws IOException, InterruptedException {
    List<Path> objects = new ArrayList<>();
    for (int first = 0; first < functions; first += FUNCTIONS_PER_OBJECT) {
      objects.add(assemble(directory, "part" + first, first, 0));
    }
    return objects;
  }

  /** Assembles one object; its first function has the given version. */
  Path assemble(Path directory, String name, int first, int version)
      throws IOException, InterruptedException {
    Path source = directory.resolve(name + ".s");
    Path object = directory.resolve(name + ".o");
    try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(source))) {
      for (int i = first; i < Math.min(functions, first + FUNCTIONS_PER_OBJECT); i++) {
        write(out, i, i == first ? version : 0);
      }
    }
    Command.run(List.of("as", "-o", object.toString(), source.toString()));
    Files.delete(source);
    return object;
  }

  private void write(PrintWriter out, int index, int version) {
    out.printf(".section .text.f%d,\"ax\",@progbits%n.p2align 4%n", index);
    out.printf(".globl f%d%n.type f%d,@function%nf%d:%n", index, index, index);
    for (int call = 0; call < CALLS; call++) {
      out.printf("call f%d@PLT%n.fill %d,1,0x90%n", callee(index, call), STRIDE - 5);
    }
    out.printf(".fill %d,1,0x90%n", BODY_BYTES - CALLS * STRIDE - Integer.BYTES);
    out.printf(".long %d%n.size f%d,.-f%d%n", version, index, index);
  }
}

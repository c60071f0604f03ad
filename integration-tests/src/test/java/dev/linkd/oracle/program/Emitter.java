package dev.linkd.oracle.program;

import dev.linkd.oracle.image.Elf;
import dev.linkd.oracle.model.Atom;
import dev.linkd.oracle.model.Definition;
import dev.linkd.oracle.model.Space;
import java.util.List;
import java.util.Random;

/** Turns the parts of a program into atoms. */
final class Emitter {
  private static final long CODE = Elf.SHF_ALLOC | Elf.SHF_EXECINSTR;
  private static final int GLOBAL_FUNCTION = Elf.STB_GLOBAL << 4 | Elf.STT_FUNC;

  private Emitter() {}

  /**
   * {@code push rbx; mov $constant, ebx; ebx = ebx * 31 + step ...; mov ebx, eax; pop rbx; ret}.
   */
  static Atom function(Function function) {
    Assembler out = new Assembler(function.stream);
    out.bytes(0x53, 0xbb).int32(function.constant);
    for (Step step : function.steps) {
      StepCode.emit(out, step);
      out.bytes(0x69, 0xdb, 0x1f, 0, 0, 0, 0x01, 0xc3);
    }
    out.bytes(0x89, 0xd8, 0x5b, 0xc3);
    long codeSize = out.size();
    Random filler = new Random(function.padding);
    for (int i = 0; i < function.padding; i++) {
      out.bytes(filler.nextInt());
    }
    int info = function.info(Elf.STT_FUNC);
    return code(
        function.key,
        ".text.unit." + function.key,
        function.alignment,
        out,
        new Definition(function.name, 0, codeSize, info));
  }

  /** The weak definition returns a constant of its own. */
  static Atom twin(Function function) {
    Assembler out = new Assembler(function.twinStream);
    out.bytes(0xb8).int32(function.twinConstant).bytes(0xc3);
    int info = Elf.STB_WEAK << 4 | Elf.STT_FUNC;
    return code(
        twinKey(function),
        ".text.unit.twin",
        1,
        out,
        new Definition(function.name, 0, out.size(), info));
  }

  static String twinKey(Function function) {
    return function.key + ".twin";
  }

  static Atom data(DataObject object) {
    Assembler out = new Assembler(object.stream);
    for (int word : object.words) {
      out.int32(word);
    }
    for (Referable pointer : object.pointers) {
      out.field(8, Elf.R_X86_64_64, pointer, false, 0);
    }
    boolean zeros = object.kind == DataObject.Kind.ZEROS;
    boolean constants = object.kind == DataObject.Kind.CONSTANTS;
    long size = zeros ? object.zeros : out.size();
    String section = zeros ? ".bss" : constants ? ".rodata" : ".data";
    int info = object.info(Elf.STT_OBJECT);
    return new Atom(
        object.key,
        section + ".unit." + object.key,
        zeros ? Elf.SHT_NOBITS : Elf.SHT_PROGBITS,
        constants ? Elf.SHF_ALLOC : Elf.SHF_ALLOC | Elf.SHF_WRITE,
        object.alignment,
        size,
        out.code(),
        List.of(new Definition(object.name, 0, size, info)),
        out.relocations());
  }

  /**
   * Waits for a byte or the end of the standard input. Then calls every function of the table
   * {@code roots}, combines the results, writes the sum to the standard output and exits with its
   * low byte.
   */
  static Atom start(String stream, int roots) {
    Assembler out = new Assembler(stream);
    out.bytes(0x31, 0xc0, 0x31, 0xff);
    out.bytes(0x48, 0x8d, 0x35).field(4, Elf.R_X86_64_PC32, Space.GLOBAL, Program.RESULT, -4);
    out.bytes(0xba).int32(1).bytes(0x0f, 0x05, 0x31, 0xdb);
    out.bytes(0x4c, 0x8d, 0x25).field(4, Elf.R_X86_64_PC32, Space.GLOBAL, Program.ROOTS, -4);
    out.bytes(0x41, 0xbd).int32(roots);
    int loop = out.size();
    out.bytes(0x45, 0x85, 0xed, 0x74, 21);
    out.bytes(0x41, 0xff, 0x14, 0x24, 0x69, 0xdb, 0x1f, 0, 0, 0, 0x01, 0xc3);
    out.bytes(0x49, 0x83, 0xc4, 0x08, 0x41, 0xff, 0xcd);
    out.bytes(0xeb, loop - (out.size() + 2));
    out.bytes(0x89, 0x1d).field(4, Elf.R_X86_64_PC32, Space.GLOBAL, Program.RESULT, -4);
    out.bytes(0xb8).int32(1).bytes(0xbf).int32(1);
    out.bytes(0x48, 0x8d, 0x35).field(4, Elf.R_X86_64_PC32, Space.GLOBAL, Program.RESULT, -4);
    out.bytes(0xba).int32(4).bytes(0x0f, 0x05);
    out.bytes(0xb8).int32(60).bytes(0x0f, 0xb6, 0xfb, 0x0f, 0x05);
    return code(
        Program.START,
        ".text.unit.start",
        16,
        out,
        new Definition(Program.START, 0, out.size(), GLOBAL_FUNCTION));
  }

  private static Atom code(
      String key, String section, long alignment, Assembler out, Definition definition) {
    return new Atom(
        key,
        section,
        Elf.SHT_PROGBITS,
        CODE,
        alignment,
        out.size(),
        out.code(),
        List.of(definition),
        out.relocations());
  }
}

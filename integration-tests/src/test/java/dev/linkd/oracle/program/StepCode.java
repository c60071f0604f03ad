package dev.linkd.oracle.program;

import dev.linkd.oracle.image.Elf;
import dev.linkd.oracle.model.Space;

/** The instructions of one step; they leave its result in %eax. */
final class StepCode {
  private StepCode() {}

  static void emit(Assembler out, Step step) {
    Referable target = step.target();
    if (step.kind().usesNumber()) {
      number(out, step);
    } else if (target == null) {
      out.bytes(0xb8).int32(step.index());
    } else if (step.kind().callsFunction()) {
      call(out, step, target);
    } else {
      data(out, step, target, (DataObject) target.entity());
    }
  }

  private static void call(Assembler out, Step step, Referable target) {
    switch (step.kind()) {
      case CALL_GOT ->
          out.bytes(0xff, 0x15).field(4, Elf.R_X86_64_GOTPCRELX, target, step.byKey(), -4);
      case CALL_PC32 -> out.bytes(0xe8).displacement(target, step.byKey(), 0);
      default -> out.bytes(0xe8).field(4, Elf.R_X86_64_PLT32, target, step.byKey(), -4);
    }
  }

  private static void data(Assembler out, Step step, Referable target, DataObject object) {
    int count = object.count();
    if (count == 0) {
      out.bytes(0x31, 0xc0);
      return;
    }
    int index = Math.floorMod(step.index(), count);
    boolean byKey = step.byKey();
    switch (step.kind()) {
      case CALL_TABLE ->
          out.bytes(0x48, 0x8b, 0x05).displacement(target, byKey, 8L * index).bytes(0xff, 0xd0);
      case LOAD_TABLE ->
          out.bytes(0x48, 0x8b, 0x05).displacement(target, byKey, 8L * index).bytes(0x8b, 0x00);
      case STORE_AND_LOAD -> {
        out.bytes(0xc7, 0x05).field(4, Elf.R_X86_64_PC32, target, byKey, 4L * index - 8);
        out.int32(step.index());
        out.bytes(0x8b, 0x05).displacement(target, byKey, 4L * index);
      }
      default -> load(out, step, target, 4L * index);
    }
  }

  private static void load(Assembler out, Step step, Referable target, long at) {
    boolean byKey = step.byKey();
    switch (step.kind()) {
      case LOAD_GOT -> {
        out.bytes(0x48, 0x8b, 0x05).field(4, Elf.R_X86_64_REX_GOTPCRELX, target, byKey, -4);
        out.bytes(0x8b, 0x80).int32((int) at);
      }
      case LOAD_GOT_PLAIN -> {
        out.bytes(0x48, 0x8b, 0x05).field(4, Elf.R_X86_64_GOTPCREL, target, byKey, -4);
        out.bytes(0x8b, 0x80).int32((int) at);
      }
      case LOAD_32S -> out.bytes(0x8b, 0x04, 0x25).field(4, Elf.R_X86_64_32S, target, byKey, at);
      case LOAD_32 ->
          out.bytes(0xb8).field(4, Elf.R_X86_64_32, target, byKey, at).bytes(0x8b, 0x00);
      case LOAD_64 ->
          out.bytes(0x48, 0xb8).field(8, Elf.R_X86_64_64, target, byKey, at).bytes(0x8b, 0x00);
      case LOAD_PC64 -> {
        // lea gives the address of the next instruction, which lies two bytes before the field
        out.bytes(0x48, 0x8d, 0x05, 0, 0, 0, 0);
        out.bytes(0x48, 0xb9).field(8, Elf.R_X86_64_PC64, target, byKey, at + 2);
        out.bytes(0x8b, 0x04, 0x08);
      }
      default -> out.bytes(0x8b, 0x05).displacement(target, byKey, at);
    }
  }

  private static void number(Assembler out, Step step) {
    String name = Numbers.always(step.index());
    switch (step.kind()) {
      case ABSOLUTE_32 -> out.bytes(0xb8).field(4, Elf.R_X86_64_32, Space.GLOBAL, name, 0);
      case ABSOLUTE_16 ->
          out.bytes(0x31, 0xc0, 0x66, 0xb8).field(2, Elf.R_X86_64_16, Space.GLOBAL, name, 0);
      case ABSOLUTE_8 ->
          out.bytes(0x31, 0xc0, 0xb0).field(1, Elf.R_X86_64_8, Space.GLOBAL, name, 0);
      default -> {
        String maybe = Numbers.sometimes(step.index());
        out.bytes(0x48, 0x8b, 0x05).field(4, Elf.R_X86_64_REX_GOTPCRELX, Space.WEAK, maybe, -4);
        out.bytes(0x48, 0x85, 0xc0, 0x0f, 0x95, 0xc0, 0x0f, 0xb6, 0xc0);
      }
    }
  }
}

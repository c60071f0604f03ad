package dev.linkd.elf.x86_64;

import static dev.linkd.object.ElfConstants.*;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;

/**
 * Applies every relocation of a piece of code, all to one symbol, after rewriting what can be
 * rewritten. What the symbol is decides which rewriting is tried.
 */
record RelaxingLinker(Mode mode, long address, long symbol, long tpOffset, long gotTp) {

  /** What may be assumed of the symbol. */
  enum Mode {
    /** Defined at an address within reach. */
    DIRECT,
    /** Has a value that is known now. */
    IMMEDIATE,
    /** A thread-local variable of the executable. */
    LOCAL_EXEC,
    /** A thread-local variable of a library that was loaded at start. */
    INITIAL_EXEC
  }

  byte[] link(AssembledCode code) {
    byte[] image = code.text().clone();
    link(code, image);
    return image;
  }

  /** Relocates into an image that holds the code, rewritten before or not. */
  void link(AssembledCode code, byte[] bytes) {
    MemorySegment image = MemorySegment.ofArray(bytes);
    int consumed = -1;
    for (AssembledCode.Relocation relocation : code.relocations()) {
      if (relocation.offset() == consumed) {
        continue;
      }
      Relaxation form = form(code, relocation);
      int field = relocation.offset();
      Relaxer.rewrite(form, relocation.kind(), code.segment(), field, image, field);
      consumed = form.callField() == 0 ? consumed : field + form.callField();
      int place = field + form.fieldShift();
      int kind = form == Relaxation.NONE ? localExecKind(relocation.kind()) : form.kind();
      long value = value(kind, relocation.addend() + form.addendShift(), address + place);
      assertThat(RelocationKinds.apply(image, place, kind, value)).isEqualTo(RelocationKinds.FITS);
    }
  }

  /** Local dynamic offsets count from the thread pointer once the sequence is local exec. */
  private int localExecKind(int kind) {
    if (mode != Mode.LOCAL_EXEC) {
      return kind;
    }
    return switch (kind) {
      case R_X86_64_DTPOFF32 -> R_X86_64_TPOFF32;
      case R_X86_64_DTPOFF64 -> R_X86_64_TPOFF64;
      default -> kind;
    };
  }

  Relaxation form(AssembledCode code, AssembledCode.Relocation relocation) {
    MemorySegment bytes = code.segment();
    long size = code.text().length;
    long field = relocation.offset();
    int kind = relocation.kind();
    long addend = relocation.addend();
    boolean local = mode == Mode.LOCAL_EXEC;
    return switch (kind) {
      case R_X86_64_GOTPCREL,
          R_X86_64_GOTPCRELX,
          R_X86_64_REX_GOTPCRELX,
          R_X86_64_CODE_4_GOTPCRELX ->
          mode == Mode.IMMEDIATE
              ? RelaxationShapes.gotToImmediate(bytes, 0, size, field, kind, addend)
              : RelaxationShapes.gotToDirect(bytes, 0, size, field, kind, addend);
      case R_X86_64_GOTTPOFF, R_X86_64_CODE_4_GOTTPOFF ->
          local
              ? RelaxationShapes.initialToLocalExec(bytes, 0, size, field, kind, addend)
              : Relaxation.NONE;
      case R_X86_64_TLSGD ->
          local
              ? RelaxationShapes.generalDynamicToLocalExec(bytes, 0, size, field, addend)
              : RelaxationShapes.generalDynamicToInitialExec(bytes, 0, size, field, addend);
      case R_X86_64_TLSLD ->
          RelaxationShapes.localDynamicToLocalExec(bytes, 0, size, field, addend);
      case R_X86_64_GOTPC32_TLSDESC, R_X86_64_CODE_4_GOTPC32_TLSDESC ->
          local
              ? RelaxationShapes.descriptorToLocalExec(bytes, 0, size, field, kind, addend)
              : RelaxationShapes.descriptorToInitialExec(bytes, 0, size, field, kind, addend);
      case R_X86_64_TLSDESC_CALL -> RelaxationShapes.descriptorCall(bytes, 0, size, field);
      default -> Relaxation.NONE;
    };
  }

  private long value(int kind, long addend, long place) {
    return switch (RelocationKinds.expression(kind)) {
      case NOTHING -> 0;
      case S_A -> symbol + addend;
      case S_A_P, L_A_P -> symbol + addend - place;
      case TP_OFFSET -> tpOffset + addend;
      case GOTTP_A_P -> gotTp + addend - place;
      default -> throw new AssertionError("not relaxed: " + RelocationKinds.name(kind));
    };
  }
}

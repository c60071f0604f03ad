package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.elf.x86_64.Relaxation;
import dev.linkd.elf.x86_64.RelaxationShapes;
import dev.linkd.output.Atoms;
import dev.linkd.output.OutputKind;
import dev.linkd.reloc.Relocations;
import dev.linkd.symbol.Symbols;
import java.lang.foreign.MemorySegment;

/**
 * Which rewrite of its instruction a relocation gets, from the input's bytes and from what the
 * symbol is at present. The same question has the same answer when slots are counted and when the
 * field is written.
 */
final class RelaxationChoice {

  private static final int NONE = -1;

  private final LinkState state;
  private final SymbolView view;
  private final boolean executable;
  private final boolean relax;

  RelaxationChoice(LinkState state, SymbolView view) {
    this.state = state;
    this.view = view;
    this.executable = state.spec.kind().executable();
    // The start-up code of a static PIE runs before anybody has filled the GOT.
    this.relax = state.spec.code().relax() || state.spec.kind() == OutputKind.STATIC_PIE;
  }

  Relaxation of(int row) {
    Relocations relocations = state.relocations;
    int kind = relocations.kind(row);
    return switch (kind) {
      case R_X86_64_GOTPCRELX, R_X86_64_REX_GOTPCRELX, R_X86_64_CODE_4_GOTPCRELX ->
          relax && !relocations.flag(row, Relocations.FAR) && direct(relocations.symbol(row))
              ? gotToDirect(row, kind)
              : Relaxation.NONE;
      case R_X86_64_GOTTPOFF, R_X86_64_CODE_4_GOTTPOFF ->
          localExec(row) ? initialToLocalExec(row, kind) : Relaxation.NONE;
      case R_X86_64_TLSGD -> executable ? generalDynamic(row) : Relaxation.NONE;
      case R_X86_64_TLSLD -> executable ? localDynamic(row) : Relaxation.NONE;
      case R_X86_64_GOTPC32_TLSDESC, R_X86_64_CODE_4_GOTPC32_TLSDESC ->
          executable ? descriptor(row, kind) : Relaxation.NONE;
      case R_X86_64_TLSDESC_CALL -> executable ? descriptorCall(row) : Relaxation.NONE;
      default -> Relaxation.NONE;
    };
  }

  /** Whether the kind is for an instruction that takes an address from the GOT. */
  static boolean throughGot(int kind) {
    return kind == R_X86_64_GOTPCRELX
        || kind == R_X86_64_REX_GOTPCRELX
        || kind == R_X86_64_CODE_4_GOTPCRELX;
  }

  /** Whether the symbol's address is a constant distance away. */
  private boolean direct(int symbol) {
    int resolution = state.symbols.state(symbol);
    boolean placed =
        resolution == Symbols.DEFINED
            || resolution == Symbols.SECTION_START
            || resolution == Symbols.SECTION_END;
    return placed && !view.dynamic(symbol) && !view.indirect(symbol);
  }

  private boolean localExec(int row) {
    return executable && !view.dynamic(state.relocations.symbol(row));
  }

  private Relaxation gotToDirect(int row, int kind) {
    int atom = state.relocations.atom(row);
    return RelaxationShapes.gotToDirect(
        bytes(atom), start(atom), size(atom), field(row), kind, state.relocations.addend(row));
  }

  private Relaxation initialToLocalExec(int row, int kind) {
    int atom = state.relocations.atom(row);
    return RelaxationShapes.initialToLocalExec(
        bytes(atom), start(atom), size(atom), field(row), kind, state.relocations.addend(row));
  }

  private Relaxation generalDynamic(int row) {
    int atom = state.relocations.atom(row);
    long addend = state.relocations.addend(row);
    return localExec(row)
        ? RelaxationShapes.generalDynamicToLocalExec(
            bytes(atom), start(atom), size(atom), field(row), addend)
        : RelaxationShapes.generalDynamicToInitialExec(
            bytes(atom), start(atom), size(atom), field(row), addend);
  }

  private Relaxation localDynamic(int row) {
    int atom = state.relocations.atom(row);
    return RelaxationShapes.localDynamicToLocalExec(
        bytes(atom), start(atom), size(atom), field(row), state.relocations.addend(row));
  }

  private Relaxation descriptor(int row, int kind) {
    int atom = state.relocations.atom(row);
    long addend = state.relocations.addend(row);
    return localExec(row)
        ? RelaxationShapes.descriptorToLocalExec(
            bytes(atom), start(atom), size(atom), field(row), kind, addend)
        : RelaxationShapes.descriptorToInitialExec(
            bytes(atom), start(atom), size(atom), field(row), kind, addend);
  }

  private Relaxation descriptorCall(int row) {
    int atom = state.relocations.atom(row);
    return RelaxationShapes.descriptorCall(bytes(atom), start(atom), size(atom), field(row));
  }

  /**
   * Whether the relocation belongs to the call of {@code __tls_get_addr} in a sequence that was
   * rewritten, so that nothing remains to be relocated.
   */
  boolean swallowed(int row) {
    Relocations relocations = state.relocations;
    int atom = relocations.atom(row);
    int previous = row - 1;
    if (!executable || previous < state.atoms.firstRelocation(atom)) {
      return false;
    }
    int kind = relocations.kind(previous);
    if (kind != R_X86_64_TLSGD && kind != R_X86_64_TLSLD) {
      return false;
    }
    int call = of(previous).callField();
    return call != 0 && relocations.offset(previous) + call == relocations.offset(row);
  }

  private MemorySegment bytes(int atom) {
    return state.atoms.content(atom) == NONE ? MemorySegment.NULL : state.contentSegment(atom);
  }

  private long start(int atom) {
    return state.atoms.content(atom) == NONE ? 0 : state.atoms.content(atom);
  }

  private long size(int atom) {
    Atoms atoms = state.atoms;
    return atoms.content(atom) == NONE ? 0 : atoms.size(atom);
  }

  private long field(int row) {
    return state.relocations.offset(row);
  }
}

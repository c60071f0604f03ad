package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.diag.Code;
import dev.linkd.elf.x86_64.Expression;
import dev.linkd.elf.x86_64.Relaxation;
import dev.linkd.elf.x86_64.Relaxer;
import dev.linkd.elf.x86_64.RelocationKinds;
import dev.linkd.reloc.Relocations;
import dev.linkd.table.Segments;
import java.lang.foreign.MemorySegment;

/** Computes the value of a relocation and writes it: the field, and what the loader has to do. */
final class RelocationWriter {

  private static final int NONE = -1;

  private final LinkState state;
  private final Layout layout;
  private final SymbolView view;
  private final RelaxationChoice relaxations;
  private final ElfTables tables;
  private final UnwindTable unwind;
  private final Relocations relocations;
  private final RelocationFaults faults;
  private final Tombstones tombstones;

  /** Relocations whose rewritten instruction does not reach the target. */
  private final IntQueue far = new IntQueue();

  /** Name of the start of the thread-local block; held by {@link LinkerSymbols}. */
  private final int moduleBase;

  RelocationWriter(
      LinkState state,
      Layout layout,
      SymbolView view,
      RelaxationChoice relaxations,
      ElfTables tables,
      UnwindTable unwind,
      RelocationFaults faults) {
    this.state = state;
    this.layout = layout;
    this.view = view;
    this.relaxations = relaxations;
    this.tables = tables;
    this.unwind = unwind;
    this.relocations = state.relocations;
    this.faults = faults;
    this.tombstones = new Tombstones(state);
    this.moduleBase = state.names.intern(LinkerSymbols.TLS_MODULE_BASE);
  }

  /**
   * Applies one relocation.
   *
   * @return whether it is done; otherwise a diagnostic says why not
   */
  boolean apply(int row) {
    state.work.relocationsApplied++;
    int kind = relocations.kind(row);
    int atom = relocations.atom(row);
    int width = RelocationKinds.width(kind);
    long offset = relocations.offset(row);
    if (kind == Dependency.KIND) {
      return true;
    }
    if (kind == Unwind.CIE_POINTER) {
      return writeCiePointer(row, atom, offset);
    }
    if (!RelocationKinds.input(kind)) {
      return faults.fail(row, Code.UNKNOWN_RELOCATION, RelocationFaults.unknown(kind));
    }
    if (offset + width > state.atoms.size(atom) || state.atoms.content(atom) == NONE) {
      return faults.fail(
          row, Code.RELOCATION_OUT_OF_BOUNDS, "relocated field lies outside its section");
    }
    if (relaxations.swallowed(row)) {
      return true;
    }
    if (!faults.allowed(row, kind)) {
      return false;
    }
    return write(row, kind, atom, offset) && !faults.warned(row);
  }

  private boolean write(int row, int kind, int atom, long offset) {
    OutputSection section = layout.section(state.atoms.section(atom));
    long position = layout.position(atom) + offset;
    long place = section.address + state.file.offset(state.atoms.node(atom)) + offset;
    MemorySegment image = state.file.image();
    long addend = relocations.addend(row);
    int from = 0;
    int to = RelocationKinds.width(kind);
    Relaxation form = relaxations.of(row);
    int before = rewrittenBefore(kind);
    if (before > 0 || kind == R_X86_64_TLSDESC_CALL) {
      long content = state.atoms.content(atom) + offset;
      MemorySegment input = state.contentSegment(atom);
      from = Math.max((int) -offset, -before);
      Segments.copy(input, content + from, image, position + from, to - from);
      if (form != Relaxation.NONE) {
        from = form.start();
        to = form.end();
        Segments.copy(input, content + from, image, position + from, to - from);
        Relaxer.rewrite(form, kind, input, content, image, position);
        kind = form.kind();
        position += form.fieldShift();
        place += form.fieldShift();
        addend += form.addendShift();
        from -= form.fieldShift();
        to -= form.fieldShift();
      }
    }
    long value = value(row, kind, addend, place, section);
    if (RelocationKinds.apply(image, position, kind, value) != RelocationKinds.FITS) {
      if (form != Relaxation.NONE && RelaxationChoice.throughGot(relocations.kind(row))) {
        relocations.setFlag(row, Relocations.FAR, true);
        far.add(row);
        return true;
      }
      return faults.overflow(row, kind, value);
    }
    state.file.dirty(position + from, position + to);
    state.work.bytesWritten += to - from;
    if (unwind.holds(section)) {
      unwind.touch(atom);
    }
    if (relocations.dynamicSlot(row) != NONE) {
      writeDynamic(row, kind, place, value);
    }
    return true;
  }

  /** Queues the relocations that need a slot of the GOT after all. */
  void retryFar() {
    for (int i = 0; i < far.size(); i++) {
      state.queueRelocation(far.get(i));
    }
    far.clear();
  }

  private boolean writeCiePointer(int row, int atom, long offset) {
    long place = layout.address(atom) + offset;
    long position = layout.position(atom) + offset;
    long value = place - view.address(relocations.symbol(row));
    Segments.setInt(state.file.image(), position, (int) value);
    state.file.dirty(position, position + Integer.BYTES);
    unwind.touch(atom);
    return true;
  }

  /**
   * How many bytes before the field belong to an instruction that may have been rewritten; 0 for
   * kinds that are never rewritten. Exactly these are restored: the bytes before may be the field
   * of another relocation.
   */
  private static int rewrittenBefore(int kind) {
    return switch (kind) {
      case R_X86_64_GOTPCRELX -> 2;
      case R_X86_64_REX_GOTPCRELX, R_X86_64_GOTTPOFF, R_X86_64_TLSLD, R_X86_64_GOTPC32_TLSDESC -> 3;
      case R_X86_64_CODE_4_GOTPCRELX,
          R_X86_64_CODE_4_GOTTPOFF,
          R_X86_64_CODE_4_GOTPC32_TLSDESC,
          R_X86_64_TLSGD ->
          4;
      default -> 0;
    };
  }

  private long value(int row, int kind, long a, long p, OutputSection section) {
    int symbol = relocations.symbol(row);
    Expression expression = RelocationKinds.expression(kind);
    if (tombstones.marks(section, symbol)) {
      return tombstones.value(section);
    }
    return switch (expression) {
      case S_A -> absolute(symbol, section) + a;
      case S_A_P -> view.address(symbol) + a - p;
      case L_A_P -> linkage(symbol) + a - p;
      case L_A_GOT -> linkage(symbol) + a - tables.gotBase();
      case G_GOT_A_P -> tables.got(symbol) + a - p;
      case G_A -> tables.got(symbol) + a - tables.gotBase();
      case S_A_GOT -> view.address(symbol) + a - tables.gotBase();
      case GOT_A_P -> tables.gotBase() + a - p;
      case Z_A -> state.symbols.size(symbol) + a;
      case TP_OFFSET -> threadLocal(symbol) + a - tables.threadLocals().threadPointer();
      case DTP_OFFSET -> dtpOffset(symbol, section) + a;
      case GOTTP_A_P -> tables.gotTp(symbol) + a - p;
      case TLSGD_A_P -> tables.gotGd(symbol) + a - p;
      case TLSLD_A_P -> tables.gotLd() + a - p;
      case TLSDESC_A_P -> tables.gotDescriptor(symbol) + a - p;
      default -> 0;
    };
  }

  /** In sections that are not loaded, a reference to what is not there is 0. */
  private long absolute(int symbol, OutputSection section) {
    if (!section.allocated() && view.threadLocal(symbol)) {
      return view.address(symbol) - tables.threadLocals().start();
    }
    return view.address(symbol);
  }

  private long linkage(int symbol) {
    int slot = view.pltSlot(symbol);
    return slot == NONE ? view.address(symbol) : tables.plt().address(slot);
  }

  /**
   * Code of an executable that counts from the start of the block counts from the thread pointer:
   * see {@link #dtpOffset}.
   */
  private long threadLocal(int symbol) {
    boolean base = state.symbols.name(symbol) == moduleBase && state.spec.kind().executable();
    return base || view.undefined(symbol)
        ? tables.threadLocals().threadPointer()
        : view.address(symbol);
  }

  /** Code of an executable counts from the thread pointer: see the local-dynamic model's slot. */
  private long dtpOffset(int symbol, OutputSection section) {
    ThreadLocals block = tables.threadLocals();
    boolean exec = state.spec.kind().executable() && (section.flags & SHF_EXECINSTR) != 0;
    long base = exec ? block.threadPointer() : block.start();
    return view.undefined(symbol) || view.imported(symbol) ? 0 : view.address(symbol) - base;
  }

  private void writeDynamic(int row, int kind, long place, long value) {
    int slot = relocations.dynamicSlot(row);
    int symbol = relocations.symbol(row);
    DynamicRelocations dynamic = tables.dynamicRelocations();
    if ((relocations.needs(row) & RelocationNeeds.RELATIVE) == 0) {
      int index = state.extras.get(state.symbols.extra(symbol), Extras.DYNAMIC_INDEX);
      dynamic.put(slot, place, kind, index, relocations.addend(row));
    } else if (kind == R_X86_64_TPOFF64) {
      long inBlock = view.address(symbol) - tables.threadLocals().start();
      dynamic.put(slot, place, kind, 0, inBlock + relocations.addend(row));
    } else {
      dynamic.put(slot, place, R_X86_64_RELATIVE, 0, value);
    }
  }
}

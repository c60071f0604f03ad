package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.elf.x86_64.Expression;
import dev.linkd.elf.x86_64.Relaxation;
import dev.linkd.elf.x86_64.RelocationKinds;
import dev.linkd.output.Atoms;
import dev.linkd.output.ModuleTags;
import dev.linkd.output.OutputKind;
import dev.linkd.output.UndefinedRules;
import dev.linkd.reloc.Relocations;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What relocations require besides the symbol's address: GOT, PLT and TLS slots, copies, dynamic
 * relocations. Each row remembers what it has requested, so the counts are exact however often
 * symbols change sides between this output and shared libraries.
 */
final class RelocationNeeds {

  static final int GOT = 1;
  static final int PLT = 2;
  static final int TP = 4;
  static final int GD = 8;
  static final int LD = 16;
  static final int COPY = 32;
  static final int CANONICAL = 64;
  static final int RELATIVE = 128;
  static final int SYMBOLIC = 256;

  /** A TLS descriptor in the GOT. */
  static final int DESC = 512;

  /** A shared library that can only be loaded while there is room in the static TLS block. */
  static final int STATIC_TLS = 1024;

  /** The dynamic linker has to write into memory that is read-only otherwise. */
  static final int TEXT = 2048;

  private static final int NONE = -1;
  private static final int WORD_LOG2 = 3;

  private final LinkState state;
  private final Layout layout;
  private final SymbolView view;
  private final RelaxationChoice relaxations;
  private final SlotOwners slots;
  private final DynamicRelocations dynamic;
  private final LinkOrder linkOrder;
  private final OutputKind kind;
  private final boolean allowsText;

  /** Relocations for which the dynamic linker writes into memory that is read-only otherwise. */
  private final TreeSet<Integer> textRelocations = new TreeSet<>();

  private final SortedSet<Integer> textRelocationsView =
      Collections.unmodifiableSortedSet(textRelocations);

  /** Whether a relocation was seen that counts from the GOT and not from a slot of its symbol. */
  private boolean gotRelative;

  RelocationNeeds(
      LinkState state,
      Layout layout,
      SymbolView view,
      RelaxationChoice relaxations,
      SlotOwners slots,
      DynamicRelocations dynamic,
      LinkOrder linkOrder) {
    this.state = state;
    this.layout = layout;
    this.view = view;
    this.relaxations = relaxations;
    this.slots = slots;
    this.dynamic = dynamic;
    this.linkOrder = linkOrder;
    this.kind = state.spec.kind();
    this.allowsText = state.spec.dynamic().tags().text() != ModuleTags.TextRelocations.REFUSED;
  }

  /** Brings what the relocation has requested in line with what it needs now. */
  void update(int row) {
    int had = state.relocations.needs(row);
    int needs = compute(row);
    if (needs != had) {
      change(row, had, needs);
    }
    state.work.relocations++;
  }

  /** Takes everything back, before the relocation goes away. */
  void release(int row) {
    int had = state.relocations.needs(row);
    if (had != 0) {
      change(row, had, 0);
    }
  }

  private void change(int row, int had, int needs) {
    int symbol = state.relocations.symbol(row);
    int gained = needs & ~had;
    int lost = had & ~needs;
    boolean wasDynamic = (had & (RELATIVE | SYMBOLIC)) != 0;
    boolean isDynamic = (needs & (RELATIVE | SYMBOLIC)) != 0;
    boolean packable = isDynamic && packable(row, needs);
    int slot = state.relocations.dynamicSlot(row);
    if (wasDynamic && !(isDynamic && dynamic.suits(slot, packable))) {
      dynamic.free(slot);
      slot = NONE;
    }
    if (isDynamic && slot == NONE) {
      slot = packable ? dynamic.allocateRelative() : dynamic.allocate();
    }
    state.relocations.setDynamicSlot(row, isDynamic ? slot : NONE);
    if ((gained & TEXT) != 0) {
      textRelocations.add(row);
    } else if ((lost & TEXT) != 0) {
      textRelocations.remove(row);
    }
    slots.acquire(symbol, gained & ~(RELATIVE | TEXT));
    slots.release(symbol, lost & ~(RELATIVE | TEXT));
    state.relocations.setNeeds(row, needs);
  }

  /** Whether it is a relative relocation at a place that is a multiple of eight. */
  private boolean packable(int row, int needs) {
    int atom = state.relocations.atom(row);
    return (needs & RELATIVE) != 0
        && state.relocations.kind(row) != R_X86_64_TPOFF64
        && state.atoms.alignmentLog2(atom) >= WORD_LOG2
        && state.relocations.offset(row) % (1 << WORD_LOG2) == 0;
  }

  /** Relocations for which the dynamic linker writes into memory that is read-only otherwise. */
  SortedSet<Integer> textRelocations() {
    return textRelocationsView;
  }

  boolean gotRelative() {
    return gotRelative;
  }

  /** Whether the value depends on where the GOT is, whatever the symbol and its slots. */
  static boolean gotRelative(int relocationKind) {
    return RelocationKinds.input(relocationKind)
        && switch (RelocationKinds.expression(relocationKind)) {
          case G_A, L_A_GOT, S_A_GOT, GOT_A_P, TLSLD_A_P -> true;
          default -> false;
        };
  }

  private int compute(int row) {
    Relocations relocations = state.relocations;
    int relocationKind = relocations.kind(row);
    int symbol = relocations.symbol(row);
    OutputSection section = layout.section(state.atoms.section(relocations.atom(row)));
    if (!RelocationKinds.input(relocationKind)) {
      linkOrder.consider(row);
      return 0;
    }
    Expression expression = RelocationKinds.expression(relocationKind);
    gotRelative |= gotRelative(relocationKind);
    if (!section.allocated()) {
      return slots(row, expression); // the place of a slot is a value wherever it is written
    }
    int indirect = view.indirect(symbol) ? PLT : 0;
    return indirect
        | switch (expression) {
          case S_A -> address(symbol, RelocationKinds.width(relocationKind) == 8, section);
          case S_A_P, S_A_GOT -> distance(symbol);
          case L_A_P, L_A_GOT -> view.dynamic(symbol) && !relaxations.swallowed(row) ? PLT : 0;
          case TP_OFFSET, DTP_OFFSET -> threadPointer(symbol, relocationKind, section);
          default -> slots(row, expression);
        };
  }

  /** Slots of the GOT whose place is part of the value. */
  private int slots(int row, Expression expression) {
    return switch (expression) {
      case G_A, G_GOT_A_P ->
          relaxations.of(row) == Relaxation.NONE && !relaxations.swallowed(row) ? GOT : 0;
      case GOTTP_A_P -> relaxations.of(row) == Relaxation.NONE ? threadOffset() : 0;
      case TLSGD_A_P -> generalDynamic(row);
      case TLSLD_A_P -> relaxations.of(row) == Relaxation.NONE ? LD : 0;
      case TLSDESC_A_P -> descriptor(row);
      default -> 0;
    };
  }

  private int generalDynamic(int row) {
    return switch (relaxations.of(row)) {
      case NONE -> GD;
      case GD_TO_IE, GD_TO_IE_LARGE -> TP;
      default -> 0;
    };
  }

  private int descriptor(int row) {
    return switch (relaxations.of(row)) {
      case NONE -> kind.executable() ? 0 : DESC;
      case DESC_TO_IE -> TP;
      default -> 0;
    };
  }

  private int threadOffset() {
    return kind.executable() ? TP : TP | STATIC_TLS;
  }

  /** A TLS offset in data, which is not always known before the program starts. */
  private int threadPointer(int symbol, int relocationKind, OutputSection section) {
    if (RelocationKinds.width(relocationKind) < 8 || (section.flags & SHF_WRITE) == 0) {
      return 0;
    }
    int fixed = relocationKind == R_X86_64_TPOFF64 && !kind.executable() ? STATIC_TLS : 0;
    if (view.dynamic(symbol)) {
      return dynamicPointer(symbol) | fixed;
    }
    return fixed == 0 ? 0 : RELATIVE | STATIC_TLS;
  }

  private int address(int symbol, boolean pointer, OutputSection section) {
    int text = (section.flags & SHF_WRITE) != 0 ? 0 : TEXT;
    boolean writable = text == 0 || (allowsText && kind.positionIndependent());
    if (view.dynamic(symbol)) {
      if (pointer && writable) {
        int needs = dynamicPointer(symbol);
        return needs == 0 ? 0 : needs | text;
      }
      return kind.executable() && !kind.positionIndependent() ? own(symbol) : 0;
    }
    boolean moves = kind.positionIndependent() && !view.absolute(symbol);
    return pointer && writable && moves ? RELATIVE | text : 0;
  }

  /** An undefined weak symbol that no library provides stays 0 in an executable. */
  private int dynamicPointer(int symbol) {
    boolean weak = SymbolView.binding(state.symbols.info(symbol)) == STB_WEAK;
    boolean asked = state.spec.dynamic().undefined().weak() == UndefinedRules.Weak.ALWAYS;
    return view.undefined(symbol) && kind.executable() && weak && !asked ? 0 : SYMBOLIC;
  }

  private int distance(int symbol) {
    return view.imported(symbol) && kind.executable() ? own(symbol) : 0;
  }

  /** Gives an imported symbol an address in this executable: a PLT entry or a copy. */
  private int own(int symbol) {
    if (!view.imported(symbol)) {
      return 0;
    }
    int copy = state.spec.dynamic().copies() ? COPY : 0;
    return switch (SymbolView.type(state.symbols.info(symbol))) {
      case STT_OBJECT -> copy;
      // Assemblers give data no type unless told, but code has no size then.
      case STT_NOTYPE -> state.symbols.size(symbol) > 0 ? copy : CANONICAL | PLT;
      case STT_TLS -> 0;
      default -> CANONICAL | PLT;
    };
  }

  /** Whether the atom that contains the relocation can be written by the dynamic linker. */
  boolean writable(int row) {
    Atoms atoms = state.atoms;
    return (layout.section(atoms.section(state.relocations.atom(row))).flags & SHF_WRITE) != 0;
  }
}

package dev.linkd.elf.x86_64;

/**
 * What a relocated field holds, in the letters of the psABI: S symbol value, A addend, P place, G
 * offset of the symbol's GOT slot from GOT, GOT address of {@code _GLOBAL_OFFSET_TABLE_}, L address
 * of the symbol's PLT entry (S when it has none), Z symbol size, TP thread pointer, DTP start of
 * the module's TLS block.
 */
public enum Expression {
  /** Nothing is written: a marker. */
  NOTHING(false, Slot.NONE),
  S_A(false, Slot.NONE),
  S_A_P(true, Slot.NONE),
  /** G + A. */
  G_A(false, Slot.GOT),
  /** G + GOT + A - P: the distance to the GOT slot. */
  G_GOT_A_P(true, Slot.GOT),
  /** L + A - P. */
  L_A_P(true, Slot.PLT),
  /** L + A - GOT. */
  L_A_GOT(false, Slot.PLT),
  /** S + A - GOT. */
  S_A_GOT(false, Slot.NONE),
  /** GOT + A - P; the symbol is {@code _GLOBAL_OFFSET_TABLE_} itself. */
  GOT_A_P(true, Slot.NONE),
  /** Z + A. */
  Z_A(false, Slot.NONE),
  /** S + A - TP: negative on x86-64, where the TLS block ends at the thread pointer. */
  TP_OFFSET(false, Slot.NONE),
  /** S + A - DTP. */
  DTP_OFFSET(false, Slot.NONE),
  /** Distance to the GOT slot that holds the TP offset (initial exec). */
  GOTTP_A_P(true, Slot.GOT_TP),
  /** Distance to the pair of GOT slots with module and DTP offset (general dynamic). */
  TLSGD_A_P(true, Slot.TLSGD),
  /** Distance to the one pair of GOT slots with the module only (local dynamic). */
  TLSLD_A_P(true, Slot.TLSLD),
  /** Distance to the TLS descriptor. */
  TLSDESC_A_P(true, Slot.TLSDESC),
  /** Computed by the dynamic linker; never in an object file. */
  LOADER(false, Slot.NONE),
  /** Not a relocation kind of this machine. */
  UNKNOWN(false, Slot.NONE);

  /** The synthetic entry that the value is the address of. */
  public enum Slot {
    NONE,
    GOT,
    PLT,
    GOT_TP,
    TLSGD,
    TLSLD,
    TLSDESC
  }

  private final boolean pcRelative;
  private final Slot slot;

  Expression(boolean pcRelative, Slot slot) {
    this.pcRelative = pcRelative;
    this.slot = slot;
  }

  /** Whether P is part of it, so that the field changes when its own place moves. */
  public boolean pcRelative() {
    return pcRelative;
  }

  /** The synthetic entry it refers to; {@link Slot#NONE} when it is none of the symbol's own. */
  public Slot slot() {
    return slot;
  }
}

package dev.linkd.oracle.naive;

import dev.linkd.oracle.image.Elf;
import dev.linkd.oracle.model.Atom;
import dev.linkd.oracle.model.Relocation;
import dev.linkd.oracle.naive.NaiveLayout.Group;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Writes a resolved model as a minimal static executable. */
public final class NaiveElf {
  private final NaiveLink link;
  private final NaiveLayout layout;
  private final ByteBuffer file;

  private NaiveElf(NaiveLink link) {
    this.link = link;
    layout = new NaiveLayout(link);
    NaiveTables tables = new NaiveTables(link, layout);
    long contentEnd = layout.end(Group.GOT) - NaiveLayout.BASE;
    long tableStart = Math.ceilDiv(contentEnd, 8) * 8;
    file = ByteBuffer.allocate(Math.toIntExact(tableStart) + tables.size());
    file.order(ByteOrder.LITTLE_ENDIAN);
    header(tables.sectionTable(tableStart), tables.sectionCount());
    segments();
    atoms();
    layout.slots.forEach((target, slot) -> file.putLong(offset(slot), layout.address(target)));
    tables.write(file, Math.toIntExact(tableStart));
  }

  /** The bytes of the file; the model must be free of faults. */
  public static byte[] write(NaiveLink link) {
    if (!link.faults().isEmpty()) {
      throw new IllegalArgumentException("faults: " + link.faults());
    }
    return new NaiveElf(link).file.array();
  }

  private void header(long sectionTable, int sections) {
    NaiveLink.Global entry = link.globals().get("_start");
    if (entry == null) {
      throw new IllegalArgumentException("no _start");
    }
    file.putInt(0, 0x464c457f).put(4, (byte) 2).put(5, (byte) 1).put(6, (byte) 1);
    file.putShort(16, (short) Elf.ET_EXEC).putShort(18, (short) Elf.EM_X86_64).putInt(20, 1);
    file.putLong(24, layout.address(entry.target())).putLong(32, 64).putLong(40, sectionTable);
    file.putShort(52, (short) 64).putShort(54, (short) 56).putShort(56, (short) 5);
    file.putShort(58, (short) 64).putShort(60, (short) sections);
    file.putShort(62, (short) (sections - 1));
  }

  private void segments() {
    segment(0, NaiveLayout.BASE, layout.end(Group.RODATA), Elf.PF_R, true);
    segment(1, layout.start(Group.TEXT), layout.end(Group.TEXT), Group.TEXT.flags, true);
    segment(2, layout.start(Group.DATA), layout.end(Group.GOT), Group.DATA.flags, true);
    segment(3, layout.start(Group.BSS), layout.end(Group.BSS), Group.BSS.flags, false);
    file.putInt(64 + 4 * 56, Elf.PT_GNU_STACK).putInt(64 + 4 * 56 + 4, Elf.PF_R | Elf.PF_W);
  }

  /** An empty range becomes PT_NULL, which readers skip. */
  private void segment(int index, long from, long to, int flags, boolean content) {
    if (from == to) {
      return;
    }
    int at = 64 + index * 56;
    file.putInt(at, Elf.PT_LOAD).putInt(at + 4, flags);
    file.putLong(at + 8, content ? from - NaiveLayout.BASE : from % NaiveLayout.PAGE);
    file.putLong(at + 16, from).putLong(at + 24, from);
    file.putLong(at + 32, content ? to - from : 0).putLong(at + 40, to - from);
    file.putLong(at + 48, NaiveLayout.PAGE);
  }

  private void atoms() {
    link.model()
        .streams()
        .forEach(
            (name, stream) -> {
              for (Atom atom : stream.atoms().values()) {
                if (atom.content()) {
                  atom(name, atom);
                }
              }
            });
  }

  private void atom(String stream, Atom atom) {
    long address = layout.address(stream, atom);
    file.put(offset(address), atom.bytes());
    for (Relocation relocation : atom.relocations()) {
      relocate(
          address + relocation.offset(), relocation, link.target(stream, relocation).orElseThrow());
    }
  }

  /** The formulas of the psABI: S symbol, A addend, P place, G slot. */
  private void relocate(long place, Relocation relocation, Target target) {
    long sa = layout.address(target) + relocation.addend();
    int at = offset(place);
    switch (relocation.kind()) {
      case Elf.R_X86_64_64 -> file.putLong(at, sa);
      case Elf.R_X86_64_PC64 -> file.putLong(at, sa - place);
      case Elf.R_X86_64_PC32, Elf.R_X86_64_PLT32 -> file.putInt(at, Math.toIntExact(sa - place));
      case Elf.R_X86_64_32, Elf.R_X86_64_32S -> file.putInt(at, (int) sa);
      case Elf.R_X86_64_16 -> file.putShort(at, (short) sa);
      case Elf.R_X86_64_8 -> file.put(at, (byte) sa);
      case Elf.R_X86_64_GOTPCREL, Elf.R_X86_64_GOTPCRELX, Elf.R_X86_64_REX_GOTPCRELX -> {
        long slot = layout.slots.getOrDefault(target, 0L);
        file.putInt(at, Math.toIntExact(slot + relocation.addend() - place));
      }
      default -> throw new IllegalArgumentException("relocation kind " + relocation.kind());
    }
  }

  private static int offset(long address) {
    return Math.toIntExact(address - NaiveLayout.BASE);
  }
}

package dev.linkd.oracle.naive;

import dev.linkd.oracle.image.Elf;
import dev.linkd.oracle.model.Atom;
import dev.linkd.oracle.model.Model;
import dev.linkd.oracle.model.Relocation;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** Gives every atom and GOT slot an address, in the order of the model. */
final class NaiveLayout {
  static final long BASE = 0x400000;
  static final long PAGE = 4096;
  static final int HEADERS = 64 + 5 * 56;

  /** The output sections, in the order of addresses. */
  enum Group {
    RODATA(".rodata", Elf.PF_R),
    TEXT(".text", Elf.PF_R | Elf.PF_X),
    DATA(".data", Elf.PF_R | Elf.PF_W),
    GOT(".got", Elf.PF_R | Elf.PF_W),
    BSS(".bss", Elf.PF_R | Elf.PF_W);

    final String sectionName;
    final int flags;

    Group(String sectionName, int flags) {
      this.sectionName = sectionName;
      this.flags = flags;
    }

    static Group of(Atom atom) {
      if (!atom.content()) {
        return BSS;
      }
      return atom.executable() ? TEXT : atom.writable() ? DATA : RODATA;
    }
  }

  final Map<AtomId, Long> addresses = new LinkedHashMap<>();
  final Map<Target, Long> slots = new LinkedHashMap<>();
  final Map<Group, Long> starts = new EnumMap<>(Group.class);
  final Map<Group, Long> ends = new EnumMap<>(Group.class);

  NaiveLayout(NaiveLink link) {
    long at = BASE + HEADERS;
    for (Group group : Group.values()) {
      boolean ownPages = group == Group.TEXT || group == Group.DATA || group == Group.BSS;
      at = ownPages ? align(at, PAGE) : align(at, 16);
      starts.put(group, at);
      at = group == Group.GOT ? slots(link, at) : atoms(link.model(), group, at);
      ends.put(group, at);
    }
  }

  long size(Group group) {
    return end(group) - start(group);
  }

  long start(Group group) {
    return starts.getOrDefault(group, 0L);
  }

  long end(Group group) {
    return ends.getOrDefault(group, 0L);
  }

  long address(Target target) {
    AtomId atom = target.atom();
    return atom == null
        ? target.offset()
        : addresses.getOrDefault(atom, Long.MIN_VALUE) + target.offset();
  }

  long address(String stream, Atom atom) {
    return address(Target.in(stream, atom.key(), 0));
  }

  private long atoms(Model model, Group group, long start) {
    long[] at = {start};
    model
        .streams()
        .forEach(
            (name, stream) -> {
              for (Atom atom : stream.atoms().values()) {
                if (Group.of(atom) == group) {
                  at[0] = align(at[0], atom.alignment());
                  addresses.put(new AtomId(name, atom.key()), at[0]);
                  at[0] += atom.size();
                }
              }
            });
    return at[0];
  }

  private long slots(NaiveLink link, long start) {
    Set<Target> targets = new LinkedHashSet<>();
    link.model()
        .streams()
        .forEach(
            (name, stream) -> {
              for (Atom atom : stream.atoms().values()) {
                for (Relocation relocation : atom.relocations()) {
                  if (usesSlot(relocation.kind())) {
                    link.target(name, relocation).ifPresent(targets::add);
                  }
                }
              }
            });
    long at = start;
    for (Target target : targets) {
      slots.put(target, at);
      at += 8;
    }
    return at;
  }

  static boolean usesSlot(int kind) {
    return kind == Elf.R_X86_64_GOTPCREL
        || kind == Elf.R_X86_64_GOTPCRELX
        || kind == Elf.R_X86_64_REX_GOTPCRELX;
  }

  private static long align(long value, long alignment) {
    return Math.ceilDiv(value, alignment) * alignment;
  }
}

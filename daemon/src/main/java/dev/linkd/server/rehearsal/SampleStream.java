package dev.linkd.server.rehearsal;

import static dev.linkd.object.ElfConstants.R_X86_64_64;
import static dev.linkd.object.ElfConstants.R_X86_64_PC32;
import static dev.linkd.object.ElfConstants.R_X86_64_PLT32;
import static dev.linkd.object.ElfConstants.R_X86_64_REX_GOTPCRELX;
import static dev.linkd.object.ElfConstants.SHF_ALLOC;
import static dev.linkd.object.ElfConstants.SHF_EXECINSTR;
import static dev.linkd.object.ElfConstants.SHF_WRITE;
import static dev.linkd.object.ElfConstants.SHT_NOBITS;
import static dev.linkd.object.ElfConstants.SHT_PROGBITS;
import static dev.linkd.object.ElfConstants.STB_GLOBAL;
import static dev.linkd.object.ElfConstants.STB_LOCAL;
import static dev.linkd.object.ElfConstants.STT_FUNC;
import static dev.linkd.object.ElfConstants.STT_OBJECT;

import dev.linkd.v1.AtomPut;
import dev.linkd.v1.AtomRemove;
import dev.linkd.v1.Definition;
import dev.linkd.v1.TargetSpace;
import dev.linkd.v1.Update;
import java.io.IOException;

/**
 * A program as a compiler streams it: functions in sections of their own that call each other,
 * forwards and backwards, and use data. Every fourth function brings data: an array of pointers to
 * functions, a constant, and room for a variable. Every other function has its names by number.
 */
final class SampleStream {
  private static final int SPREAD = 7_919;
  private static final int CALLS_MAX = 20;
  private static final int SLOT_BYTES = 16;

  /** Slots of the references that are no calls. */
  private static final int OTHERS = 3;

  private static final int GROUP = 4;
  private static final int POINTERS = 4;
  private static final int CONSTANT_BYTES_MAX = 40;
  private static final int ADDEND = -4;
  private static final int OPERAND = 3;
  private static final byte CALL = (byte) 0xe8;
  private static final byte[] LOAD_FROM_GOT = {0x48, (byte) 0x8b, 0x05};

  private final StreamCall call;
  private final int functions;
  private final String entry;
  private final byte[] code = new byte[(CALLS_MAX + OTHERS + 1) * SLOT_BYTES * 2];

  private final Fields atom = new Fields();
  private final Fields definition = new Fields();
  private final Fields spaces = new Fields();
  private final Fields offsets = new Fields();
  private final Fields kinds = new Fields();
  private final Fields targets = new Fields();
  private final Fields addends = new Fields();
  private int targetCount;

  /** Whether the names of the atom in hand are given by number. */
  private boolean numbered;

  private final Fields targetNumbers = new Fields();

  /**
   * @param functions a multiple of four; more can be put later
   * @param entry name of the first function
   */
  SampleStream(StreamCall call, int functions, String entry) {
    this.call = call;
    this.functions = functions;
    this.entry = entry;
  }

  /** Compilers make short names and long ones. */
  private String name(int index) {
    if (index == 0) {
      return entry;
    }
    return switch (index % GROUP) {
      case 0 -> "_ZN9rehearsal6sample8function" + index + "Ev";
      case 1 -> "sample_function_" + index;
      default -> "f" + index;
    };
  }

  void remove(int index) throws IOException, DisturbedException {
    call.add(
        Update.REMOVE_ATOM_FIELD_NUMBER,
        atom.clear().text(AtomRemove.KEY_FIELD_NUMBER, name(index)));
  }

  /**
   * Puts a function and, with every fourth, its data.
   *
   * @param version in its last bytes
   * @param grown 1: it has twice the size, else 0
   */
  void put(int index, int version, int grown) throws IOException, DisturbedException {
    String name = name(index);
    int calls = index % CALLS_MAX + 1;
    int size = (calls + OTHERS + 1) * SLOT_BYTES << grown;
    numbered = index % 2 == 1;
    begin(name, ".text." + name, SHF_ALLOC | SHF_EXECINSTR);
    for (int i = 0; i < calls; i++) {
      code[i * SLOT_BYTES] = CALL;
      target(name((index + i * SPREAD + 1) % functions), TargetSpace.TARGET_SPACE_GLOBAL_VALUE);
      relocate(i * SLOT_BYTES + 1, R_X86_64_PLT32, ADDEND);
    }
    int at = calls * SLOT_BYTES;
    int group = index / GROUP * GROUP % functions;
    target("data" + group, TargetSpace.TARGET_SPACE_GLOBAL_VALUE);
    relocate(at + OPERAND, R_X86_64_PC32, ADDEND);
    System.arraycopy(LOAD_FROM_GOT, 0, code, at + SLOT_BYTES, OPERAND);
    relocate(at + SLOT_BYTES + OPERAND, R_X86_64_REX_GOTPCRELX, ADDEND);
    target("constant" + group, TargetSpace.TARGET_SPACE_ATOM_VALUE);
    relocate(at + 2 * SLOT_BYTES + OPERAND, R_X86_64_PC32, ADDEND);
    code[size - 1] = (byte) version;
    code[size - 2] = (byte) (version >> Byte.SIZE);
    atom.bytes(AtomPut.CONTENT_FIELD_NUMBER, code, size);
    end(name, size, STB_GLOBAL << 4 | STT_FUNC);
    java.util.Arrays.fill(code, 0, size, (byte) 0);
    if (index % GROUP == 0 && index < functions) {
      putData(index, version);
    }
  }

  private void putData(int index, int version) throws IOException, DisturbedException {
    int size = POINTERS * Long.BYTES;
    begin("data" + index, ".data.data" + index, SHF_ALLOC | SHF_WRITE);
    for (int i = 0; i < POINTERS; i++) {
      target(name((index + i * SPREAD) % functions), TargetSpace.TARGET_SPACE_GLOBAL_VALUE);
      relocate(i * Long.BYTES, R_X86_64_64, 0);
    }
    atom.bytes(AtomPut.CONTENT_FIELD_NUMBER, code, size);
    end("data" + index, size, STB_GLOBAL << 4 | STT_OBJECT);
    size = index % CONSTANT_BYTES_MAX + 1;
    begin("constant" + index, ".rodata.constant" + index, SHF_ALLOC);
    code[0] = (byte) version;
    atom.bytes(AtomPut.CONTENT_FIELD_NUMBER, code, size);
    end("constant" + index, size, STB_LOCAL << 4 | STT_OBJECT);
    code[0] = 0;
    begin("room" + index, ".bss.room" + index, SHF_ALLOC | SHF_WRITE, SHT_NOBITS);
    atom.number(AtomPut.SIZE_FIELD_NUMBER, size);
    end("room" + index, size, STB_GLOBAL << 4 | STT_OBJECT);
  }

  private void begin(String name, String section, long flags) {
    begin(name, section, flags, SHT_PROGBITS);
  }

  private void begin(String name, String section, long flags, int type) {
    atom.clear();
    if (numbered) {
      atom.number(AtomPut.KEY_NUMBER_FIELD_NUMBER, call.number(name))
          .number(AtomPut.SECTION_NUMBER_FIELD_NUMBER, call.number(section));
    } else {
      atom.text(AtomPut.KEY_FIELD_NUMBER, name).text(AtomPut.SECTION_FIELD_NUMBER, section);
    }
    atom.number(AtomPut.SECTION_TYPE_FIELD_NUMBER, type)
        .number(AtomPut.SECTION_FLAGS_FIELD_NUMBER, flags)
        .number(AtomPut.ALIGNMENT_FIELD_NUMBER, SLOT_BYTES);
    targetCount = 0;
    targetNumbers.clear();
    spaces.clear();
    offsets.clear();
    kinds.clear();
    targets.clear();
    addends.clear();
  }

  private void target(String name, int space) {
    if (numbered) {
      targetNumbers.varint(call.number(name));
    } else {
      atom.text(AtomPut.TARGET_NAMES_FIELD_NUMBER, name);
    }
    spaces.varint(space);
    targetCount++;
  }

  /** A relocation to the last target. */
  private void relocate(int offset, int kind, int addend) {
    offsets.varint(offset);
    kinds.varint(kind);
    targets.varint(targetCount - 1);
    addends.signed(addend);
  }

  private void end(String name, int size, int info) throws IOException, DisturbedException {
    definition.clear();
    if (numbered) {
      definition.number(Definition.NAME_NUMBER_FIELD_NUMBER, call.number(name));
    } else {
      definition.text(Definition.NAME_FIELD_NUMBER, name);
    }
    definition
        .number(Definition.OFFSET_FIELD_NUMBER, 0)
        .number(Definition.SIZE_FIELD_NUMBER, size)
        .number(Definition.INFO_FIELD_NUMBER, info)
        .number(Definition.OTHER_FIELD_NUMBER, 0);
    atom.fields(AtomPut.DEFINITIONS_FIELD_NUMBER, definition)
        .fields(AtomPut.TARGET_NUMBERS_FIELD_NUMBER, targetNumbers)
        .fields(AtomPut.TARGET_SPACES_FIELD_NUMBER, spaces)
        .fields(AtomPut.RELOCATION_OFFSETS_FIELD_NUMBER, offsets)
        .fields(AtomPut.RELOCATION_KINDS_FIELD_NUMBER, kinds)
        .fields(AtomPut.RELOCATION_TARGETS_FIELD_NUMBER, targets)
        .fields(AtomPut.RELOCATION_ADDENDS_FIELD_NUMBER, addends);
    call.add(Update.PUT_ATOM_FIELD_NUMBER, atom);
  }
}

package dev.linkd.server.rehearsal;

import static dev.linkd.object.ElfConstants.R_X86_64_32;
import static dev.linkd.object.ElfConstants.R_X86_64_64;
import static dev.linkd.object.ElfConstants.R_X86_64_PC32;
import static dev.linkd.object.ElfConstants.SHF_ALLOC;
import static dev.linkd.object.ElfConstants.SHF_MERGE;
import static dev.linkd.object.ElfConstants.SHF_STRINGS;
import static dev.linkd.object.ElfConstants.SHT_PROGBITS;

import dev.linkd.server.rehearsal.ObjectFile.Section;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** Unwind records, and debug information of DWARF 5, for the functions of a sample object. */
final class SampleDebug {
  private static final int VARIABLES = 4;
  private static final int SIZE_MAX = 1 << 16;
  private static final short VERSION = 5;
  private static final short VERSION_OF_ARANGES = 2;
  private static final int UNIT_COMPILE = 1;
  private static final int START_LENGTH_OF_RANGES = 7;
  private static final int START_LENGTH_OF_LOCATIONS = 8;

  /** Where the first list begins, behind a header without offsets. */
  private static final int FIRST_LIST = 12;

  private static final HexFormat HEX = HexFormat.of();

  /** Unit: name, lines, start, ranges. Subprogram: name, start, length. Variable: name, place. */
  private static final byte[] ABBREVIATIONS =
      HEX.parseHex(
          "011101030e1017110155170000" + "022e01030e110112070000" + "033400030e02170000" + "00");

  /** A location of one byte: register 0. */
  private static final byte[] REGISTER = {1, 0x50};

  /** The header of a line table behind its length, up to the lengths of the standard opcodes. */
  private static final byte[] LINE_PARAMETERS =
      HEX.parseHex("010101fb0e0d" + "000101010100000001000001");

  /** Of directories, and of files: one column, which is a path in .debug_line_str. */
  private static final byte[] LINE_FORMAT = HEX.parseHex("01011f");

  private static final byte[] SET_ADDRESS = {0, Long.BYTES + 1, 2};
  private static final byte[] END_SEQUENCE = HEX.parseHex("0310" + "01" + "0210" + "000101");

  /** GCC's CIE for x86-64: code in units of 1, data of -8, pointers relative to their places. */
  private static final byte[] CIE =
      HEX.parseHex(
          "14000000" + "00000000" + "01" + "7a5200" + "0178" + "1001" + "1b0c07089001" + "0000");

  private static final int FDE_LENGTH = 20;

  private final ObjectFile file;
  private final List<Section> code;
  private final int[] sizes;
  private final ByteBuffer out = ByteBuffer.allocate(SIZE_MAX).order(ByteOrder.LITTLE_ENDIAN);

  /**
   * @param sizes of the functions, each of which is a section of its own
   */
  SampleDebug(ObjectFile file, List<Section> code, int[] sizes) {
    this.file = file;
    this.code = code;
    this.sizes = sizes;
  }

  void write(String name) {
    Section ranges = lists(".debug_rnglists", START_LENGTH_OF_RANGES, new byte[0]);
    Section locations = lists(".debug_loclists", START_LENGTH_OF_LOCATIONS, REGISTER);
    Section lines = lines(strings(".debug_line_str", "/sample/" + name + ".c"));
    Section info = information(name, ranges, locations, lines);
    addressRanges(info);
    unwind();
  }

  private Section information(String name, Section ranges, Section locations, Section lines) {
    Section abbreviations = debug(".debug_abbrev");
    abbreviations.content(ABBREVIATIONS);
    StringBuilder names = new StringBuilder(name);
    int[] starts = new int[sizes.length];
    for (int i = 0; i < sizes.length; i++) {
      names.append('\0');
      starts[i] = names.length();
      names.append(i % 2 == 0 ? SampleObject.function(name, i) : "variable" + i);
    }
    Section text = strings(".debug_str", names.toString());
    Section info = debug(".debug_info");
    begin(VERSION).put((byte) UNIT_COMPILE).put((byte) Long.BYTES);
    refer(info, abbreviations, 0);
    out.put((byte) 1);
    refer(info, text, 0);
    refer(info, lines, 0);
    out.putLong(0);
    refer(info, ranges, FIRST_LIST);
    for (int i = 0; i < sizes.length; i++) {
      out.put((byte) 2);
      refer(info, text, starts[i]);
      address(info, i);
      out.putLong(sizes[i]);
      for (int variable = 0; variable < VARIABLES; variable++) {
        out.put((byte) 3);
        refer(info, text, starts[(i + variable) % starts.length]);
        refer(info, locations, FIRST_LIST);
      }
      out.put((byte) 0);
    }
    out.put((byte) 0);
    end(info);
    return info;
  }

  /** One list of all functions. */
  private Section lists(String name, int kind, byte[] rest) {
    Section section = debug(name);
    begin(VERSION).put((byte) Long.BYTES).put((byte) 0).putInt(0);
    for (int i = 0; i < sizes.length; i++) {
      out.put((byte) kind);
      address(section, i);
      out.put((byte) (sizes[i] | 0x80)).put((byte) (sizes[i] >> 7)).put(rest); // ULEB128
    }
    out.put((byte) 0);
    end(section);
    return section;
  }

  private Section lines(Section paths) {
    Section section = debug(".debug_line");
    begin(VERSION).put((byte) Long.BYTES).put((byte) 0).putInt(0).put(LINE_PARAMETERS);
    int header = out.position() - LINE_PARAMETERS.length;
    out.put(LINE_FORMAT).put((byte) 1);
    refer(section, paths, 0);
    out.put(LINE_FORMAT).put((byte) 2); // counted from 0, and used from 1 on
    refer(section, paths, 0);
    refer(section, paths, 0);
    out.putInt(header - Integer.BYTES, out.position() - header);
    for (int i = 0; i < sizes.length; i++) {
      out.put(SET_ADDRESS);
      address(section, i);
      out.put(END_SEQUENCE);
    }
    end(section);
    return section;
  }

  private void addressRanges(Section info) {
    Section section = debug(".debug_aranges");
    begin(VERSION_OF_ARANGES);
    refer(section, info, 0);
    out.put((byte) Long.BYTES).put((byte) 0).putInt(0);
    for (int i = 0; i < sizes.length; i++) {
      address(section, i);
      out.putLong(sizes[i]);
    }
    out.putLong(0).putLong(0);
    end(section);
  }

  private void unwind() {
    Section section = file.section(".eh_frame", SHT_PROGBITS, SHF_ALLOC, Long.BYTES, 0);
    out.clear().put(CIE);
    for (int i = 0; i < sizes.length; i++) {
      out.putInt(FDE_LENGTH).putInt(out.position());
      section.relocate(out.position(), R_X86_64_PC32, code.get(i).symbol(), 0);
      out.putInt(0).putInt(sizes[i]).putLong(0);
    }
    section.content(Arrays.copyOf(out.array(), out.position()));
  }

  private Section debug(String name) {
    return file.section(name, SHT_PROGBITS, 0, 1, 0);
  }

  private Section strings(String name, String text) {
    Section section = file.section(name, SHT_PROGBITS, SHF_MERGE | SHF_STRINGS, 1, 1);
    String all = text + "\0of all objects\0" + name + "\0int\0";
    section.content(all.getBytes(StandardCharsets.US_ASCII));
    return section;
  }

  /** Leaves room for the length. */
  private ByteBuffer begin(short version) {
    return out.clear().putInt(0).putShort(version);
  }

  private void end(Section section) {
    out.putInt(0, out.position() - Integer.BYTES);
    section.content(Arrays.copyOf(out.array(), out.position()));
  }

  private void refer(Section from, Section to, long addend) {
    from.relocate(out.position(), R_X86_64_32, to.symbol(), addend);
    out.putInt(0);
  }

  private void address(Section from, int function) {
    from.relocate(out.position(), R_X86_64_64, code.get(function).symbol(), 0);
    out.putLong(0);
  }
}

package dev.linkd.server.rehearsal;

import static dev.linkd.object.ElfConstants.R_X86_64_64;
import static dev.linkd.object.ElfConstants.R_X86_64_GOTPCRELX;
import static dev.linkd.object.ElfConstants.R_X86_64_PC32;
import static dev.linkd.object.ElfConstants.SHF_ALLOC;
import static dev.linkd.object.ElfConstants.SHF_EXECINSTR;
import static dev.linkd.object.ElfConstants.SHF_MERGE;
import static dev.linkd.object.ElfConstants.SHF_WRITE;
import static dev.linkd.object.ElfConstants.SHT_FINI_ARRAY;
import static dev.linkd.object.ElfConstants.SHT_INIT_ARRAY;
import static dev.linkd.object.ElfConstants.SHT_NOTE;
import static dev.linkd.object.ElfConstants.SHT_PROGBITS;
import static dev.linkd.object.ElfConstants.STB_GLOBAL;
import static dev.linkd.object.ElfConstants.STB_WEAK;
import static dev.linkd.object.ElfConstants.STT_FUNC;
import static dev.linkd.object.ElfConstants.STT_NOTYPE;
import static dev.linkd.object.ElfConstants.STT_OBJECT;

import dev.linkd.server.rehearsal.ObjectFile.Section;
import dev.linkd.server.rehearsal.ObjectFile.Symbol;
import java.util.Arrays;
import java.util.HexFormat;

/** What the C library and the compiler put in front of every program, and behind it. */
final class SampleStart {

  /** The symbol that each module has for itself. */
  static final String HANDLE = "__dso_handle";

  private static final String START = "sample_start";
  private static final int START_BYTES = 32;
  private static final int FIRST_FIELD = 3;
  private static final int SECOND_FIELD = 14;
  private static final byte[] CALL_OF_IMPORT = {(byte) 0xff, 0x15};
  private static final long ADDEND = -4;

  /** Of Linux 3.2.0. */
  private static final byte[] ABI_TAG =
      HexFormat.of()
          .parseHex(
              "04000000"
                  + "10000000"
                  + "01000000"
                  + "474e5500"
                  + "00000000030000000200000000000000");

  private final ObjectFile file = new ObjectFile();

  private SampleStart() {}

  /**
   * The object in front.
   *
   * @param main that it calls
   */
  static byte[] of(String main) {
    SampleStart start = new SampleStart();
    start.define(main);
    return start.file.write();
  }

  /** The object behind all others: the record that ends unwind information. */
  static byte[] end() {
    ObjectFile file = new ObjectFile();
    file.section(".eh_frame", SHT_PROGBITS, SHF_ALLOC, Integer.BYTES, 0)
        .content(new byte[Integer.BYTES]);
    file.section(".note.GNU-stack", SHT_PROGBITS, 0, 1, 0);
    return file.write();
  }

  private void define(String main) {
    file.source("start.c");
    file.section(".note.ABI-tag", SHT_NOTE, SHF_ALLOC, Integer.BYTES, 0).content(ABI_TAG);
    Section code =
        file.section(".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, Long.BYTES * 2, 0);
    byte[] bytes = new byte[START_BYTES];
    System.arraycopy(CALL_OF_IMPORT, 0, bytes, SECOND_FIELD - 2, CALL_OF_IMPORT.length);
    code.content(bytes);
    Symbol start = file.global(START, STB_GLOBAL << 4 | STT_FUNC, code, START_BYTES);
    code.relocate(FIRST_FIELD, R_X86_64_PC32, file.named("_end", STB_GLOBAL << 4 | STT_NOTYPE), 0);
    Symbol called = file.named(main, STB_GLOBAL << 4 | STT_NOTYPE);
    code.relocate(SECOND_FIELD, R_X86_64_GOTPCRELX, called, ADDEND);
    Section constant =
        file.section(".rodata.cst4", SHT_PROGBITS, SHF_ALLOC | SHF_MERGE, Integer.BYTES, 4);
    constant.content(Arrays.copyOf(new byte[] {1, 0, 2}, Integer.BYTES));
    file.global("sample_constant", STB_GLOBAL << 4 | STT_OBJECT, constant, Integer.BYTES);
    Section data = file.section(".data", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, Long.BYTES, 0);
    data.content(new byte[Long.BYTES]);
    file.global("data_start", STB_WEAK << 4 | STT_NOTYPE, data, 0);
    file.global(HANDLE, STB_GLOBAL << 4 | STT_OBJECT, data, Long.BYTES).hidden();
    array(".init_array", SHT_INIT_ARRAY, start);
    array(".fini_array", SHT_FINI_ARRAY, start);
    file.section(".note.GNU-stack", SHT_PROGBITS, 0, 1, 0);
  }

  private void array(String name, int type, Symbol function) {
    Section array = file.section(name, type, SHF_ALLOC | SHF_WRITE, Long.BYTES, 0);
    array.content(new byte[Long.BYTES]);
    array.relocate(0, R_X86_64_64, function, 0);
  }
}

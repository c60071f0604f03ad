package dev.linkd.object;

import static dev.linkd.object.ElfConstants.EHDR_SIZE;
import static dev.linkd.object.ElfConstants.ELFCLASS64;
import static dev.linkd.object.ElfConstants.ELFDATA2LSB;
import static dev.linkd.object.ElfConstants.EM_X86_64;
import static dev.linkd.object.ElfConstants.EV_CURRENT;
import static dev.linkd.object.ElfConstants.PHDR_SIZE;
import static dev.linkd.object.ElfConstants.SHDR_SIZE;
import static dev.linkd.object.ElfConstants.SHN_XINDEX;

import dev.linkd.diag.LinkException;

/**
 * The ELF header (gABI chapter 4) of a 64-bit little-endian x86-64 file. Counts that do not fit
 * their fields are taken from section header 0.
 *
 * @param sectionTable file offset of the section header table; 0 when there is none
 * @param sections number of section headers, 0 when there is no table
 * @param sectionNames index of the section name string table; 0 for none
 * @param programTable file offset of the program header table
 */
record ElfHeader(
    int type,
    long sectionTable,
    int sections,
    int sectionNames,
    long programTable,
    int programHeaders) {

  private static final int PN_XNUM = 0xffff;
  private static final int SECTIONS_MAX = 1 << 28;

  /** Reads and checks the identification; table ranges are checked by the two methods below. */
  static ElfHeader read(InputBytes in) throws LinkException {
    checkIdentification(in);
    long sectionTable = in.i64(40);
    int sections = in.u16(60);
    int names = in.u16(62);
    int programHeaders = in.u16(56);
    boolean escapes = sections == 0 || names == SHN_XINDEX || programHeaders == PN_XNUM;
    if (sectionTable != 0 && escapes && in.contains(sectionTable, SHDR_SIZE)) {
      long count = in.i64(sectionTable + 32);
      sections = sections != 0 ? sections : Math.clamp(count, 0, SECTIONS_MAX + 1);
      names = names != SHN_XINDEX ? names : in.i32(sectionTable + 40);
      programHeaders = programHeaders != PN_XNUM ? programHeaders : in.i32(sectionTable + 44);
    }
    if (sectionTable == 0) {
      sections = 0;
    }
    return new ElfHeader(in.u16(16), sectionTable, sections, names, in.i64(32), programHeaders);
  }

  private static void checkIdentification(InputBytes in) throws LinkException {
    if (!Bytes.startsWith(in.bytes(), 0, in.size(), "\u007fELF")) {
      throw in.malformed(0, "not an ELF file");
    }
    if (in.size() < 20) {
      throw in.malformed(in.size(), "truncated inside the ELF header");
    }
    if (in.u8(4) != ELFCLASS64) {
      throw in.incompatible(MachineNames.unexpected(in));
    }
    if (in.u8(5) != ELFDATA2LSB || in.u16(18) != EM_X86_64) {
      throw in.incompatible(MachineNames.unexpected(in));
    }
    if (in.size() < EHDR_SIZE) {
      throw in.malformed(in.size(), "truncated inside the ELF header");
    }
    if (in.u8(6) != EV_CURRENT || in.i32(20) != EV_CURRENT) {
      throw in.malformed(6, "unknown ELF version");
    }
  }

  /** Checks that the whole section header table lies in the file. */
  void checkSectionTable(InputBytes in) throws LinkException {
    if (sectionTable == 0) {
      return;
    }
    if (in.u16(58) != SHDR_SIZE) {
      throw in.malformed(58, "section headers of " + in.u16(58) + " bytes instead of 64");
    }
    if (sections <= 0
        || sections > SECTIONS_MAX
        || !in.contains(sectionTable, (long) sections * SHDR_SIZE)) {
      throw in.malformed(sectionTable, "the section header table reaches beyond the file");
    }
    if (sectionNames < 0 || sectionNames >= sections) {
      throw in.malformed(62, "the index of the section name table is out of range");
    }
  }

  /** The same file as if its section headers had been stripped. */
  ElfHeader withoutSections() {
    return new ElfHeader(type, 0, 0, 0, programTable, programHeaders);
  }

  /** Checks that the whole program header table lies in the file. */
  void checkProgramTable(InputBytes in) throws LinkException {
    if (programHeaders == 0) {
      return;
    }
    if (in.u16(54) != PHDR_SIZE) {
      throw in.malformed(54, "program headers of " + in.u16(54) + " bytes instead of 56");
    }
    if (programHeaders < 0 || !in.contains(programTable, (long) programHeaders * PHDR_SIZE)) {
      throw in.malformed(programTable, "the program header table reaches beyond the file");
    }
  }
}

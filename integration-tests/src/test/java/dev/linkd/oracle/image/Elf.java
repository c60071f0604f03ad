package dev.linkd.oracle.image;

/** Numbers of the gABI and of the x86-64 psABI, typed from the documents. */
public final class Elf {
  public static final int ET_EXEC = 2;
  public static final int ET_DYN = 3;
  public static final int EM_X86_64 = 62;

  public static final int PT_LOAD = 1;
  public static final int PT_DYNAMIC = 2;
  public static final int PT_INTERP = 3;
  public static final int PT_NOTE = 4;
  public static final int PT_PHDR = 6;
  public static final int PT_TLS = 7;
  public static final int PT_GNU_EH_FRAME = 0x6474e550;
  public static final int PT_GNU_STACK = 0x6474e551;
  public static final int PT_GNU_RELRO = 0x6474e552;

  public static final int PF_X = 1;
  public static final int PF_W = 2;
  public static final int PF_R = 4;

  public static final int SHT_NULL = 0;
  public static final int SHT_PROGBITS = 1;
  public static final int SHT_SYMTAB = 2;
  public static final int SHT_STRTAB = 3;
  public static final int SHT_RELA = 4;
  public static final int SHT_NOTE = 7;
  public static final int SHT_NOBITS = 8;
  public static final int SHT_DYNSYM = 11;

  public static final long SHF_WRITE = 1;
  public static final long SHF_ALLOC = 2;
  public static final long SHF_EXECINSTR = 4;
  public static final long SHF_TLS = 0x400;

  public static final int SHN_UNDEF = 0;
  public static final int SHN_LORESERVE = 0xff00;
  public static final int SHN_ABS = 0xfff1;

  public static final int STB_LOCAL = 0;
  public static final int STB_GLOBAL = 1;
  public static final int STB_WEAK = 2;

  public static final int STT_NOTYPE = 0;
  public static final int STT_OBJECT = 1;
  public static final int STT_FUNC = 2;
  public static final int STT_SECTION = 3;
  public static final int STT_FILE = 4;
  public static final int STT_TLS = 6;
  public static final int STT_GNU_IFUNC = 10;

  public static final int STV_DEFAULT = 0;
  public static final int STV_HIDDEN = 2;

  public static final int DT_NULL = 0;
  public static final int DT_NEEDED = 1;
  public static final int DT_PLTRELSZ = 2;
  public static final int DT_PLTGOT = 3;
  public static final int DT_HASH = 4;
  public static final int DT_STRTAB = 5;
  public static final int DT_SYMTAB = 6;
  public static final int DT_RELA = 7;
  public static final int DT_RELASZ = 8;
  public static final int DT_RELAENT = 9;
  public static final int DT_STRSZ = 10;
  public static final int DT_SYMENT = 11;
  public static final int DT_INIT = 12;
  public static final int DT_FINI = 13;
  public static final int DT_SONAME = 14;
  public static final int DT_PLTREL = 20;
  public static final int DT_DEBUG = 21;
  public static final int DT_JMPREL = 23;
  public static final int DT_INIT_ARRAY = 25;
  public static final int DT_FINI_ARRAY = 26;
  public static final int DT_INIT_ARRAYSZ = 27;
  public static final int DT_FINI_ARRAYSZ = 28;
  public static final int DT_RUNPATH = 29;
  public static final int DT_PREINIT_ARRAY = 32;
  public static final int DT_PREINIT_ARRAYSZ = 33;
  public static final int DT_GNU_HASH = 0x6ffffef5;
  public static final int DT_VERSYM = 0x6ffffff0;
  public static final int DT_RELACOUNT = 0x6ffffff9;
  public static final int DT_VERDEF = 0x6ffffffc;
  public static final int DT_VERDEFNUM = 0x6ffffffd;
  public static final int DT_VERNEED = 0x6ffffffe;
  public static final int DT_VERNEEDNUM = 0x6fffffff;

  public static final int R_X86_64_NONE = 0;
  public static final int R_X86_64_64 = 1;
  public static final int R_X86_64_PC32 = 2;
  public static final int R_X86_64_PLT32 = 4;
  public static final int R_X86_64_COPY = 5;
  public static final int R_X86_64_GLOB_DAT = 6;
  public static final int R_X86_64_JUMP_SLOT = 7;
  public static final int R_X86_64_RELATIVE = 8;
  public static final int R_X86_64_GOTPCREL = 9;
  public static final int R_X86_64_32 = 10;
  public static final int R_X86_64_32S = 11;
  public static final int R_X86_64_16 = 12;
  public static final int R_X86_64_PC16 = 13;
  public static final int R_X86_64_8 = 14;
  public static final int R_X86_64_PC8 = 15;
  public static final int R_X86_64_DTPMOD64 = 16;
  public static final int R_X86_64_DTPOFF64 = 17;
  public static final int R_X86_64_TPOFF64 = 18;
  public static final int R_X86_64_PC64 = 24;
  public static final int R_X86_64_TLSDESC = 36;
  public static final int R_X86_64_IRELATIVE = 37;
  public static final int R_X86_64_GOTPCRELX = 41;
  public static final int R_X86_64_REX_GOTPCRELX = 42;

  private Elf() {}
}

package dev.linkd.object;

/**
 * Numbers of the ELF file format with the names that the gABI, the GNU extensions and the x86-64
 * psABI give them.
 */
public final class ElfConstants {
  private ElfConstants() {}

  // e_ident and the ELF header.
  public static final int ELFCLASS64 = 2;
  public static final int ELFCLASS32 = 1;
  public static final int ELFDATA2LSB = 1;
  public static final int ELFDATA2MSB = 2;
  public static final int EV_CURRENT = 1;
  public static final int ELFOSABI_NONE = 0;
  public static final int ELFOSABI_GNU = 3;
  public static final int ET_NONE = 0;
  public static final int ET_REL = 1;
  public static final int ET_EXEC = 2;
  public static final int ET_DYN = 3;
  public static final int ET_CORE = 4;
  public static final int EM_386 = 3;
  public static final int EM_ARM = 40;
  public static final int EM_X86_64 = 62;
  public static final int EM_AARCH64 = 183;
  public static final int EM_RISCV = 243;

  // Sizes of file structures.
  public static final int EHDR_SIZE = 64;
  public static final int PHDR_SIZE = 56;
  public static final int SHDR_SIZE = 64;
  public static final int SYM_SIZE = 24;
  public static final int REL_SIZE = 16;
  public static final int RELA_SIZE = 24;
  public static final int DYN_SIZE = 16;
  public static final int VERDEF_SIZE = 20;
  public static final int VERDAUX_SIZE = 8;
  public static final int VERNEED_SIZE = 16;
  public static final int VERNAUX_SIZE = 16;

  // Special section indexes.
  public static final int SHN_UNDEF = 0;
  public static final int SHN_LORESERVE = 0xff00;

  /** Common symbol of the large code model. */
  public static final int SHN_AMD64_LCOMMON = 0xff02;

  public static final int SHN_ABS = 0xfff1;
  public static final int SHN_COMMON = 0xfff2;

  /** The index is in SHT_SYMTAB_SHNDX or in section 0. */
  public static final int SHN_XINDEX = 0xffff;

  // Section types.
  public static final int SHT_NULL = 0;
  public static final int SHT_PROGBITS = 1;
  public static final int SHT_SYMTAB = 2;
  public static final int SHT_STRTAB = 3;
  public static final int SHT_RELA = 4;
  public static final int SHT_HASH = 5;
  public static final int SHT_DYNAMIC = 6;
  public static final int SHT_NOTE = 7;
  public static final int SHT_NOBITS = 8;
  public static final int SHT_REL = 9;
  public static final int SHT_SHLIB = 10;
  public static final int SHT_DYNSYM = 11;
  public static final int SHT_INIT_ARRAY = 14;
  public static final int SHT_FINI_ARRAY = 15;
  public static final int SHT_PREINIT_ARRAY = 16;
  public static final int SHT_GROUP = 17;
  public static final int SHT_SYMTAB_SHNDX = 18;
  public static final int SHT_RELR = 19;
  public static final int SHT_ANDROID_RELR = 0x6fffff00;

  /** Advice for the order of sections; its relocations are SHT_REL on every machine. */
  public static final int SHT_LLVM_CALL_GRAPH_PROFILE = 0x6fff4c09;

  /** Compact relocations. */
  public static final int SHT_CREL = 0x40000014;

  /** Symbols whose address is significant; used by --icf. */
  public static final int SHT_LLVM_ADDRSIG = 0x6fff4c03;

  public static final int SHT_GNU_HASH = 0x6ffffff6;
  public static final int SHT_GNU_VERDEF = 0x6ffffffd;
  public static final int SHT_GNU_VERNEED = 0x6ffffffe;
  public static final int SHT_GNU_VERSYM = 0x6fffffff;
  public static final int SHT_X86_64_UNWIND = 0x70000001;

  // Section flags.
  public static final long SHF_WRITE = 0x1L;
  public static final long SHF_ALLOC = 0x2L;
  public static final long SHF_EXECINSTR = 0x4L;
  public static final long SHF_MERGE = 0x10L;
  public static final long SHF_STRINGS = 0x20L;
  public static final long SHF_INFO_LINK = 0x40L;
  public static final long SHF_LINK_ORDER = 0x80L;
  public static final long SHF_OS_NONCONFORMING = 0x100L;
  public static final long SHF_GROUP = 0x200L;
  public static final long SHF_TLS = 0x400L;
  public static final long SHF_COMPRESSED = 0x800L;

  /** Kept by --gc-sections. */
  public static final long SHF_GNU_RETAIN = 0x200000L;

  public static final long SHF_X86_64_LARGE = 0x10000000L;

  /** Not part of a linked image. */
  public static final long SHF_EXCLUDE = 0x80000000L;

  /** Section types from here on are for the use of applications. */
  public static final long SHT_LOUSER = 0x80000000L;

  // Section groups.
  public static final int GRP_COMDAT = 1;

  // Compressed sections.
  public static final int ELFCOMPRESS_ZLIB = 1;
  public static final int ELFCOMPRESS_ZSTD = 2;
  public static final int CHDR_SIZE = 24;

  // Symbol binding (st_info >> 4).
  public static final int STB_LOCAL = 0;
  public static final int STB_GLOBAL = 1;
  public static final int STB_WEAK = 2;
  public static final int STB_GNU_UNIQUE = 10;

  // Symbol types (st_info & 15).
  public static final int STT_NOTYPE = 0;
  public static final int STT_OBJECT = 1;
  public static final int STT_FUNC = 2;
  public static final int STT_SECTION = 3;
  public static final int STT_FILE = 4;
  public static final int STT_COMMON = 5;
  public static final int STT_TLS = 6;
  public static final int STT_GNU_IFUNC = 10;

  // Symbol visibility (st_other & 3).
  public static final int STV_DEFAULT = 0;
  public static final int STV_INTERNAL = 1;
  public static final int STV_HIDDEN = 2;
  public static final int STV_PROTECTED = 3;

  // Program headers.
  public static final int PT_NULL = 0;
  public static final int PT_LOAD = 1;
  public static final int PT_DYNAMIC = 2;
  public static final int PT_INTERP = 3;
  public static final int PT_NOTE = 4;
  public static final int PT_PHDR = 6;
  public static final int PT_TLS = 7;
  public static final int PT_GNU_EH_FRAME = 0x6474e550;
  public static final int PT_GNU_STACK = 0x6474e551;
  public static final int PT_GNU_RELRO = 0x6474e552;
  public static final int PT_GNU_PROPERTY = 0x6474e553;
  public static final int PF_X = 1;
  public static final int PF_W = 2;
  public static final int PF_R = 4;

  // Dynamic section.
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
  public static final int DT_RPATH = 15;
  public static final int DT_SYMBOLIC = 16;
  public static final int DT_REL = 17;
  public static final int DT_PLTREL = 20;
  public static final int DT_DEBUG = 21;
  public static final int DT_TEXTREL = 22;
  public static final int DT_JMPREL = 23;
  public static final int DT_BIND_NOW = 24;
  public static final int DT_INIT_ARRAY = 25;
  public static final int DT_FINI_ARRAY = 26;
  public static final int DT_INIT_ARRAYSZ = 27;
  public static final int DT_FINI_ARRAYSZ = 28;
  public static final int DT_RUNPATH = 29;
  public static final int DT_FLAGS = 30;
  public static final int DT_PREINIT_ARRAY = 32;
  public static final int DT_PREINIT_ARRAYSZ = 33;
  public static final int DT_RELRSZ = 35;
  public static final int DT_RELR = 36;
  public static final int DT_RELRENT = 37;
  public static final int DT_ANDROID_RELR = 0x6fffe000;
  public static final int DT_ANDROID_RELRSZ = 0x6fffe001;
  public static final int DT_ANDROID_RELRENT = 0x6fffe003;
  public static final int DT_GNU_HASH = 0x6ffffef5;
  public static final int DT_DEPAUDIT = 0x6ffffefb;
  public static final int DT_AUDIT = 0x6ffffefc;
  public static final int DT_AUXILIARY = 0x7ffffffd;
  public static final int DT_FILTER = 0x7fffffff;
  public static final int DT_VERSYM = 0x6ffffff0;
  public static final int DT_RELACOUNT = 0x6ffffff9;
  public static final int DT_GNU_FLAGS_1 = 0x6ffffdf4;
  public static final int DT_FLAGS_1 = 0x6ffffffb;
  public static final int DT_VERDEF = 0x6ffffffc;
  public static final int DT_VERDEFNUM = 0x6ffffffd;
  public static final int DT_VERNEED = 0x6ffffffe;
  public static final int DT_VERNEEDNUM = 0x6fffffff;
  public static final int DF_ORIGIN = 1;
  public static final int DF_SYMBOLIC = 2;
  public static final int DF_TEXTREL = 4;
  public static final int DF_BIND_NOW = 8;
  public static final int DF_STATIC_TLS = 16;
  public static final int DF_1_NOW = 1;
  public static final int DF_1_GLOBAL = 2;
  public static final int DF_1_GLOBAUDIT = 0x1000000;
  public static final int DF_1_GROUP = 4;
  public static final int DF_1_NODELETE = 8;
  public static final int DF_1_LOADFLTR = 0x10;
  public static final int DF_1_INITFIRST = 0x20;
  public static final int DF_GNU_1_UNIQUE = 1;
  public static final int DF_1_NOOPEN = 0x40;
  public static final int DF_1_ORIGIN = 0x80;
  public static final int DF_1_INTERPOSE = 0x400;
  public static final int DF_1_NODEFLIB = 0x800;
  public static final int DF_1_NODUMP = 0x1000;
  public static final int DF_1_PIE = 0x08000000;

  // Symbol versions.
  public static final int VER_NDX_LOCAL = 0;
  public static final int VER_NDX_GLOBAL = 1;

  /** The version is not the default of the name. */
  public static final int VERSYM_HIDDEN = 0x8000;

  public static final int VERSYM_VERSION = 0x7fff;

  /** Names the file itself. */
  public static final int VER_FLG_BASE = 1;

  public static final int VER_FLG_WEAK = 2;

  // Notes.
  public static final int NT_GNU_ABI_TAG = 1;
  public static final int NT_GNU_BUILD_ID = 3;
  public static final int NT_GNU_PROPERTY_TYPE_0 = 5;
  public static final int GNU_PROPERTY_X86_FEATURE_1_AND = 0xc0000002;
  public static final int GNU_PROPERTY_X86_ISA_1_NEEDED = 0xc0008002;
  public static final int GNU_PROPERTY_X86_FEATURE_1_IBT = 1;
  public static final int GNU_PROPERTY_X86_FEATURE_1_SHSTK = 2;

  // x86-64 relocation kinds (psABI table 4.9).
  /**
   * No kind of relocation of the psABI is greater; linkd gives greater ones meanings of its own.
   */
  public static final int KIND_MAX = 0xff;

  public static final int R_X86_64_NONE = 0;
  public static final int R_X86_64_64 = 1;
  public static final int R_X86_64_PC32 = 2;
  public static final int R_X86_64_GOT32 = 3;
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
  public static final int R_X86_64_TLSGD = 19;
  public static final int R_X86_64_TLSLD = 20;
  public static final int R_X86_64_DTPOFF32 = 21;
  public static final int R_X86_64_GOTTPOFF = 22;
  public static final int R_X86_64_TPOFF32 = 23;
  public static final int R_X86_64_PC64 = 24;
  public static final int R_X86_64_GOTOFF64 = 25;
  public static final int R_X86_64_GOTPC32 = 26;
  public static final int R_X86_64_GOT64 = 27;
  public static final int R_X86_64_GOTPCREL64 = 28;
  public static final int R_X86_64_GOTPC64 = 29;
  public static final int R_X86_64_GOTPLT64 = 30;
  public static final int R_X86_64_PLTOFF64 = 31;
  public static final int R_X86_64_SIZE32 = 32;
  public static final int R_X86_64_SIZE64 = 33;
  public static final int R_X86_64_GOTPC32_TLSDESC = 34;
  public static final int R_X86_64_TLSDESC_CALL = 35;
  public static final int R_X86_64_TLSDESC = 36;
  public static final int R_X86_64_IRELATIVE = 37;
  public static final int R_X86_64_RELATIVE64 = 38;
  public static final int R_X86_64_PC32_BND = 39;
  public static final int R_X86_64_PLT32_BND = 40;
  public static final int R_X86_64_GOTPCRELX = 41;
  public static final int R_X86_64_REX_GOTPCRELX = 42;
  public static final int R_X86_64_CODE_4_GOTPCRELX = 43;
  public static final int R_X86_64_CODE_4_GOTTPOFF = 44;
  public static final int R_X86_64_CODE_4_GOTPC32_TLSDESC = 45;
  public static final int R_X86_64_CODE_5_GOTPCRELX = 46;
  public static final int R_X86_64_CODE_5_GOTTPOFF = 47;
  public static final int R_X86_64_CODE_5_GOTPC32_TLSDESC = 48;
  public static final int R_X86_64_CODE_6_GOTPCRELX = 49;
  public static final int R_X86_64_CODE_6_GOTTPOFF = 50;
  public static final int R_X86_64_CODE_6_GOTPC32_TLSDESC = 51;

  /** C++ vtable hierarchy of -fvtable-gc; no field. */
  public static final int R_X86_64_GNU_VTINHERIT = 250;

  /** C++ vtable use of -fvtable-gc; no field. */
  public static final int R_X86_64_GNU_VTENTRY = 251;

  /** Symbol binding of an {@code st_info}. */
  public static int binding(int info) {
    return (info >>> 4) & 15;
  }

  /** Symbol type of an {@code st_info}. */
  public static int type(int info) {
    return info & 15;
  }

  /** Visibility of an {@code st_other}. */
  public static int visibility(int other) {
    return other & 3;
  }

  /** Makes an {@code st_info}. */
  public static int info(int binding, int type) {
    return binding << 4 | type;
  }
}

package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;

/**
 * What clients may say of sections and symbols. Everything else would be written into the output,
 * where no reader knows what it means.
 */
final class StreamRules {

  private StreamRules() {}

  /** Whether sections of this type are tables of a file, which its linker makes. */
  static boolean isTable(int sectionType) {
    return switch (sectionType) {
      case SHT_NULL,
          SHT_SYMTAB,
          SHT_STRTAB,
          SHT_RELA,
          SHT_HASH,
          SHT_DYNAMIC,
          SHT_REL,
          SHT_SHLIB,
          SHT_DYNSYM,
          SHT_GROUP,
          SHT_SYMTAB_SHNDX,
          SHT_RELR,
          SHT_ANDROID_RELR,
          SHT_CREL,
          SHT_GNU_HASH,
          SHT_GNU_VERDEF,
          SHT_GNU_VERNEED,
          SHT_GNU_VERSYM ->
          true;
      default -> false;
    };
  }

  /** Whether a symbol with this binding and type can be defined. */
  static boolean isDefinition(int info) {
    boolean bound =
        switch (SymbolView.binding(info)) {
          case STB_LOCAL, STB_GLOBAL, STB_WEAK, STB_GNU_UNIQUE -> true;
          default -> false;
        };
    return bound
        && switch (SymbolView.type(info)) {
          case STT_NOTYPE, STT_OBJECT, STT_FUNC, STT_TLS, STT_GNU_IFUNC -> true;
          default -> false;
        };
  }

  static String otherInfo(int info) {
    return "a symbol with binding "
        + SymbolView.binding(info)
        + " and type "
        + SymbolView.type(info)
        + " cannot be defined";
  }
}

package dev.linkd.object;

import static dev.linkd.object.ElfConstants.SHF_EXECINSTR;
import static dev.linkd.object.ElfConstants.SHT_NOBITS;
import static dev.linkd.object.ElfConstants.SHT_NOTE;
import static dev.linkd.object.ElfConstants.SHT_PROGBITS;

import dev.linkd.diag.LinkException;

/**
 * What an object says about itself as a whole through specially named sections.
 *
 * @param gnuStack a {@code .note.GNU-stack} exists; without it an executable stack is assumed
 * @param executableStack the note asks for an executable stack
 * @param x86Features bits of GNU_PROPERTY_X86_FEATURE_1_AND; 0 without the property
 * @param gnuSections a name begins with {@code .gnu.}
 * @param oldConstructors a name begins with {@code .ctors} or {@code .dtors}
 */
record ElfMarks(
    boolean gnuStack,
    boolean executableStack,
    int x86Features,
    boolean gnuSections,
    boolean oldConstructors) {

  private static final String GNU = ".gnu.";
  private static final String LTO_SECTION = ".gnu.lto_";
  private static final String LTO_HEADER = ".gnu.lto_.lto.";

  static ElfMarks read(InputBytes in, ElfSections sections, ElfSymbols symbols)
      throws LinkException {
    boolean gnuStack = false;
    boolean executableStack = false;
    int features = 0;
    boolean gnu = false;
    boolean constructors = false;
    boolean lto = false;
    for (int s = 1; s < sections.count(); s++) {
      int type = sections.type(s);
      if (type == SHT_PROGBITS && sections.nameIs(s, ".note.GNU-stack")) {
        gnuStack = true;
        executableStack |= (sections.flags(s) & SHF_EXECINSTR) != 0;
      } else if (type == SHT_NOTE && sections.nameIs(s, ".note.gnu.property")) {
        features |= GnuProperty.x86Features(in, sections, s);
      } else if (sections.nameStartsWith(s, GNU)) {
        gnu = true;
        if (sections.nameStartsWith(s, LTO_SECTION)) {
          lto = true;
          checkLtoHeader(in, sections, s);
        }
      } else {
        constructors |=
            sections.nameStartsWith(s, ".ctors") || sections.nameStartsWith(s, ".dtors");
      }
    }
    if (lto) {
      checkLtoSymbol(in, symbols);
    }
    return new ElfMarks(gnuStack, executableStack, features, gnu, constructors);
  }

  /**
   * The header is two 16-bit version numbers and a byte that is 1 when there is no machine code.
   */
  private static void checkLtoHeader(InputBytes in, ElfSections sections, int s)
      throws LinkException {
    if (sections.nameStartsWith(s, LTO_HEADER)
        && sections.type(s) != SHT_NOBITS
        && sections.size(s) > 4
        && in.u8(sections.offset(s) + 4) != 0) {
      throw slim(in);
    }
  }

  /** Compilers before the header existed defined a common symbol instead. */
  private static void checkLtoSymbol(InputBytes in, ElfSymbols symbols) throws LinkException {
    for (int y = symbols.firstGlobal(); y < symbols.count(); y++) {
      if (symbols.nameIs(y, "__gnu_lto_slim")) {
        throw slim(in);
      }
    }
  }

  private static LinkException slim(InputBytes in) {
    return in.unsupported(
        "",
        "contains GCC link-time optimisation bytecode and no machine code",
        "compile it without -flto, or with -ffat-lto-objects");
  }
}

package dev.linkd.object;

import static dev.linkd.object.ElfConstants.DF_1_PIE;
import static dev.linkd.object.ElfConstants.DT_AUDIT;
import static dev.linkd.object.ElfConstants.DT_FLAGS_1;
import static dev.linkd.object.ElfConstants.DT_SONAME;
import static dev.linkd.object.ElfConstants.ET_DYN;
import static dev.linkd.object.ElfConstants.SHN_ABS;
import static dev.linkd.object.ElfConstants.SHN_LORESERVE;
import static dev.linkd.object.ElfConstants.SHN_UNDEF;
import static dev.linkd.object.ElfConstants.STB_LOCAL;
import static dev.linkd.object.ElfConstants.STT_TLS;
import static dev.linkd.object.ElfConstants.STV_DEFAULT;
import static dev.linkd.object.ElfConstants.STV_PROTECTED;
import static dev.linkd.object.ElfConstants.VER_NDX_LOCAL;

import dev.linkd.diag.LinkException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * A shared library as a linker sees it: its soname, what it needs and its dynamic symbols with
 * their versions. Everything comes from the program headers and the dynamic section, so that a file
 * without section headers can be linked against; section headers only refine alignments. Immutable.
 */
public final class SharedLibrary {
  /** {@link #find} of a name that the library does not export. */
  public static final int NONE = -1;

  /** Alignment assumed at most for an object whose section is not known. */
  private static final long ALIGNMENT_GUESS_MAX = 64;

  private final InputBytes in;
  private final ElfSections sections;
  private final ElfSegments segments;
  private final DynamicSection dynamic;
  private final DynamicHash hash;
  private final DynamicSymbols symbols;
  private final SymbolVersions versions;
  private final String soname;

  private SharedLibrary(InputBytes in, ElfHeader header, String soname) throws LinkException {
    this.in = in;
    segments = ElfSegments.read(in, header);
    dynamic = DynamicSection.read(in, segments);
    sections = usableSections(in, header);
    hash = DynamicHash.read(in, dynamic);
    symbols = DynamicSymbols.read(in, dynamic, hash, sections);
    versions = SymbolVersions.read(in, dynamic, symbols.count());
    dynamic.checkString(dynamic.value(DT_SONAME, 0), "DT_SONAME");
    this.soname = dynamic.has(DT_SONAME) ? dynamic.string(dynamic.value(DT_SONAME, 0)) : soname;
    if ((dynamic.value(DT_FLAGS_1, 0) & DF_1_PIE) != 0) {
      throw in.incompatible("is a position-independent executable, not a shared library");
    }
  }

  /**
   * Checks the bytes and makes the view.
   *
   * @param name path of the file; its last part is the soname when the library has none
   */
  public static SharedLibrary parse(String name, MemorySegment bytes) throws LinkException {
    InputBytes in = new InputBytes(name, bytes);
    ElfHeader header = ElfHeader.read(in);
    if (header.type() != ET_DYN) {
      throw in.incompatible("is not a shared library but an ELF file of type " + header.type());
    }
    Path file = Path.of(name).getFileName();
    return new SharedLibrary(in, header, file == null ? name : file.toString());
  }

  /** The dynamic linker ignores section headers, so broken ones are treated as stripped. */
  private static ElfSections usableSections(InputBytes in, ElfHeader header) throws LinkException {
    try {
      return ElfSections.read(in, header);
    } catch (LinkException broken) {
      return ElfSections.read(in, header.withoutSections());
    }
  }

  public String name() {
    return in.name();
  }

  public MemorySegment bytes() {
    return in.bytes();
  }

  /** Whether the library says what it is called. */
  public boolean hasSoname() {
    return dynamic.has(DT_SONAME);
  }

  /** DT_SONAME, or the file name. */
  public String soname() {
    return soname;
  }

  /** Number of DT_NEEDED entries. */
  public int needed() {
    return dynamic.needed();
  }

  public String needed(int i) {
    return dynamic.needed(i);
  }

  /** DT_RUNPATH, else DT_RPATH: directories in which its needed libraries are; may be empty. */
  public String runPath() {
    return dynamic.runPath();
  }

  /** DT_AUDIT: libraries that watch the dynamic linker; may be empty. */
  public String audit() {
    return dynamic.text(DT_AUDIT);
  }

  /** Names of the versions that the library defines, without its base version. */
  public List<String> definedVersions() {
    return versions.defined();
  }

  /** Number of dynamic symbols including the null symbol; use with the predicates below. */
  public int symbols() {
    return symbols.count();
  }

  /** Whether a program can bind to the symbol; a hidden version needs to be named. */
  public boolean exported(int y) {
    int visibility = ElfConstants.visibility(symbols.other(y));
    return symbols.section(y) != SHN_UNDEF
        && ElfConstants.binding(symbols.info(y)) != STB_LOCAL
        && (visibility == STV_DEFAULT || visibility == STV_PROTECTED)
        && versions.version(y) != VER_NDX_LOCAL;
  }

  /** Whether the library refers to the symbol without defining it. */
  public boolean undefined(int y) {
    return y != 0
        && symbols.section(y) == SHN_UNDEF
        && ElfConstants.binding(symbols.info(y)) != STB_LOCAL;
  }

  public long symbolNameOffset(int y) {
    return symbols.nameOffset(y);
  }

  public int symbolNameLength(int y) {
    return symbols.nameLength(y);
  }

  public String symbolName(int y) {
    return Bytes.text(in.bytes(), symbols.nameOffset(y), symbols.nameLength(y));
  }

  public int symbolInfo(int y) {
    return symbols.info(y);
  }

  public int symbolOther(int y) {
    return symbols.other(y);
  }

  public long symbolValue(int y) {
    return symbols.value(y);
  }

  public long symbolSize(int y) {
    return symbols.size(y);
  }

  /** Whether the value is a number and not an address. */
  public boolean symbolAbsolute(int y) {
    return symbols.section(y) == SHN_ABS;
  }

  /** Version index of a symbol: 0 local, 1 global without a name. */
  public int symbolVersion(int y) {
    return versions.version(y);
  }

  /** Whether only references that name the version bind to the symbol ({@code name@VERSION}). */
  public boolean symbolHiddenVersion(int y) {
    return versions.hidden(y);
  }

  /** Name of a version index; empty for local, global and base. */
  public String versionName(int version) {
    return versions.name(version);
  }

  /** Offset of the name in {@link #bytes}; only when {@link #versionNameLength} is not 0. */
  public long versionNameOffset(int version) {
    return versions.nameOffset(version);
  }

  public int versionNameLength(int version) {
    return versions.nameLength(version);
  }

  /** Alignment that a copy of the object needs: a power of two. */
  public long symbolAlignment(int y) {
    int s = symbols.section(y);
    boolean known = s > 0 && s < SHN_LORESERVE && s < sections.count();
    long most = known ? sections.alignment(s) : ALIGNMENT_GUESS_MAX;
    long value = symbols.value(y);
    return value == 0
        ? most
        : Math.min(most, Math.max(1, Long.lowestOneBit(value) & Long.MAX_VALUE));
  }

  /** Whether the object cannot be written after start, so that a copy of it belongs in RELRO. */
  public boolean symbolReadOnly(int y) {
    return segments.readOnly(symbols.value(y));
  }

  /** All exported symbols at the address of {@code y}, itself included: a copy moves them all. */
  public int[] aliases(int y) {
    int[] found = new int[4];
    int count = 0;
    boolean tls = ElfConstants.type(symbols.info(y)) == STT_TLS;
    for (int other = 1; other < symbols.count(); other++) {
      if (symbols.value(other) == symbols.value(y)
          && symbolAbsolute(other) == symbolAbsolute(y)
          && (ElfConstants.type(symbols.info(other)) == STT_TLS) == tls
          && exported(other)) {
        if (count == found.length) {
          found = Arrays.copyOf(found, count * 2);
        }
        found[count++] = other;
      }
    }
    return Arrays.copyOf(found, count);
  }

  /** Exported symbol of that name in its default version, or {@link #NONE}. */
  public int find(MemorySegment name, long offset, int length) {
    if (!hash.searchable() || symbols.count() == 0) {
      return findBySearch(name, offset, length);
    }
    int code = DynamicHash.hash(name, offset, length);
    for (int y = hash.first(code); y != NONE; y = hash.next(y, code)) {
      if (isDefault(y, name, offset, length)) {
        return y;
      }
    }
    return NONE;
  }

  /** Exported symbol of that name in one version, or {@link #NONE}. */
  public int find(MemorySegment name, long offset, int length, String version) {
    boolean searchable = hash.searchable() && symbols.count() > 0;
    int code = searchable ? DynamicHash.hash(name, offset, length) : 0;
    int y = searchable ? hash.first(code) : 1;
    while (y != NONE && y < symbols.count()) {
      if (isNamed(y, name, offset, length) && versionName(symbolVersion(y)).equals(version)) {
        return y;
      }
      y = searchable ? hash.next(y, code) : y + 1;
    }
    return NONE;
  }

  private int findBySearch(MemorySegment name, long offset, int length) {
    for (int y = 1; y < symbols.count(); y++) {
      if (isDefault(y, name, offset, length)) {
        return y;
      }
    }
    return NONE;
  }

  /** Whether a global definition of that name has the version of local symbols. */
  public boolean withholds(MemorySegment name, long offset, int length) {
    for (int y = 1; y < symbols.count(); y++) {
      if (symbols.section(y) != SHN_UNDEF
          && ElfConstants.binding(symbols.info(y)) != STB_LOCAL
          && versions.version(y) == VER_NDX_LOCAL
          && isCalled(y, name, offset, length)) {
        return true;
      }
    }
    return false;
  }

  private boolean isDefault(int y, MemorySegment name, long offset, int length) {
    return !versions.hidden(y) && isNamed(y, name, offset, length);
  }

  private boolean isNamed(int y, MemorySegment name, long offset, int length) {
    return exported(y) && isCalled(y, name, offset, length);
  }

  private boolean isCalled(int y, MemorySegment name, long offset, int length) {
    long at = symbols.nameOffset(y);
    return symbols.nameLength(y) == length
        && MemorySegment.mismatch(in.bytes(), at, at + length, name, offset, offset + length) < 0;
  }
}

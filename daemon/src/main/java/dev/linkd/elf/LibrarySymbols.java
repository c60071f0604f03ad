package dev.linkd.elf;

import java.lang.foreign.MemorySegment;
import java.util.List;

/** What a shared library provides and refers to, from its file or declared by a client. */
interface LibrarySymbols {

  int NONE = -1;

  /** Number of the provided symbol with that name, its default version; NONE if there is none. */
  int find(MemorySegment bytes, long offset, int length);

  /** Number of the provided symbol with that name and version; NONE if there is none. */
  int find(MemorySegment bytes, long offset, int length, String version);

  /**
   * Whether the library defines the name but gives it the version of local symbols. A search
   * through all of its symbols.
   */
  boolean withholds(MemorySegment bytes, long offset, int length);

  /** Whether only a reference that names the version means the symbol. */
  boolean hiddenVersion(int symbol);

  /** Whether the library defines or refers to the name. */
  boolean mentions(MemorySegment bytes, long offset, int length);

  /** Whether the library's own references always mean its own definition. */
  boolean bound(int symbol);

  /** Sonames of the libraries that it needs. */
  List<String> needed();

  /** Libraries that watch the dynamic linker for it (DT_AUDIT), separated by colons. */
  String audit();

  /** Visits the names that the library requires from others. */
  void undefined(NameVisitor visitor);

  /** Receives names as bytes, with the version that is asked for. */
  interface NameVisitor {
    void name(MemorySegment bytes, long offset, int length, String version);
  }

  /** All names of the object at the same address, the symbol itself included. */
  int[] aliases(int symbol);

  String name(int symbol);

  /** Version that a reference has to ask for; empty for none. */
  String version(int symbol);

  /** st_info. */
  int info(int symbol);

  long value(int symbol);

  long size(int symbol);

  /** Alignment that a copy of the object needs, log2. */
  int alignmentLog2(int symbol);

  /** Whether the object is read-only after relocation. */
  boolean readOnly(int symbol);
}

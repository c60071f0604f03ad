package dev.linkd.output;

import dev.linkd.diag.LinkException;
import dev.linkd.object.ElfObject;
import dev.linkd.publish.ChangeRing;
import dev.linkd.store.Content;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * One image being linked, with everything resident that is needed to patch it. Not thread-safe: one
 * thread at a time owns an output. Every method that takes effect does so at the next {@link
 * #flush}; repeating a request with the same content is no work.
 */
public interface Output extends AutoCloseable {

  /** See {@link #revision}. */
  long NO_REVISION = -1;

  OutputSpec spec();

  /** Number of the published generation; 0 before the first publish. */
  long generation();

  /**
   * Interns a name (UTF-8 bytes, no NUL) and returns its id. The id is valid until the next flush,
   * and as long as an atom, symbol or relocation of this output uses it.
   */
  int name(MemorySegment bytes, long offset, int length);

  /**
   * Interns many names as {@link #name} does; where there are very many, faster than one after the
   * other.
   *
   * @param offsets where each name is in the bytes
   * @param ids receives the ids
   */
  default void names(MemorySegment bytes, long[] offsets, int[] lengths, int count, int[] ids) {
    for (int i = 0; i < count; i++) {
      ids[i] = name(bytes, offsets[i], lengths[i]);
    }
  }

  int name(String name);

  /**
   * The table that ids of names are of. It is another one when the output had to be linked again
   * from its inputs; then ids of the one before are invalid.
   */
  Object nameTable();

  /**
   * Tells the name that has an id of the {@linkplain #nameTable table} from others that had the id
   * before; 0 when no name has it. So whoever notes it with the id can see later whether the id is
   * still valid.
   */
  int nameBirth(int id);

  /**
   * Adds an empty private input for streamed atoms, or finds the one with this name. Streams are
   * separate scopes for local symbols and atom keys.
   *
   * @return its number
   */
  int stream(String name);

  /** Removes a stream with all its atoms. */
  void removeStream(int stream);

  /** Adds or replaces the atom with {@code update.key}. */
  void putAtom(int stream, AtomUpdate update) throws LinkException;

  /**
   * Removes an atom with its definitions.
   *
   * @return whether it existed
   */
  boolean removeAtom(int stream, int key);

  /**
   * Defines a global symbol as an absolute value or as another symbol plus an offset (alias). An
   * earlier definition by this stream of the same name is replaced.
   *
   * @param target name id of the symbol it is an alias of, or -1 for an absolute value
   * @param value the absolute value, or the offset from the target
   */
  void defineSymbol(int stream, int name, int target, long value, long size, int info)
      throws LinkException;

  /** Removes what {@link #defineSymbol} defined. */
  boolean removeSymbol(int stream, int name);

  /**
   * Declares a shared library without reading a file: its soname and what it provides.
   *
   * @param symbols provided names; {@code name@VERSION} gives a version
   */
  void importLibrary(String soname, List<ImportedSymbol> symbols) throws LinkException;

  boolean removeLibrary(String soname);

  /**
   * Adds an input file, or compares it with what is held under that key and applies the difference.
   * The position of an input in the order of resolution is where it was first added.
   */
  InputChange putInput(InputSpec input) throws LinkException;

  boolean removeInput(String key);

  /**
   * Chooses the place of a new input that is put afterwards. Without it, a new input is the last.
   *
   * @param key of the new input
   * @param after key of the input that comes before it; empty: it becomes the first
   * @param run how many new inputs will be placed there one after the other, this one included
   * @return whether there is room for it there
   */
  default boolean placeInput(String key, String after, int run) {
    return false;
  }

  /**
   * Number of the state of its content: each edit gives it another one, and no other output, not
   * even the next one at the same path, ever has the same. {@link #NO_REVISION} when they are not
   * counted.
   */
  default long revision() {
    return NO_REVISION;
  }

  /** The input files that are held, in the order of resolution. */
  List<InputSpec> inputs();

  /** What every publish changed, as far back as it is held. Any thread may read it. */
  ChangeRing changes();

  /** Applies everything pending, checks it and publishes, or reports why not. */
  FlushResult flush();

  /**
   * Makes the published file newer without another generation, for build tools that compare times.
   *
   * @return false when the file is not the one that was published, or its time cannot be set
   */
  boolean touch();

  /** Compares the live state with an independent link of the same inputs; empty when equal. */
  List<String> verify();

  OutputStatus status();

  /**
   * Why the present content was made as it was, for people; shown with the status until the next
   * one.
   */
  default void explain(String cause) {}

  /**
   * Gives the memory of the image back while nobody works on the output. It is read again from the
   * published file when it is needed, or linked again from the inputs if that file was changed.
   *
   * @param unlessChanged not when it would have to be linked again
   * @return bytes given back; 0 when there are edits that are not published
   */
  default long releaseImage(boolean unlessChanged) {
    return 0;
  }

  /** Visits the layout tree in file order. */
  void dump(DumpVisitor visitor);

  /**
   * Visits what is known of a global name: its definitions, the chosen one first, then the
   * relocations that refer to it.
   *
   * @return whether anything defines it or refers to it
   */
  boolean query(String name, QueryVisitor visitor);

  /** Visits the input sections that are left out of the image because nothing leads to them. */
  default void collected(CollectedVisitor visitor) {}

  /** Visits the input sections that have become one with others of the same meaning. */
  default void folded(FoldedVisitor visitor) {}

  /** Reports about the link; empty for a kind of output that has none. */
  default Optional<LinkReports> reports() {
    return Optional.empty();
  }

  /** The file that readers see. */
  default Path path() {
    return spec().path();
  }

  /** Releases everything resident. The published file stays; the spare file is removed. */
  @Override
  void close();

  /**
   * A symbol of a declared library.
   *
   * @param name plain name, or {@code name@VERSION}
   * @param info ELF st_info
   * @param size st_size; needed for copy relocations
   */
  record ImportedSymbol(String name, int info, long size) {}

  /**
   * An input by file.
   *
   * @param key identity over time, usually the path as the user wrote it
   * @param path where to read it
   * @param asNeeded a shared library only counts when something refers to it
   * @param wholeArchive all members of an archive are taken
   * @param needed what a shared library without DT_SONAME is needed as, and what the symbols around
   *     data are called; empty for its file name
   * @param use what the file is for
   */
  record InputSpec(
      String key, Path path, boolean asNeeded, boolean wholeArchive, String needed, InputUse use) {

    /** A file that is linked. */
    public InputSpec(String key, Path path, boolean asNeeded, boolean wholeArchive) {
      this(key, path, asNeeded, wholeArchive, "", InputUse.LINKED);
    }

    /** The object that a content is. */
    public ElfObject object(Content content) throws LinkException {
      String name = path.toString();
      return use == InputUse.DATA
          ? content.data(name, needed.isEmpty() ? name : needed)
          : content.object(name);
    }
  }

  /** What an input is for. */
  enum InputUse {
    /** Its content becomes part of the output. */
    LINKED,
    /** An object is taken when it defines what is required, like a member of an archive. */
    WHEN_NEEDED,
    /** Its bytes are data of the output, whatever they are. */
    DATA,
    /** Only the addresses of its symbols count. */
    SYMBOLS,
    /**
     * A shared library that others need: it defines what they refer to, and nothing for objects.
     */
    NEEDED
  }

  /** What a {@link #putInput} changed. */
  record InputChange(int atomsAdded, int atomsChanged, int atomsRemoved, int atomsSame) {
    public static final InputChange NONE = new InputChange(0, 0, 0, 0);
  }

  /** Receives one call for each node, parents before children. */
  interface DumpVisitor {
    /**
     * @param depth 0 for the root
     * @param kind "file", "segment", "section", "atom", "table", "header" or "hole"
     * @param fileOffset offset in the file, -1 when it has no bytes there
     * @param address virtual address, 0 when not loaded
     * @param size bytes used
     * @param capacity bytes until the next sibling; capacity - size is slack
     */
    void node(
        int depth,
        String kind,
        String name,
        long fileOffset,
        long address,
        long size,
        long capacity);
  }

  /** Receives what {@link #collected} finds. */
  interface CollectedVisitor {
    void section(String input, String section);
  }

  /**
   * Receives what {@link #folded} finds: each section that stays, then those that it stands for.
   */
  interface FoldedVisitor {
    void section(boolean stays, String input, String section);
  }

  /** Receives what {@link #query} finds. */
  interface QueryVisitor {
    /**
     * @param chosen whether references resolve to it
     * @param input input or library that defines it
     * @param section section or key of the atom; empty for an absolute value
     * @param address virtual address; 0 when it is not in the image
     * @param info ELF st_info in bits 0-7, st_other in bits 8-15
     */
    void definition(
        boolean chosen, String input, String section, long address, long size, int info);

    /**
     * A relocation that refers to it.
     *
     * @param kindName the name of the kind in the format's specification
     */
    void reference(
        String input, String section, long offset, int kind, String kindName, long addend);
  }
}

package dev.linkd.object;

import dev.linkd.diag.LinkException;
import java.lang.foreign.MemorySegment;

/**
 * A static library (ar archive): GNU and System V with {@code //} long names, BSD with {@code #1/}
 * names, and thin archives, whose members are files of their own. Members are what the user put in:
 * the symbol index and the name table are not counted. Members need not be objects.
 */
public final class Archive {
  static final String MAGIC = "!<arch>\n";
  static final String THIN_MAGIC = "!<thin>\n";

  /** {@link #indexMember} and {@link #memberAt} for nothing. */
  public static final int NONE = -1;

  private final InputBytes in;
  private final boolean thin;
  private final ArchiveMembers members;
  private final ArchiveIndex index;

  private Archive(InputBytes in, boolean thin, ArchiveMembers members) throws LinkException {
    this.in = in;
    this.thin = thin;
    this.members = members;
    this.index = ArchiveIndex.read(in, members);
  }

  /** Checks all member headers, names and the symbol index. */
  public static Archive parse(String name, MemorySegment bytes) throws LinkException {
    InputBytes in = new InputBytes(name, bytes);
    boolean thin = Bytes.startsWith(bytes, 0, in.size(), THIN_MAGIC);
    if (!thin && !Bytes.startsWith(bytes, 0, in.size(), MAGIC)) {
      throw in.malformed(0, "not an archive");
    }
    return new Archive(in, thin, ArchiveMembers.read(in, thin));
  }

  public String name() {
    return in.name();
  }

  public MemorySegment bytes() {
    return in.bytes();
  }

  /** Whether the members are files of their own, named relative to the archive's directory. */
  public boolean thin() {
    return thin;
  }

  public int members() {
    return members.count();
  }

  /** Name of the member; for a thin archive the path of its file. */
  public String memberName(int m) {
    return Bytes.text(in.bytes(), members.nameOffset(m), members.nameLength(m));
  }

  /** The name that diagnostics use: {@code archive(member)}. */
  public String memberInputName(int m) {
    return in.name() + "(" + memberName(m) + ")";
  }

  /** Offset of the content in {@link #bytes}; not for thin archives. */
  public long memberOffset(int m) {
    return members.offset(m);
  }

  public long memberSize(int m) {
    return members.size(m);
  }

  /** The content of a member; not for thin archives. */
  public MemorySegment memberBytes(int m) {
    if (thin) {
      throw new IllegalStateException(in.name() + " is thin: its members are files");
    }
    return in.bytes().asSlice(members.offset(m), members.size(m));
  }

  /** Member whose header is at that file offset, or {@link #NONE}. */
  public int memberAt(long headerOffset) {
    return members.at(headerOffset);
  }

  /**
   * Whether the archive has a symbol index in the GNU form. Without it, symbols are found by
   * parsing the members.
   */
  public boolean indexed() {
    return index.present();
  }

  /** Number of entries of the symbol index, in the order of the file. */
  public int indexSymbols() {
    return index.count();
  }

  public long indexNameOffset(int i) {
    return index.nameOffset(i);
  }

  public int indexNameLength(int i) {
    return index.nameLength(i);
  }

  public String indexName(int i) {
    return Bytes.text(in.bytes(), index.nameOffset(i), index.nameLength(i));
  }

  /** Member that defines symbol {@code i} of the index. */
  public int indexMember(int i) {
    return index.member(i);
  }
}

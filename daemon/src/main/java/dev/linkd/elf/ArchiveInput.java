package dev.linkd.elf;

import dev.linkd.diag.LinkException;
import dev.linkd.object.Archive;
import dev.linkd.object.ElfObject;
import dev.linkd.object.FileKinds;
import dev.linkd.store.Content;
import java.util.HashMap;
import java.util.Map;

/** An archive: its members become inputs when something needs what they define. */
final class ArchiveInput implements Providers.Lazy {

  /** Adds members to the output. */
  interface Extractor {
    void extract(ArchiveInput archive, int member);
  }

  final String name;
  final Content source;
  final Archive archive;
  private final LinkState state;
  private final Extractor extractor;
  private final NameSet index = new NameSet();

  /** Members that are part of the output. */
  final Map<Integer, ObjectInput> extracted = new HashMap<>();

  ArchiveInput(LinkState state, String name, Content source, Archive archive, Extractor extractor)
      throws LinkException {
    this.state = state;
    this.name = name;
    this.source = source;
    this.archive = archive;
    this.extractor = extractor;
    if (archive.indexed()) {
      for (int i = 0; i < archive.indexSymbols(); i++) {
        index.putIfAbsent(
            archive.bytes(),
            archive.indexNameOffset(i),
            archive.indexNameLength(i),
            archive.indexMember(i));
      }
    } else {
      indexMembers();
    }
  }

  private void indexMembers() throws LinkException {
    for (int m = 0; m < archive.members(); m++) {
      if (FileKinds.detect(archive.memberBytes(m)) != FileKinds.Kind.OBJECT) {
        continue;
      }
      ElfObject object = source.member(archive, m);
      for (int y = object.firstGlobal(); y < object.symbols(); y++) {
        if (object.symbolSection(y) != ElfObject.UNDEF) {
          index.putIfAbsent(
              object.bytes(), object.symbolNameOffset(y), object.symbolNameLength(y), m);
        }
      }
    }
  }

  /** Member that defines a name, NONE when there is none. */
  int member(int symbol) {
    int id = state.symbols.name(symbol);
    return index.get(state.names.bytes(), state.names.offset(id), state.names.length(id));
  }

  @Override
  public boolean extract(int symbol) {
    int member = member(symbol);
    if (member == NameSet.NONE || extracted.containsKey(member)) {
      return false;
    }
    extractor.extract(this, member);
    return extracted.containsKey(member);
  }
}

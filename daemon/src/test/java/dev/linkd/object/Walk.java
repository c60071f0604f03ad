package dev.linkd.object;

import dev.linkd.diag.LinkException;
import java.lang.foreign.MemorySegment;

/** Calls every accessor with every valid number, as a linker might. */
final class Walk {
  private long sum;

  /** Something that depends on everything that was read. */
  long sum() {
    return sum;
  }

  void object(ElfObject object) throws LinkException {
    for (int s = 0; s < object.sections(); s++) {
      section(object, s);
    }
    for (int y = 0; y < object.symbols(); y++) {
      sum += object.symbolInfo(y) + object.symbolOther(y) + object.symbolValue(y);
      sum += object.symbolSize(y) + object.symbolName(y).length();
      bytes(object.bytes(), object.symbolNameOffset(y), object.symbolNameLength(y));
      int s = object.symbolSection(y);
      sum += s > 0 ? object.sectionSize(s) : 0;
    }
    sum += object.firstGlobal() <= object.symbols() ? 1 : fail("firstGlobal");
    for (int g = 0; g < object.groups(); g++) {
      sum += object.groupSignature(g).length() + (object.groupComdat(g) ? 1 : 0);
      sum += object.groupSignatureSymbol(g) + object.sectionSize(object.groupSection(g));
      for (int i = 0; i < object.groupMembers(g); i++) {
        sum += object.groupOf(object.groupMember(g, i)) == g ? 1 : fail("groupOf");
      }
    }
    sum += object.x86Features() + (object.hasGnuStackNote() && object.executableStack() ? 1 : 0);
  }

  private void section(ElfObject object, int s) throws LinkException {
    sum += object.sectionType(s) + object.sectionFlags(s) + object.sectionAlignment(s);
    sum += object.contentSize(s) + object.contentAlignment(s) + object.sectionEntrySize(s);
    sum += object.sectionLink(s) + object.sectionInfo(s) + object.groupOf(s);
    sum += object.sectionName(s).length();
    bytes(object.bytes(), object.sectionNameOffset(s), object.sectionNameLength(s));
    MemorySegment content = object.sectionBytes(s);
    bytes(content, 0, (int) Math.min(content.byteSize(), 64));
    for (int r = 0; r < object.relocationCount(s); r++) {
      sum += object.relocationOffset(s, r) <= object.contentSize(s) ? 1 : fail("relocation");
      sum += object.relocationKind(s, r) + object.relocationAddend(s, r);
      sum += object.symbolInfo(object.relocationSymbol(s, r));
    }
    if (MergePieces.mergeable(object, s)) {
      pieces(object, s);
    }
    if (object.sectionNameIs(s, ".eh_frame")) {
      frames(object, s);
    }
  }

  private void pieces(ElfObject object, int s) throws LinkException {
    MergePieces pieces = MergePieces.split(object, s);
    long end = 0;
    for (int i = 0; i < pieces.count(); i++) {
      sum += pieces.start(i) == end && pieces.pieceAt(end) == i ? 1 : fail("piece");
      sum += pieces.alignment(i);
      end += pieces.size(i);
    }
    sum += end == object.sectionSize(s) ? 1 : fail("pieces");
  }

  private void frames(ElfObject object, int s) throws LinkException {
    EhFrames frames = EhFrames.split(object, s);
    int relocations = 0;
    for (int r = 0; r < frames.count(); r++) {
      int start = frames.offset(r);
      int end = start + frames.size(r);
      sum += end <= object.sectionSize(s) ? 1 : fail("record");
      if (frames.isCie(r)) {
        sum += frames.fdeEncoding(r) + frames.lsdaEncoding(r);
        sum += frames.personality(r) < end ? 1 : fail("personality");
      } else {
        sum += frames.isCie(frames.cie(r)) && frames.codeStart(r) < end ? 1 : fail("cie");
        sum += frames.lsda(r) < end ? 1 : fail("lsda");
      }
      for (int i = 0; i < frames.relocations(r); i++) {
        long offset = object.relocationOffset(s, frames.relocation(r, i));
        sum += offset >= start && offset < end ? 1 : fail("relocation of record");
      }
      relocations += frames.relocations(r);
    }
    sum += relocations == object.relocationCount(s) ? 1 : fail("relocations of records");
  }

  void library(SharedLibrary library) {
    sum += library.soname().length() + library.definedVersions().size();
    for (int i = 0; i < library.needed(); i++) {
      sum += library.needed(i).length();
    }
    for (int y = 0; y < library.symbols(); y++) {
      sum += library.symbolName(y).length() + library.symbolInfo(y) + library.symbolOther(y);
      sum += library.symbolValue(y) + library.symbolSize(y) + library.symbolAlignment(y);
      sum += library.versionName(library.symbolVersion(y)).length();
      int length = library.versionNameLength(library.symbolVersion(y));
      if (length > 0) {
        bytes(library.bytes(), library.versionNameOffset(library.symbolVersion(y)), length);
      }
      sum += library.symbolReadOnly(y) && library.undefined(y) ? 1 : 2;
      sum += library.exported(y) ? library.aliases(y).length : 0;
      sum +=
          library.find(library.bytes(), library.symbolNameOffset(y), library.symbolNameLength(y));
    }
  }

  void archive(Archive archive) {
    for (int m = 0; m < archive.members(); m++) {
      sum += archive.memberInputName(m).length() + archive.memberSize(m);
      sum += archive.thin() ? 0 : archive.memberBytes(m).byteSize() + archive.memberOffset(m);
    }
    for (int i = 0; i < archive.indexSymbols(); i++) {
      sum += archive.indexName(i).length() + archive.memberSize(archive.indexMember(i));
      bytes(archive.bytes(), archive.indexNameOffset(i), archive.indexNameLength(i));
    }
  }

  private void bytes(MemorySegment bytes, long offset, int length) {
    for (int i = 0; i < length; i++) {
      sum = sum * 31 + Bytes.u8(bytes, offset + i);
    }
  }

  private static int fail(String what) {
    throw new IllegalStateException(what + " is inconsistent");
  }
}

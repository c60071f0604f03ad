package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;

import java.util.List;

/** {@code .gnu.version_d}: the versions that the output defines, the base version first. */
final class VersionDefinitions {

  private final LinkState state;
  private final Layout layout;
  private final VersionNodes nodes;
  private final ByteBuilder bytes = new ByteBuilder();
  final OutputSection section;
  private int count;

  VersionDefinitions(LinkState state, Layout layout, VersionNodes nodes, OutputSection strings) {
    this.state = state;
    this.layout = layout;
    this.nodes = nodes;
    this.section = layout.table(".gnu.version_d", SHT_GNU_VERDEF, SHF_ALLOC, SegmentKind.TABLES, 0);
    section.link = strings;
  }

  /** Number of definitions with the base version; 0 when the output has no versions. */
  int count() {
    return count;
  }

  void write(ByteBuilder names) {
    List<VersionNodes.Version> versions = nodes.versions();
    count = versions.isEmpty() ? 0 : versions.size() + 1;
    section.infoValue = count;
    if (count == 0) {
      section.tableSize = 0;
      return;
    }
    bytes.clear();
    add(VER_FLG_BASE, VER_NDX_GLOBAL, VersionNodes.base(state), List.of(), names);
    for (int i = 0; i < versions.size(); i++) {
      VersionNodes.Version version = versions.get(i);
      add(0, VersionNodes.FIRST + i, version.name(), version.parents(), names);
    }
    bytes.writeTo(state, layout, section);
  }

  private void add(int flags, int index, String name, List<String> parents, ByteBuilder names) {
    boolean last = index == count;
    int size = VERDEF_SIZE + (1 + parents.size()) * VERDAUX_SIZE;
    bytes.putShort(1).putShort(flags).putShort(index).putShort(1 + parents.size());
    bytes.putInt(VersionTables.hash(name)).putInt(VERDEF_SIZE).putInt(last ? 0 : size);
    bytes.putInt(names.putString(name)).putInt(parents.isEmpty() ? 0 : VERDAUX_SIZE);
    for (int i = 0; i < parents.size(); i++) {
      bytes.putInt(names.putString(parents.get(i)));
      bytes.putInt(i + 1 < parents.size() ? VERDAUX_SIZE : 0);
    }
  }
}

package dev.linkd.elf;

import dev.linkd.mapped.MappedFile;

/** How much of a file is not a gap. */
final class FileUse {

  private FileUse() {}

  /** Bytes of the file that belong to something. */
  static long bytes(Layout layout, MappedFile file) {
    long used = 0;
    for (OutputSection section : layout.sections()) {
      if (file.hasContent(section.node) && section.host == null) {
        used += layout.size(section);
      }
    }
    return used;
  }
}

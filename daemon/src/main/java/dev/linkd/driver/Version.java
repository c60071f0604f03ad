package dev.linkd.driver;

/**
 * How the linker introduces itself. Build systems look for "GNU" to learn which options there are,
 * and for the list of targets to learn whether it makes shared libraries. The number follows a "v",
 * because libtool takes a version that begins with 0 or 1 for a GNU ld without version scripts, and
 * then exports everything.
 */
final class Version {
  private static final String NUMBER = "0.1.0";

  static final String TEXT = "linkd v" + NUMBER + " (compatible with GNU linkers)\n";
  static final String EMULATIONS = "  Supported emulations:\n   elf_x86_64\n";
  static final String TARGETS = "ld.linkd: supported targets: elf64-x86-64\n";

  private Version() {}
}

package dev.linkd.output;

import java.nio.file.Path;

/**
 * What an output is to be; fixed while it is open.
 *
 * @param path absolute path of the published file
 * @param kind what the image is
 * @param entry name of the entry symbol; empty for none
 * @param interpreter path for PT_INTERP; empty for none
 * @param newFileMode permission bits of the file when the path is new, 0 to 0777
 */
public record OutputSpec(
    Path path,
    OutputKind kind,
    String entry,
    String interpreter,
    int newFileMode,
    SymbolRules symbols,
    DynamicRules dynamic,
    ContentRules content,
    LayoutRules layout,
    CodeRules code,
    SectionRules sections) {

  /** The mode that linkers give to new files, before the umask. */
  public static final int FILE_MODE_DEFAULT = 0755;

  public OutputSpec {
    if (!path.isAbsolute()) {
      throw new IllegalArgumentException("output path must be absolute: " + path);
    }
  }

  /** With the usual layout and treatment of code. */
  public OutputSpec(
      Path path,
      OutputKind kind,
      String entry,
      String interpreter,
      int newFileMode,
      SymbolRules symbols,
      DynamicRules dynamic,
      ContentRules content) {
    this(
        path,
        kind,
        entry,
        interpreter,
        newFileMode,
        symbols,
        dynamic,
        content,
        LayoutRules.USUAL,
        CodeRules.USUAL,
        SectionRules.USUAL);
  }

  /** The same with another layout. */
  public OutputSpec withLayout(LayoutRules rules) {
    return new OutputSpec(
        path,
        kind,
        entry,
        interpreter,
        newFileMode,
        symbols,
        dynamic,
        content,
        rules,
        code,
        sections);
  }

  /** The same with other rules for code. */
  public OutputSpec withCode(CodeRules rules) {
    return new OutputSpec(
        path,
        kind,
        entry,
        interpreter,
        newFileMode,
        symbols,
        dynamic,
        content,
        layout,
        rules,
        sections);
  }

  /** The same with another choice of sections. */
  public OutputSpec withSections(SectionRules rules) {
    return new OutputSpec(
        path,
        kind,
        entry,
        interpreter,
        newFileMode,
        symbols,
        dynamic,
        content,
        layout,
        code,
        rules);
  }

  /** The usual choices for a kind of output on x86-64 Linux with glibc. */
  public static OutputSpec of(Path path, OutputKind kind) {
    boolean interpreted = kind == OutputKind.PIE || kind == OutputKind.DYNAMIC_EXECUTABLE;
    return new OutputSpec(
        path,
        kind,
        kind.executable() ? "_start" : "",
        interpreted ? "/lib64/ld-linux-x86-64.so.2" : "",
        FILE_MODE_DEFAULT,
        SymbolRules.of(kind),
        DynamicRules.USUAL,
        ContentRules.USUAL);
  }
}

package dev.linkd.output;

import java.nio.file.Path;

/**
 * What an output is to be; fixed while it is open.
 *
 * @param path absolute path of the published file
 * @param kind what the image is
 * @param entry name of the entry symbol; empty for none
 * @param interpreter path for PT_INTERP; empty for none
 * @param mode permission bits of the file
 */
public record OutputSpec(
    Path path,
    OutputKind kind,
    String entry,
    String interpreter,
    FileMode mode,
    SymbolRules symbols,
    DynamicRules dynamic,
    ContentRules content,
    LayoutRules layout,
    CodeRules code,
    SectionRules sections,
    NameRules names,
    Stripping stripping,
    RelocatableRules relocatable) {

  public OutputSpec {
    if (!path.isAbsolute()) {
      throw new IllegalArgumentException("output path must be absolute: " + path);
    }
  }

  /** With the usual layout, code, names and tables. */
  public OutputSpec(
      Path path,
      OutputKind kind,
      String entry,
      String interpreter,
      FileMode mode,
      SymbolRules symbols,
      DynamicRules dynamic,
      ContentRules content) {
    this(
        path,
        kind,
        entry,
        interpreter,
        mode,
        symbols,
        dynamic,
        content,
        LayoutRules.USUAL,
        CodeRules.USUAL,
        SectionRules.USUAL,
        NameRules.USUAL,
        Stripping.NONE,
        RelocatableRules.USUAL);
  }

  /** The same with another layout. */
  public OutputSpec withLayout(LayoutRules rules) {
    return with(rules, code, sections, names, stripping, relocatable);
  }

  /** The same with other rules for code. */
  public OutputSpec withCode(CodeRules rules) {
    return with(layout, rules, sections, names, stripping, relocatable);
  }

  /** The same with another choice of sections. */
  public OutputSpec withSections(SectionRules rules) {
    return with(layout, code, rules, names, stripping, relocatable);
  }

  /** The same with other names. */
  public OutputSpec withNames(NameRules rules) {
    return with(layout, code, sections, rules, stripping, relocatable);
  }

  /** The same with another choice of what is left out. */
  public OutputSpec withStripping(Stripping choice) {
    return with(layout, code, sections, names, choice, relocatable);
  }

  /** The same with other choices for an output that is linked again. */
  public OutputSpec withRelocatable(RelocatableRules rules) {
    return with(layout, code, sections, names, stripping, rules);
  }

  private OutputSpec with(
      LayoutRules newLayout,
      CodeRules newCode,
      SectionRules newSections,
      NameRules newNames,
      Stripping newStripping,
      RelocatableRules newRelocatable) {
    return new OutputSpec(
        path,
        kind,
        entry,
        interpreter,
        mode,
        symbols,
        dynamic,
        content,
        newLayout,
        newCode,
        newSections,
        newNames,
        newStripping,
        newRelocatable);
  }

  public OutputSpec withMode(FileMode newMode) {
    return new OutputSpec(
        path,
        kind,
        entry,
        interpreter,
        newMode,
        symbols,
        dynamic,
        content,
        layout,
        code,
        sections,
        names,
        stripping,
        relocatable);
  }

  /** The usual choices for a kind of output on x86-64 Linux with glibc. */
  public static OutputSpec of(Path path, OutputKind kind) {
    boolean interpreted = kind == OutputKind.PIE || kind == OutputKind.DYNAMIC_EXECUTABLE;
    return new OutputSpec(
        path,
        kind,
        kind.executable() ? "_start" : "",
        interpreted ? "/lib64/ld-linux-x86-64.so.2" : "",
        FileMode.USUAL,
        SymbolRules.of(kind),
        DynamicRules.USUAL,
        ContentRules.USUAL);
  }
}

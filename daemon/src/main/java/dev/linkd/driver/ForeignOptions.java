package dev.linkd.driver;

import static dev.linkd.driver.Arity.NONE;
import static dev.linkd.driver.Arity.OPTIONAL;
import static dev.linkd.driver.Arity.REQUIRED;
import static dev.linkd.driver.Option.noOp;
import static dev.linkd.driver.Option.refused;

import java.util.List;

/** Options that other linkers have for other machines and formats. */
final class ForeignOptions {
  private static final String MACHINES = "Concerns code of other machines only.";
  private static final String IMAGES = "Images in PE format are not made.";

  private ForeignOptions() {}

  static List<Option> rows() {
    return List.of(
        noOp(
            NONE,
            MACHINES,
            "embedded-relocs",
            "emit-stub-syms",
            "no-emit-stub-syms",
            "fix-arm1176",
            "no-fix-arm1176",
            "fix-cortex-a53-835769",
            "no-fix-cortex-a53-835769",
            "no-fix-cortex-a53-843419",
            "no-fix-cortex-a8",
            "fix-v4bx",
            "fix-v4bx-interworking",
            "long-plt",
            "no-long-plt",
            "no-enum-size-warning",
            "no-wchar-size-warning",
            "no-pipeline-knowledge",
            "p",
            "target1-abs",
            "target1-rel"),
        noOp(
            NONE,
            MACHINES,
            "plt-localentry",
            "no-plt-localentry",
            "plt-static-chain",
            "no-plt-static-chain",
            "plt-thread-safe",
            "no-plt-thread-safe",
            "secure-plt",
            "stub-group-multi",
            "no-stub-group-multi",
            "tls-get-addr-optimize",
            "no-tls-get-addr-optimize",
            "tls-optimize",
            "no-tls-optimize",
            "toc-sort",
            "no-toc-sort"),
        noOp(OPTIONAL, MACHINES, "fix-cortex-a53-843419", "plt-align", "power10-stubs"),
        noOp(REQUIRED, MACHINES, "stub-group-size"),
        refused(
            NONE,
            IMAGES,
            "add-stdcall-alias",
            "disable-auto-image-base",
            "disable-auto-import",
            "enable-auto-import",
            "disable-large-address-aware",
            "large-address-aware",
            "disable-long-section-names",
            "enable-long-section-names",
            "disable-reloc-section",
            "enable-reloc-section",
            "disable-runtime-pseudo-reloc",
            "enable-runtime-pseudo-reloc",
            "disable-stdcall-fixup",
            "enable-stdcall-fixup",
            "dll",
            "enable-extra-pe-debug",
            "enable-extra-pep-debug",
            "exclude-all-symbols",
            "export-all-symbols",
            "force-exe-suffix",
            "kill-at",
            "warn-duplicate-exports"),
        refused(OPTIONAL, IMAGES, "enable-auto-image-base"),
        refused(
            REQUIRED,
            IMAGES,
            "base_file",
            "base-file",
            "dll-search-prefix",
            "exclude-modules-for-implib",
            "exclude-symbols",
            "file-alignment",
            "section-alignment",
            "heap",
            "stack",
            "major-image-version",
            "minor-image-version",
            "major-os-version",
            "minor-os-version",
            "major-subsystem-version",
            "minor-subsystem-version",
            "output-def",
            "subsystem"),
        refused(
            NONE,
            "There are no import libraries in ELF for x86-64.",
            "cmse-implib",
            "compat-implib"),
        refused(REQUIRED, "There are no import libraries in ELF for x86-64.", "in-implib"),
        refused(REQUIRED, "Exports are those of the symbol table.", "version-exports-section"));
  }
}

package dev.linkd.driver;

import static dev.linkd.driver.Arity.NONE;
import static dev.linkd.driver.Arity.REQUIRED;
import static dev.linkd.driver.Option.refused;

import java.util.List;

/** Options that ask for an output which linkd does not make. */
final class RefusedOptions {
  private RefusedOptions() {}

  static List<Option> rows() {
    return List.of(
        refused(NONE, "x86-64 has one byte order.", "EB"),
        refused(NONE, "Name the libraries with `-l`.", "dependent-libraries"),
        refused(
            NONE,
            "There is no link-time optimisation whose result could be written.",
            "lto-emit-asm",
            "lto-emit-llvm"),
        refused(REQUIRED, "Files are those of the system; `--sysroot` moves libraries.", "chroot"),
        refused(REQUIRED, "Call it in that directory.", "C", "directory"),
        refused(REQUIRED, "Name the inputs that are meant.", "remap-inputs", "remap-inputs-file"),
        refused(REQUIRED, "No programs are run.", "error-handling-script", "run"),
        refused(REQUIRED, "Scripts of archivers are not read.", "c", "mri-script"),
        refused(
            REQUIRED,
            "Only debug sections are compressed (`--compress-debug-sections`).",
            "compress-sections"),
        refused(NONE, "`--gdb-index` is the index there is.", "debug-names"),
        refused(REQUIRED, "There are no import libraries in ELF for x86-64.", "out-implib"),
        refused(NONE, "Imports have the versions of their libraries.", "default-imported-symver"),
        refused(
            NONE,
            "Functions and data are called as in the objects.",
            "z unique-symbol",
            "z nounique-symbol"),
        refused(
            NONE,
            "A section has one region of memory.",
            "enable-non-contiguous-regions",
            "enable-non-contiguous-regions-warnings"),
        refused(NONE, "Symbols of `-R` may be defined again.", "disable-multiple-abs-defs"),
        refused(NONE, "Members of archives replace common symbols.", "no-fortran-common"),
        refused(NONE, "No start file runs `.ctors` any more.", "no-ctors-in-init-array"),
        refused(NONE, "Name them: `--unresolved-symbols`, `-u`.", "weak-unresolved-symbols"),
        refused(REQUIRED, "No numbers about symbols are written.", "print-symbol-counts"),
        refused(REQUIRED, "`-r` makes objects without hiding symbols.", "task-link"),
        refused(NONE, "A value that does not fit is always an error.", "z noreloc-overflow"),
        refused(
            NONE, "Programs may refer to data of libraries directly.", "z indirect-extern-access"),
        refused(
            NONE, "Memory is not tagged on x86-64.", "android-memtag-heap", "android-memtag-stack"),
        refused(REQUIRED, "Memory is not tagged on x86-64.", "android-memtag-mode"));
  }
}

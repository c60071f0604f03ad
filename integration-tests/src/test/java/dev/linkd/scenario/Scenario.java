package dev.linkd.scenario;

import dev.linkd.output.OutputKind;
import java.util.List;
import java.util.Map;

/**
 * A sequence of edits of one program.
 *
 * @param name name of the file, for messages
 * @param title what is shown
 * @param kinds what the program is linked as, one run for each
 * @param libc whether it is linked with the C library; else with {@code start.c} only
 * @param compilerFlags further flags of every compilation
 * @param libraries further system libraries, file names as the compiler driver knows them
 */
record Scenario(
    String name,
    String title,
    List<OutputKind> kinds,
    boolean libc,
    List<String> compilerFlags,
    List<String> libraries,
    List<Step> steps) {

  /**
   * One edit and what follows from it.
   *
   * @param files new content by name
   * @param removed names of sources that are no longer part of the program
   * @param archives members by name of the archive
   * @param shared sources by name of a shared library that gcc links
   * @param refused code and words of the diagnostic; empty when the link succeeds
   * @param exit exit status of the program
   * @param output what it prints
   * @param debugger commands for gdb
   * @param debuggerOutput texts that gdb must print, in this order
   */
  record Step(
      String title,
      Map<String, String> files,
      List<Replacement> replacements,
      List<String> removed,
      Map<String, List<String>> archives,
      Map<String, List<String>> shared,
      List<String> refused,
      int exit,
      String output,
      List<String> debugger,
      List<String> debuggerOutput) {}

  /** A text that occurs once in a source, and what takes its place. */
  record Replacement(String file, String from, String to) {}
}

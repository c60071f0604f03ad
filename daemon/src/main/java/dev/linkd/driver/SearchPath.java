package dev.linkd.driver;

import dev.linkd.diag.Code;
import dev.linkd.diag.Diagnostic;
import dev.linkd.diag.LinkException;
import dev.linkd.diag.Place;
import dev.linkd.object.FileKinds;
import dev.linkd.object.LinkerScript;
import dev.linkd.object.MachineCheck;
import dev.linkd.store.Content;
import dev.linkd.store.FileAnswers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Where libraries are searched: the directories of {@code -L} in their order, then those of
 * scripts, then the usual ones. Each directory is tried for a shared library and then for an
 * archive before the next directory is.
 */
final class SearchPath {
  /** How many scripts may name one another. */
  static final int SCRIPT_DEPTH_MAX = 10;

  /** Debian's and Fedora's directories for x86-64, in the order of GNU ld. */
  private static final List<String> USUAL =
      List.of(
          "/usr/local/lib/x86_64-linux-gnu",
          "/lib/x86_64-linux-gnu",
          "/usr/lib/x86_64-linux-gnu",
          "/usr/local/lib64",
          "/lib64",
          "/usr/lib64",
          "/usr/local/lib",
          "/lib",
          "/usr/lib");

  private static final String SYSROOT_VARIABLE = "$SYSROOT";

  private final FileAnswers files;
  private final Path start;
  private final String sysroot;
  private final List<Path> given = new ArrayList<>();
  private final List<Diagnostic> skipped = new ArrayList<>();
  private final List<Path> usual = new ArrayList<>();

  /**
   * @param start where relative paths start
   */
  SearchPath(FileAnswers files, Path start, Plan plan) throws UsageException {
    this.files = files;
    this.start = start;
    this.sysroot = plan.sysroot;
    for (String directory : plan.directories) {
      add(directory);
    }
    for (String directory : plan.lastDirectories) {
      add(directory);
    }
    if (plan.defaultDirectories) {
      for (String directory : USUAL) {
        usual.add(Paths.at(start, sysroot + directory));
      }
    }
  }

  /** Adds a directory before the usual ones. */
  void add(String directory) throws UsageException {
    Path path = Paths.at(start, belowSysroot(directory));
    if (!given.contains(path)) {
      given.add(path);
    }
  }

  private String belowSysroot(String directory) {
    if (directory.startsWith("=")) {
      return sysroot + directory.substring(1);
    }
    return directory.startsWith(SYSROOT_VARIABLE)
        ? sysroot + directory.substring(SYSROOT_VARIABLE.length())
        : directory;
  }

  /** The file of a library word. */
  Path library(Word word) throws LinkException, UsageException {
    List<String> tried = new ArrayList<>();
    List<String> names = names(word);
    for (Path directory : directories()) {
      for (String name : names) {
        Path path = Paths.at(directory, name);
        if (files.isRegular(path) && fits(path, word.toString())) {
          return path;
        }
        tried.add("tried " + path);
      }
    }
    throw new LinkException(
        Code.LIBRARY_NOT_FOUND,
        Place.NONE,
        "unable to find library " + word,
        tried.toArray(new String[0]));
  }

  /** A file for another machine is passed over. */
  private boolean fits(Path path, String wanted) throws UsageException {
    if (fits(path, SCRIPT_DEPTH_MAX)) {
      return true;
    }
    skipped.add(
        Diagnostic.warning(
            Code.INCOMPATIBLE_INPUT,
            Place.input(path.toString()),
            "skipping incompatible file when searching for " + wanted));
    return false;
  }

  /**
   * A script is for the machine that the first file it names is for.
   *
   * @param depth how many scripts may name one another
   */
  private boolean fits(Path path, int depth) throws UsageException {
    try {
      Content content = files.open(path);
      try {
        if (!MachineCheck.fits(path.toString(), content.bytes())) {
          return false;
        }
        if (depth == 0 || FileKinds.detect(content.bytes()) != FileKinds.Kind.SCRIPT) {
          return true;
        }
        List<LinkerScript.Input> inputs =
            LinkerScript.parse(path.toString(), content.bytes()).inputs();
        if (inputs.isEmpty() || inputs.getFirst().library()) {
          return true;
        }
        for (Path first : candidates(path, inputs.getFirst().name())) {
          if (files.isRegular(first)) {
            return fits(first, depth - 1);
          }
        }
        return true;
      } finally {
        content.release();
      }
    } catch (LinkException e) {
      return true; // it is reported when it is used
    }
  }

  /** Hands over the warnings about files that were passed over. */
  List<Diagnostic> takeSkipped() {
    List<Diagnostic> taken = List.copyOf(skipped);
    skipped.clear();
    return taken;
  }

  private static List<String> names(Word word) {
    String text = word.text();
    if (text.startsWith(":")) {
      return List.of(text.substring(1));
    }
    String archive = "lib" + text + ".a";
    return word.archivesOnly() ? List.of(archive) : List.of("lib" + text + ".so", archive);
  }

  /** The file that a script names. */
  Path named(Path script, String name) throws LinkException, UsageException {
    Set<Path> candidates = candidates(script, name);
    if (name.startsWith("/") || name.startsWith("=")) {
      return candidates.iterator().next();
    }
    List<String> tried = new ArrayList<>();
    for (Path path : candidates) {
      if (files.isRegular(path) && fits(path, name)) {
        return path;
      }
      tried.add("tried " + path);
    }
    throw new LinkException(
        Code.INPUT_UNREADABLE,
        Place.input(script.toString()),
        "cannot find " + name,
        tried.toArray(new String[0]));
  }

  /** Where the file may be: beside the script, at the start, or where libraries are. */
  private Set<Path> candidates(Path script, String name) throws UsageException {
    boolean inSysroot =
        !sysroot.isEmpty() && script.normalize().startsWith(Paths.at(start, sysroot).normalize());
    if (name.startsWith("/")) {
      return Set.of(Paths.at(start, inSysroot ? sysroot + name : name));
    }
    if (name.startsWith("=")) {
      return Set.of(Paths.at(start, sysroot + name.substring(1)));
    }
    Set<Path> paths = new LinkedHashSet<>();
    Path beside = script.getParent();
    paths.add(Paths.at(beside == null ? start : beside, name));
    paths.add(Paths.at(start, name));
    for (Path directory : directories()) {
      paths.add(Paths.at(directory, name));
    }
    return paths;
  }

  /** The directories that are searched last. */
  List<Path> usual() {
    return List.copyOf(usual);
  }

  /** A file of commands: as it was written, or where libraries are when there is none. */
  Path command(String name) throws UsageException {
    Path given = Paths.at(start, name);
    if (!files.isRegular(given) && !name.startsWith("/")) {
      for (Path directory : directories()) {
        Path path = Paths.at(directory, name);
        if (files.isRegular(path)) {
          return path;
        }
      }
    }
    return given;
  }

  private Set<Path> directories() {
    Set<Path> all = new LinkedHashSet<>(given);
    all.addAll(usual);
    return all;
  }
}

package dev.linkd.driver;

import dev.linkd.diag.Code;
import dev.linkd.diag.LinkException;
import dev.linkd.diag.Place;
import dev.linkd.object.SharedLibrary;
import dev.linkd.output.LinkDriver.Invocation;
import dev.linkd.store.FileAnswers;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where the libraries are that libraries need (DT_NEEDED), in the order of GNU ld: the directories
 * of {@code -rpath-link}, of {@code -rpath}, or LD_RUN_PATH without either; LD_LIBRARY_PATH;
 * DT_RUNPATH or DT_RPATH of the library that needs it; those of {@code /etc/ld.so.conf}, and the
 * usual ones.
 */
final class NeededSearch {
  private static final String CONFIGURATION = "/etc/ld.so.conf";
  private static final int DEPTH_MAX = 4;
  private static final long BYTES_MAX = 1 << 20;

  private final FileAnswers files;
  private final Path start;
  private final String sysroot;
  private final List<Path> first = new ArrayList<>();
  private final List<Path> last = new ArrayList<>();

  NeededSearch(FileAnswers files, Invocation invocation, Plan plan, List<Path> usual)
      throws UsageException, LinkException {
    Map<String, String> environment = invocation.environment();
    this.files = files;
    this.start = invocation.directory();
    this.sysroot = plan.sysroot;
    addAll(plan.neededDirectories);
    for (String list : plan.runPaths) {
      addAll(List.of(list.split(":", -1)));
    }
    if (first.isEmpty()) {
      addAll(List.of(environment.getOrDefault("LD_RUN_PATH", "").split(":", -1)));
    }
    if (sysroot.isEmpty()) {
      addAll(List.of(environment.getOrDefault("LD_LIBRARY_PATH", "").split(":", -1)));
    }
    configured(Paths.at(start, sysroot + CONFIGURATION), 0);
    last.addAll(usual);
  }

  private void addAll(List<String> directories) throws UsageException {
    for (String directory : directories) {
      if (!directory.isEmpty() && !directory.contains("$ORIGIN")) {
        boolean below = directory.startsWith("=");
        first.add(Paths.at(start, below ? sysroot + directory.substring(1) : directory));
      }
    }
  }

  /** The file of a library that another one needs; empty when there is none. */
  Optional<Path> find(String soname, SharedLibrary needing) throws UsageException {
    if (soname.contains("/")) {
      Path path = Paths.at(start, soname);
      return files.isRegular(path) ? Optional.of(path) : Optional.empty();
    }
    List<Path> directories = new ArrayList<>(first);
    Path origin = Paths.at(start, needing.name()).getParent();
    for (String directory : needing.runPath().split(":", -1)) {
      if (!directory.isEmpty()) {
        String expanded = directory.replace("${ORIGIN}", "$ORIGIN");
        directories.add(Paths.at(start, expanded.replace("$ORIGIN", String.valueOf(origin))));
      }
    }
    directories.addAll(last);
    return directories.stream()
        .map(directory -> directory.resolve(soname))
        .filter(files::isRegular)
        .findFirst();
  }

  /** Lines are directories, or {@code include} and a wildcard. */
  private void configured(Path file, int depth) throws LinkException {
    if (depth > DEPTH_MAX || !files.isRegular(file)) {
      return;
    }
    for (String line : files.text(file, BYTES_MAX).orElse("").lines().toList()) {
      String text = line.replaceFirst("#.*", "").strip();
      if (text.startsWith("include ")) {
        include(file.resolveSibling(text.substring(8).strip()), depth + 1);
      } else if (text.startsWith("/")) {
        last.add(Path.of(sysroot + text));
      }
    }
  }

  /** A file that is new in the folder counts when the command line is looked at again. */
  private void include(Path pattern, int depth) throws LinkException {
    Path parent = pattern.getParent();
    Path name = pattern.getFileName();
    if (parent == null || name == null || !files.isDirectory(parent)) {
      return;
    }
    files.identify(parent);
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(parent, name.toString())) {
      all.forEach(found::add);
    } catch (IOException e) {
      throw new LinkException(
          Code.INPUT_UNREADABLE, Place.input(parent.toString()), String.valueOf(e.getMessage()));
    }
    found.sort(null);
    for (Path file : found) {
      configured(file, depth);
    }
  }
}

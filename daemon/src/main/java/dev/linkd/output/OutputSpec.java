package dev.linkd.output;

import java.nio.file.Path;
import java.util.List;

/**
 * What an output is to be; fixed while it is open.
 *
 * @param path absolute path of the published file
 * @param kind what the image is
 * @param entry name of the entry symbol; empty for none
 * @param interpreter path for PT_INTERP; empty for none
 * @param soname DT_SONAME; empty for none
 * @param runPaths DT_RUNPATH entries
 * @param bindNow resolve all imports at start (DF_BIND_NOW)
 * @param exportDynamic put all global symbols of an executable into .dynsym
 * @param buildId the image carries an identity of its content in {@code .note.gnu.build-id}
 * @param allowUndefined undefined symbols are left to the dynamic linker instead of reported
 * @param undefined names that count as referred to, so that archive members which define them are
 *     taken
 * @param newFileMode permission bits of the file when the path is new, 0 to 0777
 */
public record OutputSpec(
    Path path,
    OutputKind kind,
    String entry,
    String interpreter,
    String soname,
    List<String> runPaths,
    boolean bindNow,
    boolean exportDynamic,
    boolean buildId,
    boolean allowUndefined,
    List<String> undefined,
    int newFileMode) {

  /** The mode that linkers give to new files, before the umask. */
  public static final int FILE_MODE_DEFAULT = 0755;

  public OutputSpec {
    runPaths = List.copyOf(runPaths);
    undefined = List.copyOf(undefined);
    if (!path.isAbsolute()) {
      throw new IllegalArgumentException("output path must be absolute: " + path);
    }
  }

  /** The usual choices for a kind of output on x86-64 Linux with glibc. */
  public static OutputSpec of(Path path, OutputKind kind) {
    boolean interpreted = kind == OutputKind.PIE || kind == OutputKind.DYNAMIC_EXECUTABLE;
    return new OutputSpec(
        path,
        kind,
        kind.executable() ? "_start" : "",
        interpreted ? "/lib64/ld-linux-x86-64.so.2" : "",
        "",
        List.of(),
        false,
        false,
        false,
        kind == OutputKind.SHARED_LIBRARY,
        List.of(),
        FILE_MODE_DEFAULT);
  }
}

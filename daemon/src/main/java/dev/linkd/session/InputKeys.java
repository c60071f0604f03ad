package dev.linkd.session;

import dev.linkd.output.Output;
import dev.linkd.output.Output.InputSpec;
import dev.linkd.v1.InputPut;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Finds inputs by path for clients that do not know the keys: whoever put them first has chosen
 * those, {@code ld.linkd} for example the words of its command line.
 */
final class InputKeys {
  private static final int SIMILAR_MAX = 3;

  /**
   * Held inputs by path; null until asked for. Others may change the inputs meanwhile. Then an
   * input is not found here, which is as if its path had been its key.
   */
  private @Nullable Map<Path, InputSpec> byPath;

  /**
   * The held input with the path of the request; a new one, known by its path, if there is none.
   */
  InputSpec asBefore(Output output, InputPut put, Path path) {
    Path normal = path.normalize();
    InputSpec held = byPath(output).get(normal);
    if (held != null) {
      return held;
    }
    InputSpec fresh = new InputSpec(put.getPath(), path, put.getAsNeeded(), put.getWholeArchive());
    byPath(output).put(normal, fresh);
    return fresh;
  }

  /**
   * Removes an input.
   *
   * @param name its key or its path
   * @return whether there was one
   */
  boolean remove(Output output, String name) {
    @Nullable Path path = path(name);
    InputSpec held = path == null ? null : byPath(output).remove(path);
    return output.removeInput(name) || (held != null && output.removeInput(held.key()));
  }

  /** Notes that name held inputs with the same file name. */
  String[] similar(Output output, String name) {
    @Nullable Path path = path(name);
    @Nullable Path file = path == null ? null : path.getFileName();
    return output.inputs().stream()
        .filter(input -> Objects.equals(input.path().getFileName(), file))
        .limit(SIMILAR_MAX)
        .map(input -> "did you mean: " + input.path())
        .toArray(String[]::new);
  }

  private static @Nullable Path path(String name) {
    try {
      Path path = Path.of(name);
      return path.isAbsolute() ? path.normalize() : null;
    } catch (InvalidPathException keyOnly) {
      return null;
    }
  }

  private Map<Path, InputSpec> byPath(Output output) {
    if (byPath == null) {
      byPath = new HashMap<>();
      for (InputSpec input : output.inputs()) {
        byPath.putIfAbsent(input.path().normalize(), input);
      }
    }
    return byPath;
  }
}

package dev.linkd.client.command;

import dev.linkd.client.DaemonConnection;
import dev.linkd.v1.ListRequest;
import dev.linkd.v1.OutputState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Finds open outputs by the path that a user types. */
final class Outputs {
  private Outputs() {}

  static List<OutputState> all(DaemonConnection daemon) {
    return daemon.link().list(ListRequest.getDefaultInstance()).getOutputsList();
  }

  /** The open output at a path. */
  static OutputState find(DaemonConnection daemon, Path path) throws RequestFault {
    String wanted = real(path).toString();
    return all(daemon).stream()
        .filter(output -> output.getOptions().getPath().equals(wanted))
        .findFirst()
        .orElseThrow(
            () ->
                new RequestFault(
                    path + " is not open; open it first: linkctl open " + path + " --kind KIND …"));
  }

  /** As the daemon names it: absolute, with the parent's symbolic links followed. */
  static Path real(Path path) throws RequestFault {
    Path absolute = path.toAbsolutePath().normalize();
    Path parent = absolute.getParent();
    Path name = absolute.getFileName();
    if (parent == null || name == null) {
      throw new RequestFault(path + " is a directory; name the output file");
    }
    try {
      return parent.toRealPath().resolve(name);
    } catch (IOException fault) {
      throw new RequestFault("no such directory: " + parent);
    }
  }
}

package dev.linkd.client.command;

import com.google.protobuf.ByteString;
import dev.linkd.rendezvous.FileView;
import dev.linkd.v1.LinkRequest;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/** What the daemon is told of a linker's process. */
final class LinkInvocation {
  static final String PROGRAM = "ld.linkd";

  /** Variables that linkers look at. Others are not the daemon's business. */
  private static final Set<String> VARIABLES =
      Set.of(
          "LD_RUN_PATH",
          "LD_LIBRARY_PATH",
          "LDEMULATION",
          "GNUTARGET",
          "COLLECT_NO_DEMANGLE",
          "SOURCE_DATE_EPOCH",
          "TMPDIR",
          "HOME");

  private LinkInvocation() {}

  static LinkRequest request(List<String> arguments) throws IOException {
    FileView view = FileView.current();
    LinkRequest.Builder request =
        LinkRequest.newBuilder()
            .setProgram(ByteString.copyFromUtf8(PROGRAM))
            .setDirectory(ByteString.copyFromUtf8(System.getProperty("user.dir", "/")))
            .setUmask(FileView.umask())
            .setView(
                dev.linkd.v1.FileView.newBuilder()
                    .setUid(view.uid())
                    .setMountDevice(view.mountDevice())
                    .setMountInode(view.mountInode())
                    .setRootDevice(view.rootDevice())
                    .setRootInode(view.rootInode()));
    arguments.forEach(argument -> request.addArguments(ByteString.copyFromUtf8(argument)));
    System.getenv()
        .forEach(
            (name, value) -> {
              if (VARIABLES.contains(name) || name.startsWith("LINKD_")) {
                request.addEnvironment(ByteString.copyFromUtf8(name + "=" + value));
              }
            });
    return request.build();
  }
}

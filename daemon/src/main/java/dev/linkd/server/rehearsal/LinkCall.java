package dev.linkd.server.rehearsal;

import dev.linkd.rendezvous.FileView;
import dev.linkd.v1.LinkRequest;
import dev.linkd.v1.LinkResponse;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A call of {@code Link}, as {@code ld.linkd} makes it. */
final class LinkCall {
  private static final int UMASK = 0022;

  private final Stage stage;
  private final Fields request = new Fields();

  /**
   * @param words of the command line
   */
  LinkCall(Stage stage, List<String> words) {
    this.stage = stage;
    byte[] line = (String.join("\0", words) + '\0').getBytes(StandardCharsets.UTF_8);
    request
        .bytes(LinkRequest.COMMAND_LINE_FIELD_NUMBER, line, line.length)
        .text(LinkRequest.DIRECTORY_FIELD_NUMBER, stage.folder().toString())
        .text(LinkRequest.ENVIRONMENT_FIELD_NUMBER, "HOME=/")
        .number(LinkRequest.UMASK_FIELD_NUMBER, UMASK)
        .text(LinkRequest.PROGRAM_FIELD_NUMBER, "ld.linkd")
        .text(LinkRequest.BUILD_FIELD_NUMBER, stage.build())
        .fields(LinkRequest.VIEW_FIELD_NUMBER, view(stage.view()));
  }

  private static Fields view(FileView view) {
    return new Fields()
        .number(dev.linkd.v1.FileView.UID_FIELD_NUMBER, view.uid())
        .number(dev.linkd.v1.FileView.MOUNT_DEVICE_FIELD_NUMBER, view.mountDevice())
        .number(dev.linkd.v1.FileView.MOUNT_INODE_FIELD_NUMBER, view.mountInode())
        .number(dev.linkd.v1.FileView.ROOT_DEVICE_FIELD_NUMBER, view.rootDevice())
        .number(dev.linkd.v1.FileView.ROOT_INODE_FIELD_NUMBER, view.rootInode());
  }

  /**
   * Links.
   *
   * @throws IOException when the link fails
   */
  void run() throws IOException {
    try (RawCall call = stage.call("Link")) {
      call.send(request.toBytes(), true);
      String fault = "it gave no reason";
      for (byte[] answer = call.receive(); answer != null; answer = call.receive()) {
        LinkResponse event = LinkResponse.parseFrom(answer);
        if (event.hasDiagnostic()) {
          fault = event.getDiagnostic().getMessage();
        }
        if (event.hasExit()) {
          if (event.getExit().getStatus() != 0) {
            throw new IOException("the link failed: " + fault);
          }
          return;
        }
      }
      throw new EOFException("the link did not end");
    }
  }
}

package dev.linkd.rendezvous;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The directory of the socket belongs to one user alone. */
class RuntimeDirectoryTest {
  @TempDir Path temporary;

  private String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void itIsCreatedForTheOwnerOnlyAndAcceptedAgain() throws Exception {
    Path directory = temporary.resolve("deep/linkd");
    RuntimeDirectory.prepare(directory, SocketPath.currentUid());
    assertThat(permissions(directory)).isEqualTo("rwx------");
    RuntimeDirectory.prepare(directory, SocketPath.currentUid());
  }

  @Test
  void aDirectoryThatOthersMayEnterIsRefused() throws Exception {
    Path directory = temporary.resolve("open");
    Files.createDirectory(directory);
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-x---"));
    assertThatThrownBy(() -> RuntimeDirectory.prepare(directory, SocketPath.currentUid()))
        .hasMessageContaining("chmod 700 " + directory);
  }

  @Test
  void aDirectoryOfAnotherUserIsRefused() throws Exception {
    Path directory = temporary.resolve("theirs");
    RuntimeDirectory.prepare(directory, SocketPath.currentUid());
    assertThatThrownBy(() -> RuntimeDirectory.prepare(directory, SocketPath.currentUid() + 1))
        .hasMessageContaining("belongs to user " + SocketPath.currentUid());
  }

  @Test
  void aLinkOrAFileInItsPlaceIsRefused() throws Exception {
    Path real = temporary.resolve("real");
    RuntimeDirectory.prepare(real, SocketPath.currentUid());
    Path link = Files.createSymbolicLink(temporary.resolve("link"), real);
    assertThatThrownBy(() -> RuntimeDirectory.prepare(link, SocketPath.currentUid()))
        .hasMessageContaining("is not a directory");
    Path file = Files.createFile(temporary.resolve("file"));
    assertThatThrownBy(() -> RuntimeDirectory.prepare(file, SocketPath.currentUid()))
        .hasMessageContaining("is not a directory");
  }

  @Test
  void theUsualPlaceFollowsTheEnvironment() throws Exception {
    long uid = SocketPath.currentUid();
    assertThat(SocketPath.usual(Map.of("LINKD_SOCKET", "/a/b", "XDG_RUNTIME_DIR", "/run/user/1")))
        .isEqualTo(Path.of("/a/b"));
    assertThat(SocketPath.usual(Map.of("XDG_RUNTIME_DIR", "/run/user/1")))
        .isEqualTo(Path.of("/run/user/1/linkd/daemon.sock"));
    assertThat(SocketPath.usual(Map.of())).isEqualTo(Path.of("/tmp/linkd-" + uid + "/daemon.sock"));
    assertThat(SocketPath.usual(Map.of("XDG_RUNTIME_DIR", "relative")))
        .isEqualTo(Path.of("/tmp/linkd-" + uid + "/daemon.sock"));
  }
}

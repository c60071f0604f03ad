package dev.linkd.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.linkd.server.SocketLock.AlreadyRunningException;
import dev.linkd.session.MemoryOutputs;
import dev.linkd.v1.VersionRequest;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One daemon serves a socket: a live one is respected, the remains of a dead one are not. */
@Timeout(60)
class SingleDaemonTest {
  @TempDir Path directory;

  private Daemon second() throws Exception {
    return Daemon.start(
        TestDaemon.options(directory.resolve("socket")),
        TestDaemon.identity(),
        new MemoryOutputs(),
        Optional.empty());
  }

  @Test
  void aSecondDaemonIsRefusedAndTheFirstServesOn() throws Exception {
    try (TestDaemon first = new TestDaemon(directory)) {
      assertThatThrownBy(this::second)
          .isInstanceOf(AlreadyRunningException.class)
          .hasMessageContaining("another linkd serves " + directory.resolve("socket"))
          .hasMessageContaining("linkctl stop");
      assertThat(first.admin().version(VersionRequest.getDefaultInstance()).getPid()).isPositive();
    }
  }

  @Test
  void aSocketThatADeadDaemonLeftIsReplaced() throws Exception {
    Path socket = directory.resolve("socket");
    try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      dead.bind(UnixDomainSocketAddress.of(socket));
    }
    assertThat(socket).exists();
    try (TestDaemon daemon = new TestDaemon(directory)) {
      assertThat(daemon.admin().version(VersionRequest.getDefaultInstance()).getPid()).isPositive();
    }
  }

  @Test
  void aStoppedDaemonLeavesRoomForTheNext() throws Exception {
    for (int i = 0; i < 3; i++) {
      try (TestDaemon daemon = new TestDaemon(directory)) {
        assertThat(daemon.open("program").getFresh()).isTrue();
        assertThat(Files.readString(directory.resolve("socket.pid")))
            .startsWith(ProcessHandle.current().pid() + "\n");
      }
      assertThat(directory.resolve("socket")).doesNotExist();
    }
  }

  @Test
  void aDaemonWhoseFolderWasRemovedLeavesThatOfItsSuccessorAlone() throws Exception {
    try (TestDaemon first = new TestDaemon(directory)) {
      for (String name : List.of("socket", "socket.lock", "socket.pid")) {
        Files.delete(directory.resolve(name));
      }
      try (TestDaemon second = new TestDaemon(directory)) {
        first.daemon().stop(0, "a test");
        assertThat(Files.readString(directory.resolve("socket.pid"))).doesNotStartWith("stopped");
        assertThat(second.admin().version(VersionRequest.getDefaultInstance()).getPid())
            .isPositive();
      }
      assertThat(directory.resolve("socket")).doesNotExist();
    }
  }

  @Test
  void aFileThatIsNoSocketIsNotRemoved() throws Exception {
    Path socket = directory.resolve("socket");
    Files.writeString(socket, "precious");
    assertThatThrownBy(this::second)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is not a socket");
    assertThat(socket).hasContent("precious");
    Files.delete(socket);
    second().close();
  }

  @Test
  void onlyTheOwnerMayConnect() throws Exception {
    try (TestDaemon daemon = new TestDaemon(directory)) {
      assertThat(
              PosixFilePermissions.toString(
                  Files.getPosixFilePermissions(daemon.daemon().socket())))
          .isEqualTo("rw-------");
    }
  }
}

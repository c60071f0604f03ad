package dev.linkd.rendezvous;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two builds differ, however alike they look. */
class BuildIdTest {
  @TempDir Path lib;
  private Path own;

  @BeforeEach
  void install() throws Exception {
    own = Files.writeString(lib.resolve("linkd-proto-1.jar"), "code 1");
    Files.createDirectory(lib.resolve("daemon"));
    Files.writeString(lib.resolve("daemon/linkd-daemon-1.jar"), "daemon 1");
    Files.writeString(lib.resolve("other-2.jar"), "library");
  }

  @Test
  void anUnchangedInstallationIsTheSameBuild() throws Exception {
    assertThat(BuildId.of(own)).isEqualTo(BuildId.of(own)).matches("[0-9a-f]{16}");
  }

  @Test
  void aChangeInAnyOwnArchiveIsAnotherBuild() throws Exception {
    String before = BuildId.of(own);
    Files.writeString(lib.resolve("daemon/linkd-daemon-1.jar"), "daemon 2");
    String changed = BuildId.of(own);
    assertThat(changed).isNotEqualTo(before);
    Files.writeString(own, "code 2");
    assertThat(BuildId.of(own)).isNotIn(before, changed);
  }

  @Test
  void anotherLibraryIsAnotherBuild() throws Exception {
    String before = BuildId.of(own);
    Files.move(lib.resolve("other-2.jar"), lib.resolve("other-3.jar"));
    assertThat(BuildId.of(own)).isNotEqualTo(before);
  }

  @Test
  void aCopyWhoseOriginIsGoneIsFound() throws Exception {
    URL gone = lib.resolve("origin/linkd-proto-1.jar").toUri().toURL();
    URL inArchive = new URI("jar:" + own.toUri() + "!/dev/linkd/rendezvous/BuildId.class").toURL();
    assertThat(BuildId.code(gone, inArchive)).isEqualTo(own);
    assertThat(BuildId.code(null, inArchive)).isEqualTo(own);
    assertThat(BuildId.code(own.toUri().toURL(), null)).isEqualTo(own);
    URL inFolder = lib.resolve("dev/linkd/rendezvous/BuildId.class").toUri().toURL();
    assertThat(BuildId.code(null, inFolder)).isEqualTo(lib);
    assertThatThrownBy(() -> BuildId.code(gone, null)).hasMessageContaining("cannot be found");
  }

  @Test
  void classesDuringDevelopmentAreTheBuildOfTheirFolder() throws Exception {
    Path classes = Files.createDirectory(lib.resolve("classes"));
    assertThat(BuildId.of(classes)).isEqualTo(BuildId.of(classes)).isNotEqualTo(BuildId.of(lib));
    assertThat(BuildId.current()).matches("[0-9a-f]{16}");
  }
}

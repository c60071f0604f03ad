package dev.linkd.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.publish.PublishResult.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Full, read-only, and unsuitable file systems; devices. Mounts, so it runs as root. */
class FileSystemsTest {
  @TempDir Path directory;
  private Path root;

  @BeforeEach
  void makeMountPoint() throws Exception {
    root = Files.createDirectory(directory.resolve("mnt"));
  }

  @Test
  void tmpfsIsPatched() throws Exception {
    try (MountedFileSystem mounted = MountedFileSystem.tmpfs(root, "10m");
        OutputFixture fixture = OutputFixture.steady(mounted.root)) {
      assertThat(fixture.publishNext().method()).isEqualTo(Method.PATCHED_SPARE);
    }
  }

  @Test
  void aFullDiskKeepsTheOldGeneration() throws Exception {
    try (MountedFileSystem mounted = MountedFileSystem.tmpfs(root, "1m");
        OutputFixture fixture = OutputFixture.steady(mounted.root)) {
      fixture.publisher.invalidateSpare();
      byte[] old = fixture.content();
      Path ballast = root.resolve("ballast");
      Files.write(ballast, new byte[800_000]);
      PublishException failure = Failures.of(fixture);
      assertThat(failure.error()).isEqualTo("ENOSPC");
      assertThat(failure.advice()).contains("Free space");
      assertThat(fixture.content()).isEqualTo(old);
      assertThat(fixture.names()).containsExactly("ballast", "prog");
      Files.delete(ballast);
      fixture.publishNext();
    }
  }

  @Test
  void aSpareThatCannotGrowIsRemovedAndTheOldGenerationStays() throws Exception {
    TestImage image = new TestImage(200_000, 900_000);
    try (MountedFileSystem mounted = MountedFileSystem.tmpfs(root, "1m");
        OutputFixture fixture = new OutputFixture(mounted.root, OutputFixture.OPTIONS, image)) {
      fixture.makeSteady();
      byte[] old = fixture.content();
      image.resize(900_000);
      assertThat(Failures.of(fixture).error()).isEqualTo("ENOSPC");
      assertThat(fixture.content()).isEqualTo(old);
      assertThat(fixture.names()).containsExactly("prog");
      image.resize(300_000).publish(fixture.publisher);
      fixture.assertOutputIsCurrent();
    }
  }

  @Test
  void aReadOnlyFileSystemKeepsTheOldGeneration() throws Exception {
    try (MountedFileSystem mounted = MountedFileSystem.tmpfs(root, "10m");
        OutputFixture fixture = OutputFixture.steady(mounted.root)) {
      byte[] old = fixture.content();
      mounted.remountReadOnly();
      assertThat(Failures.of(fixture).error()).isEqualTo("EROFS");
      assertThat(Failures.of(fixture).error()).isEqualTo("EROFS");
      assertThat(fixture.content()).isEqualTo(old);
      mounted.remountWritable();
      fixture.publishNext();
      fixture.publishNext();
      assertThat(fixture.publishNext().method()).isEqualTo(Method.PATCHED_SPARE);
    }
  }

  @Test
  void anImmutableDirectoryIsReported() throws Exception {
    Path locked = Files.createDirectory(directory.resolve("locked"));
    try (OutputFixture fixture = OutputFixture.steady(locked)) {
      byte[] old = fixture.content();
      Processes.check("chattr", "+i", locked.toString());
      try {
        assertThat(Failures.of(fixture).error()).isEqualTo("EPERM");
        assertThat(fixture.content()).isEqualTo(old);
      } finally {
        Processes.check("chattr", "-i", locked.toString());
      }
      fixture.publishNext();
    }
  }

  @Test
  void anImmutableOutputIsReported() throws Exception {
    try (OutputFixture fixture = OutputFixture.steady(directory)) {
      byte[] old = fixture.content();
      Processes.check("chattr", "+i", fixture.output.toString());
      try {
        assertThat(Failures.of(fixture).error()).isEqualTo("EPERM");
        assertThat(fixture.content()).isEqualTo(old);
      } finally {
        Processes.check("chattr", "-i", fixture.output.toString());
      }
      fixture.publishNext();
    }
  }

  @Test
  void aMissingDirectoryIsReported() throws Exception {
    Path missing = directory.resolve("missing");
    try (OutputFixture fixture = new OutputFixture(missing)) {
      PublishException failure = Failures.of(fixture);
      assertThat(failure.error()).isEqualTo("ENOENT");
      assertThat(failure.advice()).contains("does not exist");
      Files.createDirectory(missing);
      fixture.publishNext();
    }
  }

  @Test
  void overlayfsGetsANewFileEachTime() throws Exception {
    Path layers = Files.createDirectory(directory.resolve("layers"));
    try (MountedFileSystem below = MountedFileSystem.tmpfs(layers, "10m");
        MountedFileSystem mounted = MountedFileSystem.overlay(root, below.root);
        OutputFixture fixture = new OutputFixture(mounted.root)) {
      fixture.image.publish(fixture.publisher);
      for (int i = 0; i < 5; i++) {
        PublishResult result = fixture.publishNext();
        assertThat(result.method()).isIn(Method.FULL_COPY, Method.FRESH);
        assertThat(result.why()).endsWith("no spare on overlayfs");
        assertThat(fixture.names()).containsExactly("prog");
      }
    }
  }

  @Test
  void overlayfsReplacesAnOutputOfTheLowerLayer() throws Exception {
    Path layers = Files.createDirectory(directory.resolve("layers"));
    try (MountedFileSystem below = MountedFileSystem.tmpfs(layers, "10m");
        MountedFileSystem mounted = MountedFileSystem.overlay(root, below.root)) {
      Files.writeString(root.resolve("prog"), "before");
      try (OutputFixture fixture = new OutputFixture(mounted.root)) {
        fixture.publishNext();
        fixture.publishNext();
        assertThat(fixture.names()).containsExactly("prog");
      }
    }
  }

  @Test
  void theNullDeviceTakesTheOutput() throws Exception {
    TestImage image = new TestImage(1000);
    Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("/dev/null"));
    for (Path device : new Path[] {Path.of("/dev/null"), link}) {
      try (Publisher publisher = new Publisher(device, OutputFixture.OPTIONS)) {
        assertThat(image.publish(publisher).method()).isEqualTo(Method.DEVICE);
        assertThat(image.next().publish(publisher).generation()).isEqualTo(2);
      }
    }
    assertThat(Files.isSymbolicLink(link)).isTrue();
    assertThat(OutputFixture.mode(Path.of("/dev/null"))).isEqualTo(0666);
    assertThat(Path.of("/dev/.null.linkd-spare")).doesNotExist();
  }

  @Test
  void aFullDeviceIsReported() throws Exception {
    Path link = Files.createSymbolicLink(directory.resolve("prog"), Path.of("/dev/full"));
    try (OutputFixture fixture = new OutputFixture(directory)) {
      assertThat(Failures.of(fixture).error()).isEqualTo("ENOSPC");
      assertThat(Files.isSymbolicLink(link)).isTrue();
      assertThat(fixture.publisher.generation()).isZero();
    }
  }
}

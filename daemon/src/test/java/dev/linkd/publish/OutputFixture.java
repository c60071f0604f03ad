package dev.linkd.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.publish.PublishResult.Method;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** An output named {@code prog} in a directory, with its publisher and image. */
final class OutputFixture implements AutoCloseable {
  static final PublishOptions OPTIONS = PublishOptions.defaults(0755);
  static final int SIZE = 200_000;

  final Path directory;
  final Path output;
  final Path spare;
  final Publisher publisher;
  final TestImage image;

  OutputFixture(Path directory) {
    this(directory, OPTIONS, new TestImage(SIZE));
  }

  OutputFixture(Path directory, PublishOptions options, TestImage image) {
    this.directory = directory;
    this.image = image;
    output = directory.resolve("prog");
    spare = directory.resolve(".prog.linkd-spare");
    publisher = new Publisher(output, options);
  }

  /** A fixture whose next publish patches the spare. */
  static OutputFixture steady(Path directory) throws PublishException {
    OutputFixture fixture = new OutputFixture(directory);
    fixture.makeSteady();
    return fixture;
  }

  void makeSteady() throws PublishException {
    image.publish(publisher);
    publishNext();
    assertThat(publishNext().method()).isEqualTo(Method.PATCHED_SPARE);
  }

  /** Publishes the next generation and checks that the output is exactly that. */
  PublishResult publishNext() throws PublishException {
    PublishResult result = image.next().publish(publisher);
    assertOutputIsCurrent();
    assertThat(result.warning()).isEmpty();
    return result;
  }

  void assertOutputIsCurrent() {
    assertThat(content()).isEqualTo(image.content());
  }

  byte[] content() {
    try {
      return Files.readAllBytes(output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  long inode() throws IOException {
    return inode(output);
  }

  static long inode(Path path) throws IOException {
    return (Long) Files.getAttribute(path, "unix:ino", LinkOption.NOFOLLOW_LINKS);
  }

  static int mode(Path path) throws IOException {
    return (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS) & 07777;
  }

  List<String> names() throws IOException {
    return names(directory);
  }

  static List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Override
  public void close() {
    publisher.close();
  }
}

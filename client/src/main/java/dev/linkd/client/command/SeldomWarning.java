package dev.linkd.client.command;

import dev.linkd.rendezvous.RuntimeDirectory;
import dev.linkd.rendezvous.SocketPath;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Pattern;

/**
 * A warning that is true of every link of a build, and is given once in an hour for each socket. A
 * file in the user's runtime directory holds what was said last; its time is when. The socket's own
 * directory will not do, because it may be what the warning is about.
 *
 * @param socket what the warning is about
 */
record SeldomWarning(Path socket) {
  private static final Duration PAUSE = Duration.ofHours(1);
  private static final int CHARACTERS_MAX = 1_000;
  private static final int BYTES_MAX = 4 * CHARACTERS_MAX;

  /** Process ids and times make no other warning of it. */
  private static final Pattern NUMBERS = Pattern.compile("[0-9]+");

  /** Whether to say it; then others are told that it was said. */
  boolean isDue(String text) {
    try {
      Path directory = SocketPath.directory(System.getenv());
      RuntimeDirectory.prepare(directory, SocketPath.currentUid());
      String name = "warned-" + Integer.toHexString(socket.toString().hashCode());
      return isDue(directory.resolve(name), text);
    } catch (IOException unknown) {
      // Without a place to remember it, it is said each time.
      return true;
    }
  }

  private static boolean isDue(Path file, String text) throws IOException {
    try (FileChannel channel =
            FileChannel.open(
                file,
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                LinkOption.NOFOLLOW_LINKS);
        FileLock lock = channel.lock()) {
      Instant said = Files.getLastModifiedTime(file).toInstant();
      String words = NUMBERS.matcher(text).replaceAll("");
      String lasting = words.substring(0, Math.min(words.length(), CHARACTERS_MAX));
      boolean recent = said.plus(PAUSE).isAfter(Instant.now());
      if (lock.isValid() && recent && lasting.equals(read(channel))) {
        return false;
      }
      channel.truncate(0);
      channel.write(ByteBuffer.wrap(lasting.getBytes(StandardCharsets.UTF_8)), 0);
      return true;
    }
  }

  private static String read(FileChannel channel) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES_MAX);
    int count = Math.max(0, channel.read(bytes, 0));
    return new String(bytes.array(), 0, count, StandardCharsets.UTF_8);
  }
}

package dev.linkd.server;

import dev.linkd.publish.FileIdentity;
import dev.linkd.publish.LeftSpare;
import dev.linkd.publish.SpareLog;
import dev.linkd.rendezvous.SocketPath;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The spares of this daemon, written down in {@code SOCKET.spares} while it holds the lock of its
 * socket. A daemon that is killed leaves them beside its outputs; the next one at that socket reads
 * the list and removes them. Lines are appended ({@link SpareLine}), and the list is written anew
 * when most of it says nothing any more.
 *
 * <p>What the list says is not trusted: {@link LeftSpare} removes nothing but what is at the name
 * of a spare, is that file, and of the same owner. Where the list cannot be written there is none,
 * and a spare that was left is removed by the next link of its output.
 */
final class SpareJournal implements SpareLog {
  private static final Logger log = LoggerFactory.getLogger(SpareJournal.class);

  /** Of two files that take turns, either may be the spare. */
  private static final int FILES = 2;

  /** A longer list is not ours. */
  private static final long BYTES_MAX = 64L << 20;

  /** Fewer lines are not worth another list. */
  private static final int LINES_MIN = 256;

  private static final Set<OpenOption> OPENED =
      Set.of(
          StandardOpenOption.CREATE,
          StandardOpenOption.READ,
          StandardOpenOption.WRITE,
          LinkOption.NOFOLLOW_LINKS);

  private final Map<Path, Deque<FileIdentity>> spares = new LinkedHashMap<>();
  private @Nullable FileChannel channel;
  private Path file = Path.of("");
  private int lines;

  /** Removes what a daemon that was killed has left, and begins to write down what there is. */
  void begin(Path socket) {
    file = socket.resolveSibling(socket.getFileName() + ".spares");
    try {
      FileChannel opened = open();
      Map<Path, Deque<FileIdentity>> left = read(opened);
      left.forEach(this::remove);
      begin(opened, left);
    } catch (IOException fault) {
      log.warn("Spares are not written down: {}", fault.toString());
    }
  }

  private FileChannel open() throws IOException {
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      Object owner = Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS);
      if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
          || (Integer) owner != SocketPath.currentUid()) {
        throw new IOException(file + " is no file of this user");
      }
    }
    return FileChannel.open(
        file,
        OPENED,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
  }

  private static Map<Path, Deque<FileIdentity>> read(FileChannel from) throws IOException {
    Map<Path, Deque<FileIdentity>> left = new LinkedHashMap<>();
    long size = from.size();
    if (size > BYTES_MAX) {
      return left;
    }
    ByteBuffer bytes = ByteBuffer.allocate((int) size);
    while (bytes.hasRemaining() && from.read(bytes, bytes.position()) > 0) {
      // reads on
    }
    String text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
    // Not as lines(): a carriage return may be part of a path.
    for (String line : text.split("\n")) {
      SpareLine.of(line).ifPresent(known -> apply(known, left));
    }
    return left;
  }

  private static void apply(SpareLine line, Map<Path, Deque<FileIdentity>> to) {
    FileIdentity spare = line.spare();
    if (spare == null) {
      to.remove(line.output());
      return;
    }
    Deque<FileIdentity> files = to.computeIfAbsent(line.output(), path -> new ArrayDeque<>(FILES));
    if (files.size() == FILES) {
      files.removeFirst();
    }
    files.addLast(spare);
  }

  private void remove(Path output, Deque<FileIdentity> files) {
    switch (LeftSpare.remove(output, files)) {
      case REMOVED -> {
        log.info("Removed the spare of {}, which a daemon that was killed has left", output);
        files.clear();
      }
      case ABSENT -> files.clear();
      case STAYS -> log.warn("The spare of {} that was left cannot be removed", output);
    }
  }

  /**
   * @param left what could not be removed has files still, and is for the next daemon
   */
  private synchronized void begin(FileChannel opened, Map<Path, Deque<FileIdentity>> left) {
    left.forEach(
        (output, files) -> {
          if (!files.isEmpty()) {
            spares.putIfAbsent(output, files);
          }
        });
    channel = opened;
    rewrite();
  }

  @Override
  public synchronized void appeared(Path output, FileIdentity spare) {
    add(new SpareLine(output, spare));
  }

  @Override
  public synchronized void went(Path output) {
    add(new SpareLine(output, null));
  }

  private void add(SpareLine line) {
    apply(line, spares);
    if (channel == null) {
      return;
    }
    lines++;
    if (lines > LINES_MIN && lines > 2 * FILES * spares.size()) {
      rewrite();
    } else {
      write(line.text());
    }
  }

  private void rewrite() {
    FileChannel list = channel;
    if (list == null) {
      return;
    }
    StringBuilder text = new StringBuilder();
    lines = 0;
    spares.forEach(
        (output, files) -> {
          lines += files.size();
          files.forEach(spare -> text.append(new SpareLine(output, spare).text()));
        });
    try {
      list.truncate(0);
      write(text.toString());
    } catch (IOException fault) {
      giveUp(fault);
    }
  }

  private void write(String text) {
    FileChannel list = channel;
    if (list == null) {
      return;
    }
    try {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        list.write(bytes, list.size());
      }
    } catch (IOException fault) {
      giveUp(fault);
    }
  }

  /** An interrupted thread closes the channel as well; what was written stays good. */
  private void giveUp(IOException fault) {
    log.warn("Spares are no longer written down: {}", fault.toString());
    channel = null;
  }

  /** Before the lock is given back: the list goes when there is nothing in it. */
  synchronized void end() throws IOException {
    FileChannel list = channel;
    channel = null;
    if (list != null) {
      list.close();
      if (spares.isEmpty()) {
        Files.deleteIfExists(file);
      }
    }
  }
}

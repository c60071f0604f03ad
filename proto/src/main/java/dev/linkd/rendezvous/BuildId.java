package dev.linkd.rendezvous;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Identifies the code that a process runs, so that a client can tell whether the daemon is of its
 * own build. Client and daemon have different class paths but are installed in one folder: this
 * one's archive lies in {@code lib}, those that only the daemon needs in {@code lib/daemon}.
 * linkd's own archives count with their content, others with name and size, so that computing it
 * takes a few milliseconds.
 */
public final class BuildId {
  private static final String OWN_PREFIX = "linkd-";
  private static final String DAEMON_FOLDER = "daemon";
  private static final int HEX_DIGITS = 16;

  private BuildId() {}

  /** The build of this process. */
  public static String current() throws IOException {
    @Nullable CodeSource source = BuildId.class.getProtectionDomain().getCodeSource();
    if (source == null) {
      throw new IOException("the archive of linkd cannot be found");
    }
    try {
      return of(Path.of(source.getLocation().toURI()));
    } catch (URISyntaxException fault) {
      throw new IOException("the archive of linkd cannot be found", fault);
    }
  }

  /**
   * The build that an archive, or a folder of classes during development, belongs to.
   *
   * @param code the archive that holds this class
   */
  static String of(Path code) throws IOException {
    MessageDigest digest = sha256();
    Path folder = code.getParent();
    if (!Files.isRegularFile(code) || folder == null) {
      digest.update(code.toString().getBytes(StandardCharsets.UTF_8));
    } else {
      for (Path archive : archives(folder)) {
        add(digest, archive);
      }
    }
    return HexFormat.of().formatHex(digest.digest()).substring(0, HEX_DIGITS);
  }

  private static List<Path> archives(Path folder) throws IOException {
    List<Path> archives = new ArrayList<>();
    for (Path each : List.of(folder, folder.resolve(DAEMON_FOLDER))) {
      if (Files.isDirectory(each)) {
        try (DirectoryStream<Path> jars = Files.newDirectoryStream(each, "*.jar")) {
          jars.forEach(archives::add);
        }
      }
    }
    Collections.sort(archives);
    return archives;
  }

  private static void add(MessageDigest digest, Path archive) throws IOException {
    String name = String.valueOf(archive.getFileName());
    String line = name + ' ' + Files.size(archive) + '\n';
    digest.update(line.getBytes(StandardCharsets.UTF_8));
    if (name.startsWith(OWN_PREFIX)) {
      digest.update(Files.readAllBytes(archive));
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java platform has SHA-256", impossible);
    }
  }
}

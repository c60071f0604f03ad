package dev.linkd.rendezvous;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemNotFoundException;
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

  private static final String CLASS = "BuildId.class";
  private static final String PACKAGE = "dev/linkd/rendezvous/";

  /** A file in an archive: {@code jar:file:/folder/archive.jar!/file}. */
  private static final String IN_ARCHIVE = "jar:";

  private static final String ARCHIVE_END = "!/";

  private BuildId() {}

  /** The build of this process. */
  public static String current() throws IOException {
    @Nullable CodeSource source = BuildId.class.getProtectionDomain().getCodeSource();
    return of(code(source == null ? null : source.getLocation(), BuildId.class.getResource(CLASS)));
  }

  /**
   * Where the code of this class is.
   *
   * @param source what the virtual machine says. A class from a shared archive that was made
   *     elsewhere has the place that it had there, or none
   * @param resource where this class is found on the class path; slower to find out
   */
  static Path code(@Nullable URL source, @Nullable URL resource) throws IOException {
    if (source != null) {
      Path code = path(source.toString());
      if (Files.exists(code)) {
        return code;
      }
    }
    String found = resource == null ? "" : resource.toString();
    int end = found.lastIndexOf(PACKAGE + CLASS);
    if (end < 0) {
      throw new IOException("the archive of linkd cannot be found");
    }
    String code = found.substring(0, end);
    return code.startsWith(IN_ARCHIVE) && code.endsWith(ARCHIVE_END)
        ? path(code.substring(IN_ARCHIVE.length(), code.length() - ARCHIVE_END.length()))
        : path(code);
  }

  private static Path path(String url) throws IOException {
    try {
      return Path.of(new URI(url));
    } catch (URISyntaxException | IllegalArgumentException | FileSystemNotFoundException fault) {
      throw new IOException("the archive of linkd cannot be found at " + url, fault);
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

package dev.linkd.rendezvous;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Identifies the code that a process runs: client and daemon are of one build when they have the
 * same class path. linkd's own archives count with their content, others with name and size, so
 * that computing it takes about a millisecond.
 */
public final class BuildId {
  private static final String OWN_PREFIX = "linkd-";
  private static final int HEX_DIGITS = 16;

  private BuildId() {}

  /** The build of this process. */
  public static String current() throws IOException {
    return of(System.getProperty("java.class.path", ""));
  }

  static String of(String classPath) throws IOException {
    MessageDigest digest = sha256();
    for (String entry : classPath.split(File.pathSeparator, -1)) {
      Path path = Path.of(entry);
      Path name = path.getFileName();
      boolean file = Files.isRegularFile(path);
      String text = file ? name + " " + Files.size(path) : entry;
      digest.update(text.getBytes(StandardCharsets.UTF_8));
      digest.update((byte) '\n');
      if (file && name != null && name.toString().startsWith(OWN_PREFIX)) {
        digest.update(Files.readAllBytes(path));
      }
    }
    return HexFormat.of().formatHex(digest.digest()).substring(0, HEX_DIGITS);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java platform has SHA-256", impossible);
    }
  }
}

package dev.linkd.driver;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes an archive in the format of POSIX.1-1988 with names of any length (pax, POSIX.1-2001). It
 * depends on nothing but names and contents.
 *
 * <pre>
 *   0 name 100   100 mode 8   108 uid 8   116 gid 8   124 size 12   136 mtime 12
 * 148 checksum 8   156 type 1   257 "ustar" 6   263 "00" 2
 * </pre>
 */
final class TarWriter {
  private static final int BLOCK = 512;
  private static final int NAME_BYTES = 100;
  private static final int SIZE_AT = 124;
  private static final int SUM_AT = 148;
  private static final int TYPE_AT = 156;
  private static final int MAGIC_AT = 257;
  private static final char FILE = '0';
  private static final char EXTENDED = 'x';

  private final OutputStream out;

  TarWriter(OutputStream out) {
    this.out = out;
  }

  void add(String name, byte[] content) throws IOException {
    header(name, content.length);
    out.write(content);
    pad(content.length);
  }

  void add(String name, Path file) throws IOException {
    long size = Files.size(file);
    header(name, size);
    long copied = Files.copy(file, out);
    if (copied != size) {
      throw new IOException(file + " changed meanwhile");
    }
    pad(size);
  }

  /** Two empty blocks. */
  void end() throws IOException {
    out.write(new byte[2 * BLOCK]);
  }

  private void header(String name, long size) throws IOException {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > NAME_BYTES) {
      byte[] record = record(" path=" + name + "\n");
      block("PaxHeaders", EXTENDED, record.length);
      out.write(record);
      pad(record.length);
    }
    block(name, FILE, size);
  }

  /** The length in front counts itself. */
  private static byte[] record(String text) {
    int length = text.getBytes(StandardCharsets.UTF_8).length;
    int total = length + String.valueOf(length).length();
    if (length + String.valueOf(total).length() != total) {
      total++;
    }
    return (total + text).getBytes(StandardCharsets.UTF_8);
  }

  private void block(String name, char type, long size) throws IOException {
    byte[] header = new byte[BLOCK];
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(bytes, 0, header, 0, Math.min(bytes.length, NAME_BYTES));
    put(header, NAME_BYTES, "0000644\0" + "0000000\0" + "0000000\0");
    put(header, SIZE_AT, "%011o\0".formatted(size) + "00000000000\0" + "        " + type);
    header[TYPE_AT] = (byte) type;
    put(header, MAGIC_AT, "ustar\00000");
    int sum = 0;
    for (byte b : header) {
      sum += b & 0xff;
    }
    put(header, SUM_AT, "%06o\0 ".formatted(sum));
    out.write(header);
  }

  private static void put(byte[] header, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(bytes, 0, header, at, bytes.length);
  }

  private void pad(long size) throws IOException {
    out.write(new byte[(int) (-size & (BLOCK - 1))]);
  }
}

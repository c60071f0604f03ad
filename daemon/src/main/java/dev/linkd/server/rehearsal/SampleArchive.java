package dev.linkd.server.rehearsal;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A static library as {@code ar} writes it: an index of symbols, and objects. */
final class SampleArchive {
  private static final String MAGIC = "!<arch>\n";
  private static final String HEADER = "%-16s%-12d%-6d%-6d%-8o%-10d`\n";
  private static final int HEADER_BYTES = 60;

  /**
   * A member of the library.
   *
   * @param name of at most 15 characters
   * @param symbol that it defines
   */
  record Member(String name, String symbol, byte[] object) {}

  private SampleArchive() {}

  static byte[] of(List<Member> members) {
    int names = members.stream().mapToInt(member -> member.symbol().length() + 1).sum();
    int bytes = even((members.size() + 1) * Integer.BYTES + names);
    ByteBuffer index = ByteBuffer.allocate(bytes).putInt(members.size());
    int at = MAGIC.length() + HEADER_BYTES + bytes;
    for (Member member : members) {
      index.putInt(at);
      at += HEADER_BYTES + even(member.object().length);
    }
    for (Member member : members) {
      index.put(member.symbol().getBytes(StandardCharsets.US_ASCII)).put((byte) 0);
    }
    ByteArrayOutputStream archive = new ByteArrayOutputStream(at);
    archive.writeBytes(MAGIC.getBytes(StandardCharsets.US_ASCII));
    add(archive, "/", index.array());
    for (Member member : members) {
      add(archive, member.name() + '/', member.object());
    }
    return archive.toByteArray();
  }

  private static void add(ByteArrayOutputStream archive, String name, byte[] content) {
    String header = HEADER.formatted(name, 0, 0, 0, 0644, content.length);
    archive.writeBytes(header.getBytes(StandardCharsets.US_ASCII));
    archive.writeBytes(content);
    if (content.length % 2 != 0) {
      archive.write('\n');
    }
  }

  private static int even(int bytes) {
    return bytes + bytes % 2;
  }
}

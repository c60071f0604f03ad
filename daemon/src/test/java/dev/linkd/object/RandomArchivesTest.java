package dev.linkd.object;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random archives in the GNU and BSD forms are written from a list and read back. */
class RandomArchivesTest {
  private static final int ARCHIVES = 2000;

  private record Member(String name, byte[] content, List<String> symbols) {}

  /** How names and numbers are stored. */
  private enum Form {
    GNU,
    GNU_WIDE_INDEX,
    BSD
  }

  @Test
  void whatWasWrittenIsRead() throws Exception {
    long first = Long.getLong("linkd.seed", System.nanoTime());
    System.out.println("RandomArchivesTest seed " + first);
    int symbols = 0;
    for (long seed = first; seed < first + ARCHIVES; seed++) {
      Random random = new Random(seed);
      List<Member> members = members(random);
      Form form = Form.values()[random.nextInt(3)];
      byte[] bytes = new Writer(members, form).write();
      Archive archive = Archive.parse("seed" + seed + ".a", MemorySegment.ofArray(bytes));
      compare(archive, members, form);
      symbols += archive.indexSymbols();
    }
    assertThat(symbols).isGreaterThan(ARCHIVES);
  }

  private static List<Member> members(Random random) {
    List<Member> members = new ArrayList<>();
    for (int m = random.nextInt(6); m > 0; m--) {
      byte[] content = new byte[random.nextInt(50)];
      random.nextBytes(content);
      List<String> symbols = new ArrayList<>();
      for (int i = random.nextInt(4); i > 0; i--) {
        symbols.add("symbol" + random.nextInt(100));
      }
      String name = "member" + "x".repeat(random.nextInt(30)) + random.nextInt(10) + ".o";
      members.add(new Member(name, content, symbols));
    }
    return members;
  }

  private static void compare(Archive archive, List<Member> members, Form form) {
    assertThat(archive.members()).as(archive.name()).isEqualTo(members.size());
    List<String> index = new ArrayList<>();
    for (int m = 0; m < members.size(); m++) {
      Member expected = members.get(m);
      assertThat(archive.memberName(m)).as(archive.name()).isEqualTo(expected.name());
      assertThat(archive.memberBytes(m).toArray(ValueLayout.JAVA_BYTE))
          .isEqualTo(expected.content());
      for (String symbol : expected.symbols()) {
        index.add(m + " " + symbol);
      }
    }
    List<String> actual = new ArrayList<>();
    for (int i = 0; i < archive.indexSymbols(); i++) {
      actual.add(archive.indexMember(i) + " " + archive.indexName(i));
    }
    assertThat(archive.indexed()).isEqualTo(form != Form.BSD);
    assertThat(actual).as(archive.name()).isEqualTo(form == Form.BSD ? List.of() : index);
  }

  /** Writes members with their headers; the index comes first, so sizes are computed before. */
  private static final class Writer {
    private final List<Member> members;
    private final Form form;
    private final ByteArrayOutputStream names = new ByteArrayOutputStream();
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private final List<Integer> headers = new ArrayList<>();

    Writer(List<Member> members, Form form) {
      this.members = members;
      this.form = form;
    }

    byte[] write() {
      for (Member member : members) {
        headers.add(body.size());
        if (form == Form.BSD) {
          append(body, "#1/" + member.name().length(), member.name(), member.content());
        } else {
          append(body, gnuName(member.name()), "", member.content());
        }
      }
      ByteArrayOutputStream file = new ByteArrayOutputStream();
      file.writeBytes("!<arch>\n".getBytes(StandardCharsets.ISO_8859_1));
      if (form != Form.BSD) {
        ByteArrayOutputStream tables = new ByteArrayOutputStream();
        tables(tables, 0);
        int start = file.size() + tables.size();
        tables(file, start);
      }
      file.writeBytes(body.toByteArray());
      return file.toByteArray();
    }

    private String gnuName(String name) {
      if (name.length() < 16) {
        return name + "/";
      }
      String reference = "/" + names.size();
      names.writeBytes((name + "/\n").getBytes(StandardCharsets.ISO_8859_1));
      return reference;
    }

    private void tables(ByteArrayOutputStream to, int start) {
      append(to, form == Form.GNU_WIDE_INDEX ? "/SYM64/" : "/", "", index(start));
      if (names.size() > 0) {
        append(to, "//", "", names.toByteArray());
      }
    }

    private byte[] index(int start) {
      ByteBuffer numbers = ByteBuffer.allocate(1000);
      ByteArrayOutputStream text = new ByteArrayOutputStream();
      int count = members.stream().mapToInt(m -> m.symbols().size()).sum();
      number(numbers, count);
      for (int m = 0; m < members.size(); m++) {
        for (String symbol : members.get(m).symbols()) {
          number(numbers, start + headers.get(m));
          text.writeBytes((symbol + "\0").getBytes(StandardCharsets.ISO_8859_1));
        }
      }
      ByteArrayOutputStream index = new ByteArrayOutputStream();
      index.write(numbers.array(), 0, numbers.position());
      index.writeBytes(text.toByteArray());
      return index.toByteArray();
    }

    private void number(ByteBuffer to, int value) {
      if (form == Form.GNU_WIDE_INDEX) {
        to.putLong(value);
      } else {
        to.putInt(value);
      }
    }

    private static void append(
        ByteArrayOutputStream to, String header, String name, byte[] content) {
      int size = name.length() + content.length;
      String text = String.format("%-16s%-12d%-6d%-6d%-8s%-10d`\n", header, 0, 0, 0, "644", size);
      to.writeBytes((text + name).getBytes(StandardCharsets.ISO_8859_1));
      to.writeBytes(content);
      if (size % 2 != 0) {
        to.write('\n');
      }
    }
  }
}

package dev.linkd.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.linkd.diag.LinkException;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Archives made by ar, and by hand for the forms that ar here does not write. */
class ArchiveTest {
  private static final String LONG_NAME = "a_member_with_quite_a_long_name.o";

  @TempDir Path directory;

  @BeforeEach
  void members() {
    Tools.compile(directory, "one.c", "int one(void){return 1;} int uno;", "-fno-common");
    Tools.compile(directory, "two.c", "extern int one(void); int two(void){return one()+1;}");
    Tools.compile(directory, LONG_NAME.replace(".o", ".c"), "int three(void){return 3;}");
  }

  private Archive make(String flags, String name, String... files) throws LinkException {
    List<String> command = new ArrayList<>(List.of("ar", flags, name));
    command.addAll(List.of(files));
    Tools.run(directory, command);
    return Archive.parse(name, Tools.read(directory.resolve(name)));
  }

  private static List<String> names(Archive archive) {
    List<String> names = new ArrayList<>();
    for (int m = 0; m < archive.members(); m++) {
      names.add(archive.memberName(m));
    }
    return names;
  }

  private static List<String> index(Archive archive) {
    List<String> entries = new ArrayList<>();
    for (int i = 0; i < archive.indexSymbols(); i++) {
      assertThat(archive.indexNameLength(i)).isEqualTo(archive.indexName(i).length());
      entries.add(archive.indexName(i) + " in " + archive.memberName(archive.indexMember(i)));
    }
    return entries;
  }

  @Test
  void gnuArchiveHasNamesContentsAndIndex() throws Exception {
    Archive archive = make("rcs", "lib.a", "one.o", "two.o", LONG_NAME);
    assertThat(names(archive)).containsExactly("one.o", "two.o", LONG_NAME);
    assertThat(archive.indexed()).isTrue();
    assertThat(index(archive))
        .containsExactlyInAnyOrder(
            "one in one.o", "uno in one.o", "two in two.o", "three in " + LONG_NAME);
    for (int m = 0; m < archive.members(); m++) {
      byte[] expected = Files.readAllBytes(directory.resolve(archive.memberName(m)));
      assertThat(archive.memberBytes(m).toArray(ValueLayout.JAVA_BYTE)).isEqualTo(expected);
      assertThat(archive.memberSize(m)).isEqualTo(expected.length);
      ElfObject object = ElfObject.parse(archive.memberInputName(m), archive.memberBytes(m));
      assertThat(object.name()).isEqualTo("lib.a(" + archive.memberName(m) + ")");
    }
  }

  @Test
  void withoutIndexItSaysSo() throws Exception {
    Archive archive = make("rcS", "lib.a", "one.o");
    assertThat(archive.indexed()).isFalse();
    assertThat(archive.indexSymbols()).isZero();
    assertThat(names(archive)).containsExactly("one.o");
  }

  @Test
  void thinArchiveNamesFiles() throws Exception {
    Files.createDirectory(directory.resolve("sub"));
    Files.copy(directory.resolve("two.o"), directory.resolve("sub/two.o"));
    Archive archive = make("rcsT", "thin.a", "one.o", "sub/two.o", LONG_NAME);
    assertThat(archive.thin()).isTrue();
    assertThat(names(archive)).containsExactly("one.o", "sub/two.o", LONG_NAME);
    assertThat(index(archive)).contains("two in sub/two.o", "three in " + LONG_NAME);
    assertThat(archive.memberSize(1)).isEqualTo(Files.size(directory.resolve("sub/two.o")));
    assertThatThrownBy(() -> archive.memberBytes(0)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void emptyArchiveHasNoMembers() throws Exception {
    assertThat(names(make("rcs", "empty.a"))).isEmpty();
  }

  @Test
  void membersNeedNotBeObjects() throws Exception {
    Files.writeString(directory.resolve("lib.rmeta"), "rust\n");
    Archive archive = make("rcs", "lib.rlib", "lib.rmeta", "one.o");
    assertThat(names(archive)).containsExactly("lib.rmeta", "one.o");
    assertThat(FileKinds.detect(archive.memberBytes(0))).isEqualTo(FileKinds.Kind.SCRIPT);
    assertThat(FileKinds.detect(archive.memberBytes(1))).isEqualTo(FileKinds.Kind.OBJECT);
  }

  @Test
  void systemArchivesAgreeWithAr() throws Exception {
    Path file = Tools.library("libc.a");
    Archive archive = Archive.parse(file.toString(), Tools.read(file));
    assertThat(names(archive))
        .isEqualTo(Tools.run(directory, "ar", "t", file.toString()).lines().toList());
    List<String> expected = new ArrayList<>();
    boolean inIndex = false;
    for (String line : Tools.run(directory, "nm", "-s", file.toString()).split("\n")) {
      if (line.equals("Archive index:")) {
        inIndex = true;
      } else if (inIndex && line.isEmpty()) {
        break;
      } else if (inIndex) {
        expected.add(line);
      }
    }
    assertThat(index(archive)).isEqualTo(expected).hasSizeGreaterThan(1000);
  }

  /** A member header with its content, padded to an even length. */
  private static byte[] member(String name, byte[] content) {
    String header =
        String.format("%-16s%-12d%-6d%-6d%-8s%-10d`\n", name, 0, 0, 0, "644", content.length);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(header.getBytes(StandardCharsets.ISO_8859_1));
    out.writeBytes(content);
    if (content.length % 2 != 0) {
      out.write('\n');
    }
    return out.toByteArray();
  }

  private static MemorySegment archive(byte[]... members) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes("!<arch>\n".getBytes(StandardCharsets.ISO_8859_1));
    for (byte[] member : members) {
      out.writeBytes(member);
    }
    return MemorySegment.ofArray(out.toByteArray());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  @Test
  void bsdNamesPrecedeTheContent() throws Exception {
    MemorySegment bytes =
        archive(
            member("#1/20", bytes("__.SYMDEF SORTED\0\0\0\0ignored")),
            member("#1/12", bytes("long name.o\0content")),
            member("short", bytes("xyz")));
    Archive archive = Archive.parse("bsd.a", bytes);
    assertThat(names(archive)).containsExactly("long name.o", "short");
    assertThat(archive.memberBytes(0).toArray(ValueLayout.JAVA_BYTE)).isEqualTo(bytes("content"));
    assertThat(archive.memberBytes(1).toArray(ValueLayout.JAVA_BYTE)).isEqualTo(bytes("xyz"));
    assertThat(archive.indexed()).isFalse();
  }

  @Test
  void wideIndexIsRead() throws Exception {
    byte[] index = new byte[8 + 8 + 4];
    index[7] = 1;
    index[15] = (byte) (8 + 60 + index.length);
    System.arraycopy(bytes("sym\0"), 0, index, 16, 4);
    Archive archive =
        Archive.parse("w.a", archive(member("/SYM64/", index), member("m.o/", bytes("!"))));
    assertThat(index(archive)).containsExactly("sym in m.o");
    assertThat(archive.memberAt(8 + 60 + index.length)).isZero();
    assertThat(archive.memberAt(9)).isEqualTo(Archive.NONE);
  }

  @Test
  void newlinesAtTheEndAreTolerated() throws Exception {
    Archive archive = Archive.parse("n.a", archive(member("m/", bytes("ab")), bytes("\n\n")));
    assertThat(names(archive)).containsExactly("m");
  }

  private static void refused(MemorySegment bytes, String reason) {
    assertThatThrownBy(() -> Archive.parse("bad.a", bytes))
        .isInstanceOf(LinkException.class)
        .hasMessageStartingWith("bad.a")
        .hasMessageContaining(reason);
  }

  @Test
  void damageIsReportedWithItsOffset() {
    refused(MemorySegment.ofArray(bytes("hello world, no archive")), "not an archive");
    refused(archive(bytes("x")), "truncated archive member header");
    refused(archive(new byte[60]), "no archive member header");
    byte[] tooLong = member("m/", bytes("ab"));
    tooLong[48] = '9';
    refused(archive(tooLong), "beyond the file");
    tooLong[48] = 'x';
    refused(archive(tooLong), "not a number");
    refused(archive(member("/99", bytes(""))), "outside the table of long names");
    refused(archive(member("/x", bytes(""))), "outside the table of long names");
    refused(archive(member("/1:2", bytes(""))), "members of another archive");
    refused(archive(member("#1/9", bytes("ab"))), "length of a member name");
    refused(archive(member("/", bytes("ab"))), "does not fit its size");
    refused(archive(member("/", bytes("\u00ff\u00ff\u00ff\u00ff0000"))), "does not fit its size");
    refused(archive(member("/", bytes("\0\0\0\1\0\0\0\7a\0"))), "points at no member");
  }

  @Test
  void indexNamesMustEnd() {
    byte[] index = bytes("\0\0\0\1\0\0\0\0ab");
    index[7] = (byte) (8 + 60 + index.length);
    refused(archive(member("/", index), member("m/", bytes(""))), "does not end");
  }
}

package dev.linkd.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.os.FileStatus;
import dev.linkd.os.NativeFileSystemCalls;
import dev.linkd.os.NativePath;
import dev.linkd.publish.FileIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The list of spares, and what the next daemon makes of it. */
class SpareJournalTest {
  @TempDir Path directory;

  private Path socket;
  private Path list;
  private final SpareJournal journal = new SpareJournal();
  private final SpareJournal next = new SpareJournal();

  @BeforeEach
  void names() {
    socket = directory.resolve("socket");
    list = directory.resolve("socket.spares");
  }

  private Path output(String name) {
    return directory.resolve(name);
  }

  /** A spare beside an output that need not exist. */
  private Path spare(String output) throws IOException {
    return Files.writeString(directory.resolve("." + output + ".linkd-spare"), output);
  }

  static FileIdentity identity(Path file) {
    FileStatus status = new FileStatus();
    int error = new NativeFileSystemCalls().status(NativePath.of(file.toString()), status);
    assertThat(error).isZero();
    return new FileIdentity(status.device(), status.inode(), status.birthTime());
  }

  @Test
  void theSparesOfAKilledDaemonGo() throws Exception {
    journal.begin(socket);
    for (String name : new String[] {"a", "b", "with\nlines and \\n", "with\r\nreturns"}) {
      journal.appeared(output(name), identity(spare(name)));
    }
    journal.went(output("b"));
    next.begin(socket);
    assertThat(output(".a.linkd-spare")).doesNotExist();
    assertThat(output(".with\nlines and \\n.linkd-spare")).doesNotExist();
    assertThat(output(".with\r\nreturns.linkd-spare")).doesNotExist();
    assertThat(output(".b.linkd-spare")).exists();
    next.end();
    assertThat(list).doesNotExist();
  }

  @Test
  void eitherOfTheLastTwoFilesIsTheSpare() throws Exception {
    Path spare = spare("a");
    FileIdentity other = new FileIdentity(1, 2, 3);
    journal.begin(socket);
    journal.appeared(output("a"), identity(spare));
    journal.appeared(output("a"), other);
    next.begin(socket);
    assertThat(spare).doesNotExist();

    Path kept = spare("a");
    next.appeared(output("a"), identity(kept));
    next.appeared(output("a"), other);
    next.appeared(output("a"), other);
    new SpareJournal().begin(socket);
    assertThat(kept).exists();
  }

  @Test
  void anOutputThatIsLinkedAgainMeanwhileKeepsItsSpare() throws Exception {
    journal.begin(socket);
    journal.appeared(output("a"), new FileIdentity(1, 2, 3));
    Path spare = spare("a");
    next.appeared(output("a"), identity(spare));
    next.begin(socket);
    assertThat(spare).exists();
    new SpareJournal().begin(socket);
    assertThat(spare).doesNotExist();
  }

  @Test
  void aListOfSomebodyElseIsNotRead() throws Exception {
    Path spare = spare("a");
    journal.begin(socket);
    journal.appeared(output("a"), identity(spare));
    new ProcessBuilder("chown", "4321", list.toString()).inheritIO().start().waitFor();
    next.begin(socket);
    next.appeared(output("b"), identity(spare));
    next.end();
    assertThat(spare).exists();
    assertThat(list).exists();
  }

  @Test
  void whatIsNoListRemovesNothing() throws Exception {
    Path precious = Files.writeString(output("precious"), "precious");
    FileIdentity file = identity(precious);
    String fields = "+ %d %d %d ".formatted(file.device(), file.inode(), file.birthTime());
    Files.writeString(
        list,
        fields
            + precious
            + "\n"
            + fields
            + "/\n"
            + fields
            + "relative\n"
            + fields
            + "/nul\0\n+ x y z /a\n+ 1 2\n\n-\n+ 99999999999999999999 1 1 /a\n"
            + fields);
    journal.begin(socket);
    assertThat(precious).hasContent("precious");
    assertThat(list).isEmptyFile();
  }

  /** To cut a name of a megabyte to what a spare may have takes hours. */
  @Test
  @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aNameThatNoFileCanHaveIsPassedOver() throws Exception {
    Path spare = spare("a");
    journal.begin(socket);
    journal.appeared(output("a"), identity(spare));
    String fields = "+ 1 2 3 ";
    Files.writeString(
        list,
        fields + "/" + "x".repeat(1 << 20) + "\n" + fields + "/x".repeat(1 << 20) + "\n",
        StandardOpenOption.APPEND);
    next.begin(socket);
    assertThat(spare).doesNotExist();
    assertThat(list).isEmptyFile();
  }

  @Test
  void withoutAListThereIsNone() throws Exception {
    Files.createDirectory(list);
    journal.begin(socket);
    journal.appeared(output("a"), new FileIdentity(1, 2, 3));
    journal.end();
    assertThat(list).isEmptyDirectory();
  }

  @Test
  void theListStaysShort() throws Exception {
    journal.begin(socket);
    journal.appeared(output("stays"), new FileIdentity(1, 2, 3));
    for (int i = 0; i < 10_000; i++) {
      journal.appeared(output("a"), new FileIdentity(i, i, i));
      journal.went(output("a"));
    }
    assertThat(Files.readAllLines(list)).hasSizeLessThan(1000).first().asString().endsWith("stays");
    journal.end();
    assertThat(list).exists();
  }
}

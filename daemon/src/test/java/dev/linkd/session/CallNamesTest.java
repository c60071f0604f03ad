package dev.linkd.session;

import static dev.linkd.session.Atoms.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.linkd.server.TestDaemon;
import dev.linkd.v1.AtomPut;
import dev.linkd.v1.Definition;
import dev.linkd.v1.UpdateRequest;
import io.grpc.Status;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names that a call gives by number. */
class CallNamesTest {
  private static final int NAMES_MAX = 100;
  private static final int BYTES_MAX = 1_000;
  private static final int LENGTH_MAX = 50;

  @TempDir Path directory;

  private final CallNames names =
      new CallNames(
          new Limits(
              1, 1, 1, 1, 1, 1, 1, 1, LENGTH_MAX, NAMES_MAX, BYTES_MAX, 1, 1, 1, 1, 1, 1, 1));

  private void add(String... texts) throws RequestException {
    names.add(List.of(texts).stream().map(Atoms::bytes).toList());
  }

  private String text(int number) {
    return new String(
        names.text(), names.start(number), names.length(number), StandardCharsets.UTF_8);
  }

  @Test
  void namesAreNumberedInTheirOrder() throws Exception {
    assertThat(names.has(1)).isFalse();
    add("first", "second");
    add();
    add("ümlaut");
    assertThat(List.of(text(1), text(2), text(3))).containsExactly("first", "second", "ümlaut");
    assertThat(names.has(3)).isTrue();
    assertThat(List.of(names.has(0), names.has(4), names.has(-1))).containsOnly(false);
  }

  @Test
  void aNameThatIsNotAllowedIsRefusedByItsNumber() throws Exception {
    add("good");
    assertThatThrownBy(() -> add("also good", ""))
        .hasMessage("names: name number 3 of the call must have 1 to 50 bytes");
    assertThatThrownBy(() -> add("x".repeat(LENGTH_MAX + 1))).hasMessageContaining("number 3");
    assertThatThrownBy(() -> add("\0")).hasMessageContaining("number 3 of the call contains NUL");
    assertThatThrownBy(() -> add("ab\0")).hasMessageContaining("contains NUL");
    add("x".repeat(LENGTH_MAX));
    assertThat(text(3)).hasSize(LENGTH_MAX);
  }

  @Test
  void namesAndTheirBytesHaveLimits() throws Exception {
    for (int i = 1; i <= NAMES_MAX; i++) {
      add("n" + i);
    }
    assertThat(text(NAMES_MAX)).isEqualTo("n100");
    assertThatThrownBy(() -> add("one more"))
        .hasMessage("names: more than 100 names or 1000 bytes of them in a call");
  }

  @Test
  void theBytesOfAllNamesHaveALimit() throws Exception {
    for (int i = 0; i < BYTES_MAX / LENGTH_MAX; i++) {
      add("x".repeat(LENGTH_MAX));
    }
    assertThatThrownBy(() -> add("x")).hasMessageContaining("1000 bytes");
    assertThatCode(() -> names.add(List.of())).doesNotThrowAnyException();
  }

  private static AtomPut.Builder function(int name, int section) {
    return AtomPut.newBuilder()
        .setKeyNumber(name)
        .setSectionNumber(section)
        .setSectionFlags(6)
        .setContent(bytes("code"))
        .addDefinitions(Definition.newBuilder().setNameNumber(name).setInfo(0x12));
  }

  @Test
  void aCallHasTheNamesThatItGave() throws Exception {
    try (TestDaemon daemon = new TestDaemon(directory)) {
      long handle = daemon.open("program").getHandle();
      StreamClient client = StreamClient.begin(daemon.channel(), handle, "unit");
      client.send(
          UpdateRequest.newBuilder()
              .setSequence(2)
              .addNames(bytes("f"))
              .addNames(bytes(".text"))
              .addUpdates(Atoms.put(function(1, 2)))
              .build());
      client.send(
          UpdateRequest.newBuilder()
              .setSequence(3)
              .addNames(bytes("g"))
              .addUpdates(Atoms.put(function(3, 2)))
              .addUpdates(Atoms.put(function(4, 2)))
              .build());
      client.awaitAcknowledged(3);
      assertThat(client.rejections())
          .singleElement()
          .satisfies(
              rejection -> {
                assertThat(rejection.getSequence()).isEqualTo(3);
                assertThat(rejection.getIndex()).isEqualTo(1);
                assertThat(rejection.getDiagnostic().getMessage())
                    .isEqualTo("the key of the atom is name number 4, which the call lacks");
              });
      StreamClient other = StreamClient.begin(daemon.channel(), handle, "unit");
      other.send(Atoms.put(function(1, 2)));
      other.awaitAcknowledged(2);
      assertThat(other.rejections()).hasSize(1);
    }
  }

  @Test
  void aFaultOfAnAtomNamesItByTheNameWithItsNumber() throws Exception {
    try (TestDaemon daemon = new TestDaemon(directory)) {
      long handle = daemon.open("program").getHandle();
      StreamClient client = StreamClient.begin(daemon.channel(), handle, "unit");
      client.send(
          UpdateRequest.newBuilder()
              .setSequence(2)
              .addNames(bytes("faulty"))
              .addUpdates(Atoms.put(function(1, 1).setAlignment(3)))
              .addUpdates(Atoms.put(function(1, 1).addTargetNames(bytes("a")).addTargetNumbers(1)))
              .build());
      client.awaitAcknowledged(2);
      assertThat(client.rejections())
          .extracting(r -> r.getDiagnostic().getPlace().getSection())
          .containsExactly("faulty", "faulty");
      assertThat(client.rejections().getLast().getDiagnostic().getMessage())
          .isEqualTo("targets are given both by name and by number");
    }
  }

  @Test
  void aNameThatIsNotAllowedEndsTheCall() throws Exception {
    try (TestDaemon daemon = new TestDaemon(directory)) {
      long handle = daemon.open("program").getHandle();
      StreamClient client = StreamClient.begin(daemon.channel(), handle, "unit");
      client.send(UpdateRequest.newBuilder().setSequence(2).addNames(ByteString.EMPTY).build());
      Status end = client.awaitEnd();
      assertThat(end.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
      assertThat(end.getDescription()).contains("name number 1 of the call");
    }
  }
}

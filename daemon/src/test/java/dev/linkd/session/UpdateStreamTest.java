package dev.linkd.session;

import static dev.linkd.session.Atoms.caller;
import static dev.linkd.session.Atoms.flush;
import static dev.linkd.session.Atoms.function;
import static dev.linkd.session.Atoms.put;
import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.server.TestDaemon;
import dev.linkd.v1.AtomRemove;
import dev.linkd.v1.FlushReport;
import dev.linkd.v1.GetRequest;
import dev.linkd.v1.ImportedSymbol;
import dev.linkd.v1.InputPut;
import dev.linkd.v1.InputRemove;
import dev.linkd.v1.LibraryImport;
import dev.linkd.v1.LibraryRemove;
import dev.linkd.v1.OutputState;
import dev.linkd.v1.Rejection;
import dev.linkd.v1.StreamBegin;
import dev.linkd.v1.StreamClear;
import dev.linkd.v1.SymbolDefine;
import dev.linkd.v1.SymbolRemove;
import dev.linkd.v1.Update;
import dev.linkd.v1.UpdateRequest;
import io.grpc.Status;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a stream of updates promises to its client. */
class UpdateStreamTest {
  @TempDir Path directory;
  private TestDaemon daemon;
  private long handle;

  @BeforeEach
  void open() throws Exception {
    daemon = new TestDaemon(directory);
    handle = daemon.open("program").getHandle();
  }

  @AfterEach
  void close() throws Exception {
    daemon.close();
  }

  private StreamClient begin(String stream) {
    return StreamClient.begin(daemon.channel(), handle, stream);
  }

  private OutputState state() {
    return daemon.link().get(GetRequest.newBuilder().setHandle(handle).build()).getOutput();
  }

  @Test
  void anAtomThatWasSentIsAcknowledgedAndPublishedByAFlush() throws Exception {
    StreamClient client = begin("unit");
    long sent = client.send(put(function("main", "code")));
    client.awaitAcknowledged(sent);
    assertThat(state().getAtoms()).isEqualTo(1);
    assertThat(state().getGeneration()).isZero();

    FlushReport report = client.flush();

    assertThat(report.getPublished()).isTrue();
    assertThat(report.getGeneration()).isEqualTo(1);
    assertThat(report.getStatistics().getAtomsAdded()).isEqualTo(1);
    assertThat(report.getStatistics().getPublishTime().getNanos()).isEqualTo(3_000);
  }

  @Test
  void sendingTheSameAgainIsNoWork() throws Exception {
    StreamClient client = begin("unit");
    client.send(put(function("main", "code")));
    assertThat(client.flush().getPublished()).isTrue();

    StreamClient again = begin("unit");
    again.send(put(function("main", "code")));
    FlushReport report = again.flush();

    assertThat(report.getPublished()).isFalse();
    assertThat(report.getGeneration()).isEqualTo(1);
    assertThat(report.getDiagnosticsList()).isEmpty();
  }

  @Test
  void aForwardReferenceIsResolvedWhenItsTargetArrives() throws Exception {
    StreamClient client = begin("unit");
    client.send(put(caller("main", "call helper", "helper")));
    FlushReport undefined = client.flush();
    assertThat(undefined.getPublished()).isFalse();
    assertThat(undefined.getDiagnostics(0).getCode()).isEqualTo("UNDEFINED_SYMBOL");
    assertThat(undefined.getDiagnostics(0).getPlace().getSymbol()).isEqualTo("helper");

    client.send(put(function("helper", "return")));
    assertThat(client.flush().getPublished()).isTrue();
  }

  @Test
  void manyUpdatesShareASequenceNumberAndKeepTheirOrder() throws Exception {
    StreamClient client = begin("unit");
    client.send(
        put(function("a", "1")),
        flush(),
        put(function("a", "2")),
        put(function("b", "3")),
        flush());
    client.awaitAcknowledged(2);

    assertThat(client.outcomes()).hasSize(2);
    assertThat(client.outcomes().get(0).getIndex()).isEqualTo(1);
    assertThat(client.outcomes().get(0).getReport().getStatistics().getAtomsAdded()).isEqualTo(1);
    assertThat(client.outcomes().get(1).getIndex()).isEqualTo(4);
    assertThat(client.outcomes().get(1).getReport().getStatistics().getAtomsChanged()).isEqualTo(1);
  }

  @Test
  void everythingIsAcknowledgedBeforeTheCallEnds() throws Exception {
    StreamClient client = begin("unit");
    long last = 0;
    for (int i = 0; i < 5_000; i++) {
      last = client.send(put(function("f" + i, "code " + i)));
    }
    client.halfClose();

    assertThat(client.awaitEnd().getCode()).isEqualTo(Status.Code.OK);
    assertThat(client.acknowledged()).isEqualTo(last);
    assertThat(state().getAtoms()).isEqualTo(5_000);
    assertThat(client.responses().size()).as("responses are coalesced").isLessThan(5_000);
  }

  @Test
  void everyKindOfUpdateReachesTheEngine() throws Exception {
    StreamClient client = begin("unit");
    client.send(
        put(caller("main", "call puts", "puts")),
        Update.newBuilder()
            .setImportLibrary(
                LibraryImport.newBuilder()
                    .setSoname("libc.so.6")
                    .addSymbols(ImportedSymbol.newBuilder().setName("puts").setInfo(0x12)))
            .build(),
        Update.newBuilder()
            .setDefineSymbol(
                SymbolDefine.newBuilder().setName(Atoms.bytes("limit")).setValue(42).setInfo(0x10))
            .build(),
        Update.newBuilder().setPutInput(InputPut.newBuilder().setPath("/usr/lib/crt1.o")).build());
    assertThat(client.flush().getPublished()).isTrue();
    assertThat(state().getSymbols()).isEqualTo(1);
    assertThat(client.responses().stream().flatMap(r -> r.getInputsList().stream()))
        .singleElement()
        .satisfies(
            outcome -> {
              assertThat(outcome.getIndex()).isEqualTo(3);
              assertThat(outcome.getAtomsAdded()).isEqualTo(2);
            });

    client.send(
        Update.newBuilder()
            .setRemoveSymbol(SymbolRemove.newBuilder().setName(Atoms.bytes("limit")))
            .build(),
        Update.newBuilder()
            .setRemoveLibrary(LibraryRemove.newBuilder().setSoname("libc.so.6"))
            .build(),
        Update.newBuilder()
            .setRemoveInput(InputRemove.newBuilder().setKey("/usr/lib/crt1.o"))
            .build(),
        Update.newBuilder()
            .setRemoveAtom(AtomRemove.newBuilder().setKey(Atoms.bytes("main")))
            .build());
    assertThat(client.flush().getDiagnosticsList()).isEmpty();
    assertThat(state().getSymbols()).isZero();
    assertThat(state().getAtoms()).isZero();
    assertThat(state().getInputs()).as("the stream itself").isEqualTo(1);
  }

  private static Update putFile(String key, String path) {
    return Update.newBuilder().setPutInput(InputPut.newBuilder().setKey(key).setPath(path)).build();
  }

  private static Update removeFile(String key) {
    InputRemove remove = InputRemove.newBuilder().setKey(key).setRequired(true).build();
    return Update.newBuilder().setRemoveInput(remove).build();
  }

  @Test
  void inputsThatOthersPutUnderKeysOfTheirOwnAreFoundByPath() throws Exception {
    StreamClient linker = begin("linker");
    linker.send(putFile("start.o", "/usr/lib/crt1.o"), putFile("-lc", "/usr/lib/libc.so"));
    linker.flush();
    assertThat(state().getInputs()).as("with the stream").isEqualTo(3);

    StreamClient person = begin("person");
    person.send(putFile("", "/usr/lib/../lib/crt1.o"), removeFile("/usr/lib/libc.so"));
    assertThat(person.flush().getDiagnosticsList()).isEmpty();
    assertThat(state().getInputs()).as("with two streams").isEqualTo(3);
    assertThat(person.responses().stream().flatMap(r -> r.getInputsList().stream()))
        .singleElement()
        .satisfies(outcome -> assertThat(outcome.getAtomsSame()).isEqualTo(2));
  }

  @Test
  void removingAnInputThatIsRequiredAndAbsentIsRefused() throws Exception {
    StreamClient client = begin("unit");
    client.send(putFile("", "/usr/lib/crt1.o"));
    client.flush();
    client.send(removeFile("/home/crt1.o"));
    FlushReport report = client.flush();
    assertThat(report.getPublished()).isFalse();
    assertThat(report.getDiagnosticsList())
        .singleElement()
        .satisfies(
            diagnostic -> {
              assertThat(diagnostic.getMessage()).startsWith("not an input of ");
              assertThat(diagnostic.getPlace().getInput()).isEqualTo("/home/crt1.o");
              assertThat(diagnostic.getNotesList())
                  .containsExactly("did you mean: /usr/lib/crt1.o");
            });
    client.send(removeFile("/usr/lib/crt1.o"), removeFile("no path"));
    assertThat(client.flush().getDiagnosticsList()).hasSize(1);
    assertThat(state().getInputs()).as("the stream itself").isEqualTo(1);
  }

  @Test
  void clearingAStreamLeavesTheOthersAlone() throws Exception {
    StreamClient one = begin("one");
    one.send(put(function("a", "1")), put(function("b", "2")));
    StreamClient two = begin("two");
    two.awaitAcknowledged(two.send(put(function("a", "3"))));
    one.awaitAcknowledged(
        one.send(Update.newBuilder().setClearStream(StreamClear.getDefaultInstance()).build()));

    assertThat(state().getAtoms()).isEqualTo(1);
    assertThat(state().getStreams()).isEqualTo(2);
  }

  @Test
  void aRefusedUpdateIsReportedAndTheOthersTakeEffect() throws Exception {
    StreamClient client = begin("unit");
    long sent =
        client.send(
            put(function("a", "1")), put(function("refused", "2")), put(function("b", "3")));
    client.awaitAcknowledged(sent);

    assertThat(client.rejections())
        .singleElement()
        .satisfies(
            rejection -> {
              assertThat(rejection.getSequence()).isEqualTo(sent);
              assertThat(rejection.getIndex()).isEqualTo(1);
              assertThat(rejection.getDiagnostic().getCode()).isEqualTo("UNKNOWN_RELOCATION");
            });
    assertThat(state().getAtoms()).isEqualTo(2);
  }

  @Test
  void aFlushAfterARefusedUpdatePublishesNothingAndTheNextOneDoes() throws Exception {
    StreamClient client = begin("unit");
    client.send(put(function("a", "1")), put(function("refused", "2")));
    FlushReport refused = client.flush();
    assertThat(refused.getPublished()).isFalse();
    assertThat(refused.getDiagnosticsList())
        .singleElement()
        .satisfies(d -> assertThat(d.getMessage()).contains("refused on purpose"));

    FlushReport repaired = client.flush();
    assertThat(repaired.getPublished()).isTrue();
    assertThat(repaired.getStatistics().getAtomsAdded()).isEqualTo(1);
  }

  @Test
  void anInputThatCannotBeReadIsARejectionThatNamesIt() throws Exception {
    StreamClient client = begin("unit");
    client.awaitAcknowledged(
        client.send(
            Update.newBuilder().setPutInput(InputPut.newBuilder().setPath("/x/missing.o")).build(),
            Update.newBuilder().setPutInput(InputPut.newBuilder().setPath("relative.o")).build()));

    assertThat(client.rejections())
        .extracting(r -> r.getDiagnostic().getCode())
        .containsExactly("INPUT_UNREADABLE", "INVALID_REQUEST");
    assertThat(client.rejections().getFirst().getDiagnostic().getPlace().getInput())
        .isEqualTo("/x/missing.o");
  }

  @Test
  void anEmptyUpdateIsRejected() throws Exception {
    StreamClient client = begin("unit");
    client.awaitAcknowledged(client.send(Update.getDefaultInstance()));
    assertThat(client.rejections()).extracting(Rejection::getIndex).containsExactly(0);
  }

  @Test
  void aCallThatIsRejectedTooOftenEnds() throws Exception {
    StreamClient client = begin("unit");
    for (int i = 0; i <= Limits.DEFAULT.rejections(); i++) {
      client.send(Update.getDefaultInstance());
    }
    Status end = client.awaitEnd();
    assertThat(end.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(end.getDescription()).contains("rejected updates");
  }

  @Test
  void aSequenceNumberMustGrow() throws Exception {
    StreamClient client = begin("unit");
    client.send(
        UpdateRequest.newBuilder().setSequence(7).addUpdates(put(function("a", "1"))).build());
    client.send(
        UpdateRequest.newBuilder().setSequence(7).addUpdates(put(function("b", "1"))).build());

    Status end = client.awaitEnd();
    assertThat(end.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(end.getDescription()).contains("sequence 7 follows 7");
    assertThat(client.acknowledged()).as("what came before took effect").isEqualTo(7);
    assertThat(state().getAtoms()).isEqualTo(1);
  }

  @Test
  void zeroIsNoSequenceNumber() throws Exception {
    StreamClient client = new StreamClient(daemon.channel());
    client.send(
        UpdateRequest.newBuilder()
            .setBegin(StreamBegin.newBuilder().setHandle(handle).setStream("unit"))
            .build());
    assertThat(client.awaitEnd().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
  }

  @Test
  void theFirstRequestMustBeginAndOnlyTheFirst() throws Exception {
    StreamClient without = new StreamClient(daemon.channel());
    without.send(put(function("a", "1")));
    assertThat(without.awaitEnd().getDescription()).contains("begin");

    StreamClient twice = begin("unit");
    twice.send(
        UpdateRequest.newBuilder()
            .setSequence(2)
            .setBegin(StreamBegin.newBuilder().setHandle(handle).setStream("unit"))
            .build());
    assertThat(twice.awaitEnd().getDescription()).contains("only the first request may begin");
  }

  @Test
  void aStreamNeedsAName() throws Exception {
    assertThat(begin("").awaitEnd().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(begin("x".repeat(4_097)).awaitEnd().getCode())
        .isEqualTo(Status.Code.INVALID_ARGUMENT);
  }

  @Test
  void tooManyUpdatesInARequestEndTheCall() throws Exception {
    StreamClient client = begin("unit");
    UpdateRequest.Builder request = UpdateRequest.newBuilder().setSequence(2);
    for (int i = 0; i <= Limits.DEFAULT.updates(); i++) {
      request.addUpdates(Update.getDefaultInstance());
    }
    client.send(request.build());
    assertThat(client.awaitEnd().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
  }

  @Test
  void aMessageBeyondTheLimitIsRefused() throws Exception {
    StreamClient client = begin("unit");
    client.send(put(function("huge", "x".repeat(Limits.DEFAULT.messageBytes()))));
    assertThat(client.awaitEnd().getCode())
        .isIn(Status.Code.RESOURCE_EXHAUSTED, Status.Code.CANCELLED);
    assertThat(state().getAtoms()).isZero();
  }

  @Test
  void aDefectClosesItsOutputAndNoOther() throws Exception {
    long other = daemon.open("other").getHandle();
    StreamClient bystander = StreamClient.begin(daemon.channel(), other, "unit");
    StreamClient client = begin("unit");
    client.send(put(function("defect", "1")));

    assertThat(client.awaitEnd().getCode()).isEqualTo(Status.Code.INTERNAL);
    bystander.send(put(function("main", "code")));
    assertThat(bystander.flush().getPublished()).isTrue();
    assertThat(daemon.open("program").getFresh()).as("it can be opened again").isTrue();
    assertThat(daemon.outputs().openOutputs()).isEqualTo(2);
  }
}

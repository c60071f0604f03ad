package dev.linkd.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.common.collect.ImmutableList;
import dev.linkd.server.TestDaemon;
import dev.linkd.v1.DumpRequest;
import dev.linkd.v1.DumpResponse;
import dev.linkd.v1.FlushRequest;
import dev.linkd.v1.LayoutNode;
import dev.linkd.v1.ListRequest;
import dev.linkd.v1.ListResponse;
import dev.linkd.v1.OutputState;
import dev.linkd.v1.QueryRequest;
import dev.linkd.v1.QueryResponse;
import dev.linkd.v1.VerifyRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Looking at what the daemon holds. */
class InspectTest {
  @TempDir Path directory;
  private TestDaemon daemon;
  private long handle;
  private StreamClient client;

  @BeforeEach
  void open() throws Exception {
    daemon = new TestDaemon(directory);
    handle = daemon.open("program").getHandle();
    client = StreamClient.begin(daemon.channel(), handle, "unit");
    client.awaitAcknowledged(
        client.send(
            Atoms.put(Atoms.caller("main", "call helper", "helper")),
            Atoms.put(Atoms.caller("other", "call helper", "helper")),
            Atoms.put(Atoms.function("helper", "ret"))));
  }

  @AfterEach
  void close() throws Exception {
    daemon.close();
  }

  private List<LayoutNode> dump(DumpRequest.Builder request) {
    return ImmutableList.copyOf(daemon.link().dump(request.setHandle(handle).build())).stream()
        .flatMap(response -> response.getNodesList().stream())
        .toList();
  }

  @Test
  void listNamesTheOutputsInTheOrderOfTheirPaths() {
    daemon.open("a");
    daemon.open("z");
    ListResponse list = daemon.link().list(ListRequest.getDefaultInstance());
    assertThat(list.getOutputsList())
        .extracting(output -> Path.of(output.getOptions().getPath()).getFileName().toString())
        .containsExactly("a", "program", "z");
    OutputState program = list.getOutputs(1);
    assertThat(program.getHandle()).isEqualTo(handle);
    assertThat(program.getAtoms()).isEqualTo(3);
    assertThat(program.getRelocations()).isEqualTo(2);
    assertThat(program.getStreams()).isEqualTo(1);
    assertThat(program.getOptions().getEntry()).isEqualTo("_start");
  }

  @Test
  void dumpShowsTheTreeInOrder() {
    List<LayoutNode> nodes = dump(DumpRequest.newBuilder());
    assertThat(nodes)
        .extracting(LayoutNode::getName)
        .containsExactly(
            directory.resolve("program").toString(), "unit/helper", "unit/main", "unit/other", "");
    assertThat(nodes.get(1).getCapacity() - nodes.get(1).getSize()).as("slack").isEqualTo(8);
    assertThat(nodes.get(1).hasFileOffset()).isTrue();
    assertThat(nodes.getLast().hasFileOffset()).as("a node without bytes in the file").isFalse();
  }

  @Test
  void dumpCanBeLimited() {
    assertThat(dump(DumpRequest.newBuilder().setDepthMax(0))).hasSize(1);
    List<DumpResponse> cut =
        ImmutableList.copyOf(
            daemon.link().dump(DumpRequest.newBuilder().setHandle(handle).setNodesMax(2).build()));
    assertThat(cut.getLast().getTruncated()).isTrue();
    assertThat(cut.getFirst().getNodesCount()).isEqualTo(2);
    assertThat(dump(DumpRequest.newBuilder().setNodesMax(5))).hasSize(5);
  }

  @Test
  void aLargeTreeArrivesInManyMessages() throws Exception {
    for (int i = 0; i < 5_000; i++) {
      client.send(Atoms.put(Atoms.function("f" + i, "x")));
    }
    client.awaitAcknowledged(5_002);
    assertThat(dump(DumpRequest.newBuilder())).hasSize(5_005);
  }

  @Test
  void queryNamesDefinitionsAndReferences() {
    QueryResponse answer =
        daemon.link().query(QueryRequest.newBuilder().setHandle(handle).setName("helper").build());
    assertThat(answer.getDefinitionsList())
        .singleElement()
        .satisfies(
            definition -> {
              assertThat(definition.getChosen()).isTrue();
              assertThat(definition.getSection()).isEqualTo("unit/helper");
              assertThat(definition.getInfo()).isEqualTo(0x12);
            });
    assertThat(answer.getReferencesList())
        .extracting("section")
        .containsExactlyInAnyOrder("unit/main", "unit/other");
    assertThat(answer.getReferences(0).getAddend()).isEqualTo(-4);
    assertThat(answer.getReferences(0).getKind()).isEqualTo(4);
    assertThat(answer.getReferences(0).getKindName()).isEqualTo("R_X86_64_PLT32");
  }

  @Test
  void queryCountsReferencesBeyondItsLimit() {
    QueryResponse answer =
        daemon
            .link()
            .query(
                QueryRequest.newBuilder()
                    .setHandle(handle)
                    .setName("helper")
                    .setReferencesMax(1)
                    .build());
    assertThat(answer.getReferencesCount()).isEqualTo(1);
    assertThat(answer.getReferencesTotal()).isEqualTo(2);
  }

  @Test
  void anUnknownSymbolIsNotFound() {
    StatusRuntimeException fault =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () ->
                daemon
                    .link()
                    .query(QueryRequest.newBuilder().setHandle(handle).setName("nobody").build()));
    assertThat(fault.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
    assertThat(fault.getStatus().getDescription()).contains("'nobody'");
  }

  @Test
  void limitsOutOfRangeAreRefused() {
    StatusRuntimeException dump =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () -> dump(DumpRequest.newBuilder().setNodesMax(1_000_001)));
    StatusRuntimeException query =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () ->
                daemon
                    .link()
                    .query(
                        QueryRequest.newBuilder()
                            .setHandle(handle)
                            .setName("helper")
                            .setReferencesMax(-1)
                            .build()));
    assertThat(dump.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(query.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
  }

  @Test
  void verifyReportsDifferences() throws Exception {
    VerifyRequest request = VerifyRequest.newBuilder().setHandle(handle).build();
    assertThat(daemon.link().verify(request).getDifferencesList()).isEmpty();
    client.awaitAcknowledged(client.send(Atoms.put(Atoms.function("wrong", "x"))));
    assertThat(daemon.link().verify(request).getDifferencesList()).containsExactly("unit/wrong");
  }

  @Test
  void aUnaryFlushPublishesWhatStreamsSent() {
    FlushRequest request = FlushRequest.newBuilder().setHandle(handle).build();
    assertThat(daemon.link().flush(request).getReport().getPublished()).isTrue();
    assertThat(daemon.link().flush(request).getReport().getPublished()).isFalse();
  }
}

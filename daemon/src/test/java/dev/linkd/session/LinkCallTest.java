package dev.linkd.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.common.collect.ImmutableList;
import dev.linkd.rendezvous.FileView;
import dev.linkd.server.ScriptedDriver;
import dev.linkd.server.TestDaemon;
import dev.linkd.v1.LinkRequest;
import dev.linkd.v1.LinkResponse;
import dev.linkd.v1.ListRequest;
import dev.linkd.v1.OpenRequest;
import dev.linkd.v1.StatsRequest;
import dev.linkd.v1.StatsResponse;
import dev.linkd.v1.VersionRequest;
import dev.linkd.v1.WatchRequest;
import dev.linkd.v1.WatchResponse;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whole ld-style invocations through the API. */
@Timeout(60)
class LinkCallTest {
  @TempDir Path directory;
  private final ScriptedDriver driver = new ScriptedDriver();
  private TestDaemon daemon;

  @BeforeEach
  void start() throws Exception {
    daemon = new TestDaemon(directory, driver);
  }

  @AfterEach
  void stop() throws Exception {
    daemon.close();
  }

  private LinkRequest.Builder request(String... arguments) {
    LinkRequest.Builder request =
        LinkRequest.newBuilder()
            .setDirectory(Atoms.bytes(directory.toString()))
            .addEnvironment(Atoms.bytes("HOME=/home/me=you"))
            .setUmask(022);
    for (String argument : arguments) {
      request.addArguments(Atoms.bytes(argument));
    }
    return request;
  }

  private List<LinkResponse> run(LinkRequest.Builder request) {
    return ImmutableList.copyOf(daemon.link().link(request.build()));
  }

  private Status.Code refusal(LinkRequest.Builder request) {
    return catchThrowableOfType(StatusRuntimeException.class, () -> run(request))
        .getStatus()
        .getCode();
  }

  @Test
  void anInvocationReceivesWhatTheProcessWasStartedWith() {
    List<LinkResponse> events = run(request("echo", "-o", "a b"));
    assertThat(events.get(0).getStandardOutput().toStringUtf8())
        .isEqualTo("echo -o a b in " + directory + " umask 18 HOME=/home/me=you");
    assertThat(events.get(1).getStandardError().toStringUtf8()).isEqualTo("as ld.linkd");
    assertThat(events.get(2).getDiagnostic().getMessage()).isEqualTo("careful");
    assertThat(events.getLast().getExit().getStatus()).isEqualTo(7);
    assertThat(events.getLast().getExit().getStartOverReason()).isEqualTo("OPTIONS_CHANGED");
  }

  /** The answer may have arrived before it is noted that all of it was sent. */
  @Test
  void theTimeOfTheLastInvocationInTheDaemonIsKnown() throws Exception {
    assertThat(daemon.admin().stats(StatsRequest.getDefaultInstance()).hasLastLinkTime()).isFalse();
    refusal(request());
    assertThat(daemon.admin().stats(StatsRequest.getDefaultInstance()).hasLastLinkTime())
        .as("after a call that failed")
        .isFalse();

    long start = System.nanoTime();
    run(request("echo"));
    StatsResponse stats = daemon.admin().stats(StatsRequest.getDefaultInstance());
    while (!stats.hasLastLinkTime()) {
      Thread.sleep(1);
      stats = daemon.admin().stats(StatsRequest.getDefaultInstance());
    }
    long elapsed = System.nanoTime() - start;

    assertThat(stats.getLastLinkTime().getSeconds()).isZero();
    assertThat((long) stats.getLastLinkTime().getNanos()).isPositive().isLessThan(elapsed);
  }

  @Test
  void theArgumentsMayComeInOnePiece() {
    List<LinkResponse> events = run(request().setCommandLine(Atoms.bytes("echo\0-o\0a b\0")));
    assertThat(events.get(0).getStandardOutput().toStringUtf8()).startsWith("echo -o a b in ");
    assertThat(refusal(request("echo").setCommandLine(Atoms.bytes("echo\0"))))
        .isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(refusal(request().setCommandLine(Atoms.bytes("echo"))))
        .isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(refusal(request().setCommandLine(Atoms.bytes("a\0".repeat(100_001)))))
        .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
  }

  @Test
  void anInvocationSharesItsOutputWithLaterOnesAndIsWatched() {
    daemon.open("program");
    Iterator<WatchResponse> watch = daemon.link().watch(WatchRequest.getDefaultInstance());
    // A watch counts from its first event; what happens while its call is on its way is not seen.
    assertThat(watch.next().hasState()).isTrue();
    assertThat(run(request("link", "program")).getLast().getExit().getReport().getGeneration())
        .isEqualTo(1);
    assertThat(run(request("link", "program")).getLast().getExit().getReport().getGeneration())
        .isEqualTo(2);
    assertThat(watch.next().getFlush().getGeneration()).isEqualTo(1);
    assertThat(watch.next().getFlush().getGeneration()).isEqualTo(2);
    assertThat(daemon.admin().stats(StatsRequest.getDefaultInstance()).getLinks()).isEqualTo(2);
  }

  @Test
  void anOutputThatIsOpenWithOtherOptionsIsADiagnostic() {
    daemon
        .link()
        .open(
            OpenRequest.newBuilder()
                .setOptions(daemon.staticExecutable("program").setEntry("main"))
                .build());
    List<LinkResponse> events = run(request("link", "program"));
    assertThat(events.get(1).getDiagnostic().getCode()).isEqualTo("INVALID_REQUEST");
    assertThat(events.get(1).getDiagnostic().getMessage()).contains("other options (entry)");
    assertThat(events.getLast().getExit().getStatus()).isEqualTo(1);
  }

  @Test
  void anOutputThatCannotBeOpenedIsADiagnostic() {
    List<LinkResponse> events = run(request("link", "unwritable"));
    assertThat(events.get(1).getDiagnostic().getCode()).isEqualTo("PUBLISH_FAILED");
  }

  @Test
  void muchTextArrivesWholeAndInOrder() {
    StringBuilder text = new StringBuilder();
    run(request("flood")).forEach(event -> text.append(event.getStandardOutput().toStringUtf8()));
    List<String> lines = text.toString().lines().toList();
    assertThat(lines).hasSize(20_000);
    for (int i = 0; i < lines.size(); i++) {
      assertThat(lines.get(i)).startsWith("line " + i + " ");
    }
  }

  private static dev.linkd.v1.FileView.Builder ownView() throws Exception {
    FileView own = FileView.current();
    return dev.linkd.v1.FileView.newBuilder()
        .setUid(own.uid())
        .setMountDevice(own.mountDevice())
        .setMountInode(own.mountInode())
        .setRootDevice(own.rootDevice())
        .setRootInode(own.rootInode());
  }

  private void assertForeign(dev.linkd.v1.FileView.Builder view, String difference) {
    StatusRuntimeException fault =
        catchThrowableOfType(
            StatusRuntimeException.class, () -> run(request("link", "program").setView(view)));
    assertThat(fault.getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
    assertThat(fault.getStatus().getDescription()).contains(difference);
    assertThat(daemon.link().list(ListRequest.getDefaultInstance()).getOutputsList()).isEmpty();
  }

  @Test
  void onlyCallersWhoSeeTheSameFilesAreServed() throws Exception {
    long inode = FileView.current().rootInode();
    assertForeign(ownView().setUid(FileView.current().uid() + 1), "another user");
    assertForeign(ownView().setMountInode(1), "another mount namespace");
    assertForeign(ownView().setRootInode(inode + 1), "another root directory");
    assertForeign(dev.linkd.v1.FileView.newBuilder().setUid(4_000_000_000L), "another user");

    assertThat(run(request("link", "program").setView(ownView())).getLast().getExit().getStatus())
        .isZero();
  }

  @Test
  void onlyCallersOfTheSameBuildAreServed() {
    StatusRuntimeException fault =
        catchThrowableOfType(
            StatusRuntimeException.class, () -> run(request("link", "program").setBuild("other")));
    assertThat(fault.getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
    assertThat(fault.getStatus().getDescription()).contains("of other");
    String build = daemon.admin().version(VersionRequest.getDefaultInstance()).getBuild();
    assertThat(run(request("link", "program").setBuild(build)).getLast().getExit().getStatus())
        .isZero();
  }

  @Test
  void cancellingStopsTheInvocation() throws Exception {
    try (Context.CancellableContext context = Context.current().withCancellation()) {
      context.run(() -> daemon.link().link(request("hang").build()).next());
    }
    driver.awaitCancelled();
  }

  @Test
  void aDefectInAnInvocationIsItsOwn() {
    assertThat(refusal(request("defect"))).isEqualTo(Status.Code.INTERNAL);
    assertThat(run(request("link", "program")).getLast().getExit().getStatus()).isZero();
  }

  @Test
  void requestsOutOfRangeAreRefused() {
    assertThat(refusal(request("echo").setDirectory(Atoms.bytes("relative"))))
        .isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(refusal(request("echo").clearDirectory())).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(refusal(request("echo").setUmask(01000))).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(refusal(request("echo").setUmask(-1))).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(refusal(request("echo").addEnvironment(Atoms.bytes("NOVALUE"))))
        .isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(refusal(request("a\0b"))).isEqualTo(Status.Code.INVALID_ARGUMENT);
    LinkRequest.Builder many = request();
    for (int i = 0; i <= 100_000; i++) {
      many.addArguments(Atoms.bytes("a"));
    }
    assertThat(refusal(many)).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
  }
}

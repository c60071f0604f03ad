package dev.linkd.session;

import dev.linkd.output.LinkDriver;
import dev.linkd.output.Output;
import dev.linkd.output.OutputSpec;
import dev.linkd.v1.CloseRequest;
import dev.linkd.v1.CloseResponse;
import dev.linkd.v1.DumpRequest;
import dev.linkd.v1.DumpResponse;
import dev.linkd.v1.FlushRequest;
import dev.linkd.v1.FlushResponse;
import dev.linkd.v1.GetRequest;
import dev.linkd.v1.GetResponse;
import dev.linkd.v1.LinkRequest;
import dev.linkd.v1.LinkResponse;
import dev.linkd.v1.LinkServiceGrpc;
import dev.linkd.v1.ListRequest;
import dev.linkd.v1.ListResponse;
import dev.linkd.v1.OpenRequest;
import dev.linkd.v1.OpenResponse;
import dev.linkd.v1.QueryRequest;
import dev.linkd.v1.QueryResponse;
import dev.linkd.v1.UpdateRequest;
import dev.linkd.v1.UpdateResponse;
import dev.linkd.v1.VerifyRequest;
import dev.linkd.v1.VerifyResponse;
import dev.linkd.v1.WatchRequest;
import dev.linkd.v1.WatchResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Optional;

/**
 * {@code linkd.v1.LinkService}. Calls arrive on the transport's threads and must not block there:
 * what concerns an output is done by its own thread, what touches the file system or waits runs on
 * a virtual thread.
 */
public final class LinkEndpoint extends LinkServiceGrpc.LinkServiceImplBase {
  private final OutputRegistry registry;
  private final Limits limits;
  private final Counters counters;
  private final DrainGate gate;
  private final Optional<LinkRunner> links;

  /**
   * Serves the outputs of a registry.
   *
   * @param driver runs invocations; a daemon without one answers UNIMPLEMENTED to them
   * @param callers whose invocations are taken
   */
  public LinkEndpoint(
      OutputRegistry registry,
      Limits limits,
      Counters counters,
      DrainGate gate,
      Optional<LinkDriver> driver,
      Callers callers) {
    this.registry = registry;
    this.limits = limits;
    this.counters = counters;
    this.gate = gate;
    this.links = driver.map(d -> new LinkRunner(registry, limits, counters, gate, d, callers));
  }

  @Override
  public void open(OpenRequest request, StreamObserver<OpenResponse> observer) {
    Thread.startVirtualThread(() -> guarded(observer, () -> openNow(request, observer)));
  }

  private void openNow(OpenRequest request, StreamObserver<OpenResponse> observer)
      throws RequestException {
    gate.check();
    OutputSpec spec = OptionsMessages.spec(request, limits);
    OutputRegistry.Attachment attachment = registry.attach(spec);
    OutputActor actor = attachment.actor();
    actor.submit(
        new UnaryWork<>(
            observer,
            output ->
                OpenResponse.newBuilder()
                    .setHandle(actor.handle())
                    .setGeneration(output.generation())
                    .setFresh(attachment.fresh())
                    .build()));
  }

  @Override
  public StreamObserver<UpdateRequest> update(StreamObserver<UpdateResponse> observer) {
    return new UpdateReceiver(registry, limits, counters, gate, serverCall(observer));
  }

  @Override
  public void flush(FlushRequest request, StreamObserver<FlushResponse> observer) {
    guarded(
        observer,
        () -> {
          OutputActor actor = registry.actor(request.getHandle());
          actor.submit(
              new UnaryWork<>(
                  observer,
                  output ->
                      FlushResponse.newBuilder()
                          .setReport(OutputMessages.report(actor.flush(output)))
                          .build()));
        });
  }

  @Override
  public void link(LinkRequest request, StreamObserver<LinkResponse> observer) {
    guarded(
        observer,
        () ->
            links
                .orElseThrow(
                    () ->
                        RequestException.of(
                            Reason.UNSUPPORTED, "this daemon does not run ld invocations"))
                .start(request, serverCall(observer)));
  }

  @Override
  public void list(ListRequest request, StreamObserver<ListResponse> observer) {
    ListCollector.collect(
        registry.actors(),
        outputs -> {
          observer.onNext(ListResponse.newBuilder().addAllOutputs(outputs).build());
          observer.onCompleted();
        });
  }

  @Override
  public void get(GetRequest request, StreamObserver<GetResponse> observer) {
    guarded(
        observer,
        () -> {
          OutputActor actor = registry.actor(request.getHandle());
          actor.submit(
              new UnaryWork<>(
                  observer,
                  output ->
                      GetResponse.newBuilder()
                          .setOutput(OutputMessages.state(actor, output))
                          .build()));
        });
  }

  @Override
  public void watch(WatchRequest request, StreamObserver<WatchResponse> observer) {
    guarded(
        observer,
        () -> {
          long handle = request.getHandle();
          checkChanges(request);
          Watcher watcher = new Watcher(serverCall(observer), registry.watchers(), handle);
          if (handle == Watcher.ALL) {
            registry.watchers().add(watcher);
            registry.actors().forEach(actor -> actor.submit(stateFor(watcher, actor, request)));
          } else {
            OutputActor actor = registry.actor(handle);
            registry.watchers().add(watcher);
            actor.submit(stateFor(watcher, actor, request));
          }
        });
  }

  private static void checkChanges(WatchRequest request) throws RequestException {
    if (request.getChanges() && request.getHandle() == Watcher.ALL) {
      throw RequestException.field("changes", "only with the handle of one output");
    }
    if (request.hasSince() && !request.getChanges()) {
      throw RequestException.field("since", "only with changes");
    }
  }

  /** Tells a new watcher the state of an output; a closed one is reported by the hub. */
  private static OutputWork stateFor(Watcher watcher, OutputActor actor, WatchRequest request) {
    return new OutputWork() {
      @Override
      public void run(Output output) {
        watcher.send(
            actor.handle(),
            WatchHub.event(actor).setState(OutputMessages.state(actor, output)).build());
        if (request.getChanges()) {
          watcher.follow(
              new ChangeFollower(
                  WatchHub.event(actor).build(),
                  output.changes(),
                  request.hasSince() ? request.getSince() : output.generation()));
        }
      }

      @Override
      public void refuse(Exception fault) {
        watcher.outputClosed(actor.handle());
      }
    };
  }

  @Override
  public void dump(DumpRequest request, StreamObserver<DumpResponse> observer) {
    PacedReply<DumpResponse> reply = new PacedReply<>(serverCall(observer));
    try {
      DumpCollector collector = new DumpCollector(request);
      registry
          .actor(request.getHandle())
          .submit(
              new OutputWork() {
                @Override
                public void run(Output output) {
                  output.dump(collector);
                  reply.send(collector.messages());
                }

                @Override
                public void refuse(Exception fault) {
                  reply.fail(fault);
                }
              });
    } catch (RequestException fault) {
      reply.fail(fault);
    }
  }

  @Override
  public void query(QueryRequest request, StreamObserver<QueryResponse> observer) {
    guarded(
        observer,
        () ->
            registry
                .actor(request.getHandle())
                .submit(
                    new UnaryWork<>(observer, output -> QueryCollector.collect(output, request))));
  }

  @Override
  public void verify(VerifyRequest request, StreamObserver<VerifyResponse> observer) {
    guarded(
        observer,
        () ->
            registry
                .actor(request.getHandle())
                .submit(
                    new UnaryWork<>(
                        observer,
                        output -> {
                          List<String> differences = output.verify();
                          gate.touch(); // it took long, and has left much to be tidied up
                          return VerifyResponse.newBuilder().addAllDifferences(differences).build();
                        })));
  }

  @Override
  public void close(CloseRequest request, StreamObserver<CloseResponse> observer) {
    guarded(
        observer,
        () -> {
          OutputActor actor = registry.close(request.getHandle(), "a client closed it");
          Thread.startVirtualThread(
              () ->
                  guarded(
                      observer,
                      () -> {
                        actor.awaitEnd();
                        observer.onNext(CloseResponse.getDefaultInstance());
                        observer.onCompleted();
                      }));
        });
  }

  private interface Step {
    void run() throws RequestException, InterruptedException;
  }

  private void guarded(StreamObserver<?> observer, Step step) {
    try {
      gate.touch();
      step.run();
    } catch (RequestException | InterruptedException | RuntimeException fault) {
      observer.onError(StatusMapper.toStatus(fault));
    }
  }

  /** gRPC passes this class to every service method; it promises so. */
  private static <T> ServerCallStreamObserver<T> serverCall(StreamObserver<T> observer) {
    return (ServerCallStreamObserver<T>) observer;
  }
}

package dev.linkd.session;

import com.google.protobuf.ByteString;
import dev.linkd.output.CommandWords;
import dev.linkd.output.LinkDriver;
import dev.linkd.output.LinkDriver.Invocation;
import dev.linkd.output.OutputPool;
import dev.linkd.v1.LinkExit;
import dev.linkd.v1.LinkRequest;
import dev.linkd.v1.LinkResponse;
import io.grpc.stub.ServerCallStreamObserver;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;

/** Runs {@code ld}-style invocations, each on a virtual thread. */
final class LinkRunner {
  private static final int ARGUMENTS_MAX = 100_000;
  private static final int UMASK_MAX = 0777;

  private final OutputPool outputs;
  private final Limits limits;
  private final Counters counters;
  private final DrainGate gate;
  private final LinkDriver driver;
  private final Callers callers;
  private final Semaphore slots;

  LinkRunner(
      OutputPool outputs,
      Limits limits,
      Counters counters,
      DrainGate gate,
      LinkDriver driver,
      Callers callers) {
    this.outputs = outputs;
    this.limits = limits;
    this.counters = counters;
    this.gate = gate;
    this.driver = driver;
    this.callers = callers;
    this.slots = new Semaphore(limits.links());
  }

  void start(LinkRequest request, ServerCallStreamObserver<LinkResponse> observer)
      throws RequestException {
    Invocation invocation = invocation(request);
    if (!slots.tryAcquire()) {
      throw RequestException.limit("invocations at one time", limits.links());
    }
    LinkEvents events = new LinkEvents(observer);
    try {
      gate.enter();
    } catch (RequestException fault) {
      slots.release();
      throw fault;
    }
    counters.links(1);
    Thread.ofVirtual().name("link").start(() -> run(invocation, events));
  }

  private void run(Invocation invocation, LinkEvents events) {
    try {
      LinkDriver.LinkExit exit = driver.link(invocation, outputs, events);
      LinkExit.Builder message =
          LinkExit.newBuilder().setStatus(exit.status()).setStartOverReason(exit.startOverReason());
      exit.flush().ifPresent(result -> message.setReport(OutputMessages.report(result)));
      events.exit(message.build());
    } catch (InterruptedException | RuntimeException fault) {
      events.fail(fault);
    } finally {
      gate.leave();
      slots.release();
    }
  }

  private Invocation invocation(LinkRequest request) throws RequestException {
    callers.check(request);
    if (request.getUmask() < 0 || request.getUmask() > UMASK_MAX) {
      throw RequestException.field("umask", "0 to 0777");
    }
    CommandWords words = words(request);
    if (words.count() > ARGUMENTS_MAX) {
      throw RequestException.limit("arguments", ARGUMENTS_MAX);
    }
    Path directory =
        OptionsMessages.absolutePath(
            "directory", text("directory", request.getDirectory()), limits);
    String program =
        request.getProgram().isEmpty() ? "ld.linkd" : text("program", request.getProgram());
    return new Invocation(program, words, directory, environment(request), request.getUmask());
  }

  private static CommandWords words(LinkRequest request) throws RequestException {
    ByteString line = request.getCommandLine();
    if (line.isEmpty()) {
      List<String> arguments = new ArrayList<>(request.getArgumentsCount());
      for (ByteString argument : request.getArgumentsList()) {
        arguments.add(text("arguments", argument));
      }
      return CommandWords.of(arguments);
    }
    if (request.getArgumentsCount() > 0) {
      throw RequestException.field("command_line", "not together with arguments");
    }
    if (line.byteAt(line.size() - 1) != 0) {
      throw RequestException.field("command_line", "the last word has no NUL behind it");
    }
    return CommandWords.of(line.toByteArray());
  }

  private static Map<String, String> environment(LinkRequest request) throws RequestException {
    Map<String, String> environment = new HashMap<>();
    for (ByteString entry : request.getEnvironmentList()) {
      String text = text("environment", entry);
      int equals = text.indexOf('=');
      if (equals < 0) {
        throw RequestException.field("environment", "an entry has no '='");
      }
      environment.put(text.substring(0, equals), text.substring(equals + 1));
    }
    return environment;
  }

  private static String text(String field, ByteString bytes) throws RequestException {
    String text = bytes.toString(StandardCharsets.UTF_8);
    if (text.indexOf('\0') >= 0) {
      throw RequestException.field(field, "contains NUL");
    }
    return text;
  }
}

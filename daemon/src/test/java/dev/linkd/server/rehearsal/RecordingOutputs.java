package dev.linkd.server.rehearsal;

import dev.linkd.diag.LinkException;
import dev.linkd.output.FlushResult;
import dev.linkd.output.Output;
import dev.linkd.output.OutputFactory;
import dev.linkd.output.OutputSpec;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Outputs of another factory whose flushes are recorded. Thread-safe. */
final class RecordingOutputs implements OutputFactory {
  private final OutputFactory real;
  private final List<FlushResult> results = new CopyOnWriteArrayList<>();
  private final AtomicInteger open = new AtomicInteger();

  RecordingOutputs(OutputFactory real) {
    this.real = real;
  }

  List<FlushResult> results() {
    return results;
  }

  /** Outputs that were not closed. */
  int open() {
    return open.get();
  }

  @Override
  public Output open(OutputSpec spec) throws LinkException {
    Output output = real.open(spec);
    open.incrementAndGet();
    return (Output)
        Proxy.newProxyInstance(
            Output.class.getClassLoader(),
            new Class<?>[] {Output.class},
            (proxy, method, arguments) -> {
              try {
                Object result = method.invoke(output, arguments);
                if (result instanceof FlushResult flushed) {
                  results.add(flushed);
                }
                if (method.getName().equals("close")) {
                  open.decrementAndGet();
                }
                return result;
              } catch (InvocationTargetException fault) {
                throw fault.getCause();
              }
            });
  }
}

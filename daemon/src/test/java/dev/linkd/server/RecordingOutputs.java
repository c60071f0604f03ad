package dev.linkd.server;

import dev.linkd.diag.LinkException;
import dev.linkd.output.FlushResult;
import dev.linkd.output.Output;
import dev.linkd.output.OutputFactory;
import dev.linkd.output.OutputSpec;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;

/** Outputs of another factory whose flushes are recorded. */
final class RecordingOutputs implements OutputFactory {
  private final OutputFactory real;
  private final List<FlushResult> results = new ArrayList<>();
  private int open;

  RecordingOutputs(OutputFactory real) {
    this.real = real;
  }

  List<FlushResult> results() {
    return results;
  }

  /** Outputs that were not closed. */
  int open() {
    return open;
  }

  @Override
  public Output open(OutputSpec spec) throws LinkException {
    Output output = real.open(spec);
    open++;
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
                open -= method.getName().equals("close") ? 1 : 0;
                return result;
              } catch (InvocationTargetException fault) {
                throw fault.getCause();
              }
            });
  }
}

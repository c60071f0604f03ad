package dev.linkd.driver;

import dev.linkd.diag.LinkException;
import dev.linkd.elf.ElfOutputs;
import dev.linkd.output.Output;
import dev.linkd.output.OutputPool;
import dev.linkd.output.OutputSpec;
import dev.linkd.store.InputStore;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Outputs of one thread. */
final class PlainPool implements OutputPool, AutoCloseable {
  private final ElfOutputs factory = new ElfOutputs();
  private final Map<Path, Output> open = new HashMap<>();

  InputStore store() {
    return factory.store();
  }

  @Override
  public <T> T call(OutputSpec spec, OutputTask<T> task) throws LinkException {
    Output present = open.get(spec.path());
    if (present != null && !present.spec().equals(spec)) {
      throw new IllegalStateException("open with another spec");
    }
    Output output = present == null ? factory.open(spec) : present;
    open.put(spec.path(), output);
    return task.run(output, present == null);
  }

  @Override
  public Optional<OutputSpec> find(Path path) {
    return Optional.ofNullable(open.get(path)).map(Output::spec);
  }

  @Override
  public boolean close(Path path) {
    Output output = open.remove(path);
    if (output != null) {
      output.close();
    }
    return output != null;
  }

  Output output(Path path) {
    Output output = open.get(path);
    if (output == null) {
      throw new IllegalStateException("not open: " + path);
    }
    return output;
  }

  @Override
  public void close() {
    open.values().forEach(Output::close);
    open.clear();
  }
}

package dev.linkd.driver;

import dev.linkd.output.Output.InputSpec;
import dev.linkd.store.ReadAhead;
import java.util.BitSet;
import java.util.List;

/**
 * The inputs of a prepared link that the output has to look at.
 *
 * @param inputs in order
 * @param later answers about objects that are still being read
 * @param ahead reads these
 */
record ChangedInputs(List<InputSpec> inputs, BitSet later, ReadAhead ahead)
    implements AutoCloseable {
  @Override
  public void close() {
    ahead.close();
  }
}

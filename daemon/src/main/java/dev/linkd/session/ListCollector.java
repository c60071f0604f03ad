package dev.linkd.session;

import dev.linkd.output.Output;
import dev.linkd.v1.OutputState;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Collects the state of all outputs, each given by its own thread; the last one answers. An output
 * that is closed meanwhile is left out.
 */
final class ListCollector {
  private final Consumer<List<OutputState>> receiver;
  private final @Nullable OutputState[] states;
  private int missing;

  private ListCollector(Consumer<List<OutputState>> receiver, int count) {
    this.receiver = receiver;
    this.states = new OutputState[count];
    this.missing = count;
  }

  /** Passes the states to the receiver, in the order of the actors, once all have answered. */
  static void collect(List<OutputActor> actors, Consumer<List<OutputState>> receiver) {
    if (actors.isEmpty()) {
      receiver.accept(List.of());
      return;
    }
    ListCollector collector = new ListCollector(receiver, actors.size());
    for (int i = 0; i < actors.size(); i++) {
      collector.ask(actors.get(i), i);
    }
  }

  private void ask(OutputActor actor, int index) {
    actor.submit(
        new OutputWork() {
          @Override
          public void run(Output output) {
            arrived(index, OutputMessages.state(actor, output));
          }

          @Override
          public void refuse(Exception fault) {
            arrived(index, null);
          }
        });
  }

  private synchronized void arrived(int index, @Nullable OutputState state) {
    states[index] = state;
    if (--missing == 0) {
      List<OutputState> present = new ArrayList<>(states.length);
      for (OutputState each : states) {
        if (each != null) {
          present.add(each);
        }
      }
      receiver.accept(present);
    }
  }
}

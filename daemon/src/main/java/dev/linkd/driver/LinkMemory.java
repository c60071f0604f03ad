package dev.linkd.driver;

import dev.linkd.output.LinkDriver.Invocation;
import dev.linkd.output.Output.InputSpec;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The last invocation of each output that is resident, so that the same one again need not be read:
 * those that were used least recently are forgotten. Thread-safe; what is found may be used only
 * under the lock of its output.
 */
final class LinkMemory {
  private final int limit;
  private final Consumer<List<Path>> listener;

  /** Least recently used first. */
  private final LinkedHashMap<Invocation, PreparedLink> links =
      new LinkedHashMap<>(16, 0.75f, true);

  private final Map<Path, Invocation> byOutput = new HashMap<>();

  /** Outputs of which nothing was kept because their last link failed; eldest first. */
  private final LinkedHashSet<Path> failed = new LinkedHashSet<>();

  /**
   * @param limit invocations that are remembered
   * @param listener learns the paths of the inputs of each
   */
  LinkMemory(int limit, Consumer<List<Path>> listener) {
    this.limit = limit;
    this.listener = listener;
  }

  synchronized @Nullable PreparedLink find(Invocation invocation) {
    return links.get(invocation);
  }

  /** Remembers an invocation instead of what is known of its output. */
  void put(Invocation invocation, PreparedLink link) {
    remember(invocation, link);
    listener.accept(link.inputs.stream().map(InputSpec::path).toList());
  }

  private synchronized void remember(Invocation invocation, PreparedLink link) {
    forget(link.spec.path());
    PreparedLink before = links.put(invocation, link);
    if (before != null) {
      byOutput.remove(before.spec.path());
      before.close();
    }
    byOutput.put(link.spec.path(), invocation);
    if (links.size() > limit) {
      Iterator<PreparedLink> eldest = links.values().iterator();
      forget(eldest.next().spec.path());
    }
  }

  /** Says how the last link of an output ended. */
  synchronized void ended(Path output, boolean failedAndGone) {
    failed.remove(output);
    if (failedAndGone) {
      failed.add(output);
    }
    if (failed.size() > limit) {
      failed.removeFirst();
    }
  }

  /** Whether the last link of an output failed, and nothing of it was kept. */
  synchronized boolean failed(Path output) {
    return failed.contains(output);
  }

  /** Forgets what is known of an output. */
  synchronized void forget(Path output) {
    Invocation invocation = byOutput.remove(output);
    if (invocation != null) {
      PreparedLink link = links.remove(invocation);
      if (link != null) {
        link.close();
      }
    }
  }
}

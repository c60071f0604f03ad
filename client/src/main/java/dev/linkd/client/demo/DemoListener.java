package dev.linkd.client.demo;

import java.nio.file.Path;
import java.util.List;

/** Is told what the demo does, as it happens. */
public interface DemoListener {
  /** The sources are in the directory; the compiler is the one that is used. */
  void started(Path directory, String compiler);

  /** A change was published, and the program ran. */
  void step(Step step);

  /** A change was published again and again. */
  void repeated(Repetition repetition);

  /** The linker of the system linked the same objects. */
  void fullLink(FullLink link);

  /** The link that the daemon holds was compared with an independent one. */
  void verified(List<String> differences);
}

package dev.linkd.server;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.bridge.SLF4JBridgeHandler;
import picocli.CommandLine.Option;

/** Where the log goes; applied before the first logger is used. */
final class LogArguments {
  @Option(
      names = "--log-file",
      paramLabel = "FILE",
      description = "Log to this file, 30 MB at most, instead of standard error.")
  private @Nullable Path file;

  @Option(names = "--log-json", description = "Log one JSON object per line.")
  private boolean json;

  @Option(
      names = "--log-level",
      paramLabel = "LEVEL",
      description = "ERROR, WARN, INFO, DEBUG or TRACE. Default: INFO.")
  private Level level = Level.INFO;

  /** Levels of the log. */
  enum Level {
    ERROR,
    WARN,
    INFO,
    DEBUG,
    TRACE
  }

  /** Sets what {@code logback.xml} refers to. */
  void apply() {
    if (file != null) {
      System.setProperty("linkd.log.file", file.toAbsolutePath().toString());
    }
    System.setProperty("linkd.log.to", (file == null ? "STDERR" : "FILE") + (json ? "_JSON" : ""));
    System.setProperty("linkd.log.level", level.name());
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
  }
}

package dev.linkd.server;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the log goes. */
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

  void apply() {
    new LogSetup()
        .apply(
            Optional.ofNullable(file).map(Path::toAbsolutePath),
            json,
            ch.qos.logback.classic.Level.toLevel(level.name()));
  }
}

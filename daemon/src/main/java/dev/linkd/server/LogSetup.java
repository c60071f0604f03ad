package dev.linkd.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.rolling.FixedWindowRollingPolicy;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy;
import ch.qos.logback.core.util.FileSize;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** Builds the log from what the command line asks for, instead of a configuration file. */
final class LogSetup {
  private static final String PATTERN =
      "%d{yyyy-MM-dd HH:mm:ss.SSS} %-5level [%thread] %logger{0}: %msg%n";

  /**
   * The daemon lives for days and nobody watches its log: it keeps this file and two older ones.
   */
  private static final long FILE_BYTES_MAX = 10 << 20;

  private static final int OLD_FILES = 2;

  private final LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();

  /** Nothing but the faults that nobody reports otherwise. */
  static void quiet() {
    new LogSetup().apply(Optional.empty(), false, Level.ERROR);
  }

  /**
   * Sets the log up anew.
   *
   * @param file where it goes; empty: standard error
   * @param json one JSON object per line instead of text
   */
  void apply(Optional<Path> file, boolean json, Level level) {
    context.reset();
    OutputStreamAppender<ILoggingEvent> appender =
        file.isPresent() ? fileAppender(file.get()) : consoleAppender();
    appender.setContext(context);
    appender.setEncoder(encoder(json));
    appender.start();
    Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.setLevel(level);
    root.addAppender(appender);
    // gRPC sets SO_KEEPALIVE on every channel, which Unix sockets do not have.
    context.getLogger("io.netty.bootstrap").setLevel(Level.ERROR);
    context.getLogger("io.grpc").setLevel(Level.WARN);
    // A message beyond the limit: a page of stack trace here, while the client is told in a line.
    context.getLogger("io.grpc.netty.NettyServerStream").setLevel(Level.ERROR);
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
  }

  private static OutputStreamAppender<ILoggingEvent> consoleAppender() {
    ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
    appender.setTarget("System.err");
    return appender;
  }

  private OutputStreamAppender<ILoggingEvent> fileAppender(Path file) {
    RollingFileAppender<ILoggingEvent> appender = new RollingFileAppender<>();
    appender.setContext(context);
    appender.setFile(file.toString());
    FixedWindowRollingPolicy rolling = new FixedWindowRollingPolicy();
    rolling.setContext(context);
    rolling.setParent(appender);
    rolling.setFileNamePattern(file + ".%i");
    rolling.setMinIndex(1);
    rolling.setMaxIndex(OLD_FILES);
    rolling.start();
    SizeBasedTriggeringPolicy<ILoggingEvent> trigger = new SizeBasedTriggeringPolicy<>();
    trigger.setContext(context);
    trigger.setMaxFileSize(new FileSize(FILE_BYTES_MAX));
    trigger.start();
    appender.setRollingPolicy(rolling);
    appender.setTriggeringPolicy(trigger);
    return appender;
  }

  private Encoder<ILoggingEvent> encoder(boolean json) {
    if (json) {
      JsonEncoder encoder = new JsonEncoder();
      encoder.setContext(context);
      encoder.start();
      return encoder;
    }
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern(PATTERN);
    encoder.start();
    return encoder;
  }
}

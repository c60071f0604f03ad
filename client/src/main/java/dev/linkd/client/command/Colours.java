package dev.linkd.client.command;

import java.io.Console;
import org.jspecify.annotations.Nullable;

/** Colours for people at a terminal. */
enum Colours {
  NONE,
  ANSI;

  private static final String RESET = "\033[0m";

  /** Colours on a terminal, unless NO_COLOR is set (no-color.org). */
  static Colours usual() {
    @Nullable Console console = System.console();
    boolean wanted = System.getenv().getOrDefault("NO_COLOR", "").isEmpty();
    return wanted && console != null && console.isTerminal() ? ANSI : NONE;
  }

  String red(String text) {
    return wrap("\033[31m", text);
  }

  String yellow(String text) {
    return wrap("\033[33m", text);
  }

  String bold(String text) {
    return wrap("\033[1m", text);
  }

  String faint(String text) {
    return wrap("\033[2m", text);
  }

  private String wrap(String start, String text) {
    return this == ANSI ? start + text + RESET : text;
  }
}

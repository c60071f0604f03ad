package dev.linkd.driver;

import dev.linkd.diag.Diagnostic;
import dev.linkd.output.LinkDriver.Events;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** Keeps the events of an invocation. */
final class Heard implements Events {
  final List<Diagnostic> diagnostics = new ArrayList<>();
  final StringBuilder output = new StringBuilder();
  final ByteArrayOutputStream passed = new ByteArrayOutputStream();
  final List<String> phases = new ArrayList<>();
  final StringBuilder errors = new StringBuilder();
  final List<Boolean> colours = new ArrayList<>();
  boolean gone;

  /** Called with each phase as it begins. */
  Consumer<String> listener = phase -> {};

  /** Called when a link asks whether its caller is gone, which it does before each input. */
  Runnable asked = () -> {};

  @Override
  public void progress(String phase, long done, long total) {
    phases.add(phase);
    listener.accept(phase);
  }

  @Override
  public void diagnostic(Diagnostic diagnostic) {
    diagnostics.add(diagnostic);
  }

  @Override
  public void standardOutput(String text) {
    output.append(text);
  }

  @Override
  public void passOutput(byte[] bytes) {
    passed.writeBytes(bytes);
  }

  @Override
  public void standardError(String text) {
    errors.append(text);
  }

  @Override
  public void colour(boolean always) {
    colours.add(always);
  }

  @Override
  public boolean cancelled() {
    asked.run();
    return gone;
  }

  /** The diagnostics, each with its severity in front. */
  List<String> messages() {
    return diagnostics.stream()
        .map(d -> d.severity().name().toLowerCase(Locale.ROOT) + ": " + d)
        .toList();
  }
}

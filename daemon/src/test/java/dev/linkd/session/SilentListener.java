package dev.linkd.session;

import dev.linkd.output.FlushResult;
import dev.linkd.output.Output;
import dev.linkd.v1.FlushReport;

/** Tells nobody what happens to an output. */
final class SilentListener implements OutputActor.Listener {
  @Override
  public void opened(OutputActor actor, Output output) {}

  @Override
  public void flushed(OutputActor actor, Output output, FlushResult result) {}

  @Override
  public void refused(OutputActor actor, FlushReport report) {}

  @Override
  public void failed(OutputActor actor) {}

  @Override
  public void ended(OutputActor actor, String reason) {}
}

package dev.linkd.client.command;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IVersionProvider;

/** Which release this is. */
final class ClientRelease implements IVersionProvider {
  @Override
  public String[] getVersion() {
    @Nullable String packed = ClientRelease.class.getPackage().getImplementationVersion();
    return new String[] {
      "linkctl " + (packed == null ? "development" : packed), "Java " + Runtime.version()
    };
  }
}

package dev.linkd.server;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IVersionProvider;

/** Which release this is. */
final class Release implements IVersionProvider {
  /** From the manifest; classes that are not packed are a development build. */
  static final String NUMBER = number(Release.class.getPackage().getImplementationVersion());

  private static String number(@Nullable String packed) {
    return packed == null ? "development" : packed;
  }

  @Override
  public String[] getVersion() {
    return new String[] {"linkd " + NUMBER, "Java " + Runtime.version()};
  }
}

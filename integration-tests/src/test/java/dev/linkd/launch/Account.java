package dev.linkd.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * An account of a user in a folder, who has the packed distribution: what its programs find in
 * their environment. A test class has one for all its tests, with one daemon, or each test its own;
 * whoever makes one stops its daemon.
 */
final class Account {
  static final Path DISTRIBUTION =
      Project.root().resolve("integration-tests/target/distribution/linkd");
  static final String LINKCTL = DISTRIBUTION.resolve("bin/linkctl").toString();

  private final Map<String, String> environment;

  private Account(Map<String, String> environment) {
    this.environment = environment;
  }

  /** An account in which linkd was never used. */
  static Account fresh(Path home) {
    Map<String, String> environment = new TreeMap<>();
    environment.put("PATH", System.getenv("PATH"));
    environment.put("HOME", home.toString());
    environment.put("XDG_RUNTIME_DIR", home.toString());
    environment.put("JAVA_HOME", System.getProperty("java.home"));
    return new Account(environment);
  }

  /**
   * One whose daemons do not link samples while they are idle: for a daemon that lives for a few
   * links, these are most of the work.
   */
  static Account unrehearsed(Path home) throws IOException {
    Path daemon = home.resolve("unrehearsed-linkd");
    Files.writeString(
        daemon,
        "#!/bin/sh\nexec '%s' --no-warm-up \"$@\"\n".formatted(DISTRIBUTION.resolve("bin/linkd")));
    Files.setPosixFilePermissions(daemon, PosixFilePermissions.fromString("rwxr-xr-x"));
    return fresh(home).with("LINKD_DAEMON", daemon.toString());
  }

  /** The same account with another variable in its environment. */
  Account with(String variable, String value) {
    Map<String, String> changed = new TreeMap<>(environment);
    changed.put(variable, value);
    return new Account(changed);
  }

  Ran run(String... command) {
    return run(List.of(command));
  }

  Ran run(List<String> command) {
    return Ran.run(environment, command);
  }

  /** Ends the daemon, if one runs. */
  void stopDaemon() {
    Ran stopped = run(LINKCTL, "stop");
    assertThat(stopped.status()).as(stopped.err()).isZero();
  }
}

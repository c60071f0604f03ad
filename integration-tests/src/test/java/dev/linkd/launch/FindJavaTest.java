package dev.linkd.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which Java a launcher takes. */
class FindJavaTest {
  @TempDir Path folder;
  private Sandbox sandbox;

  @BeforeEach
  void noJavaAnywhere() {
    sandbox = Sandbox.distribution(folder).without("JAVA_HOME").onlyWithTools();
  }

  @Test
  void javaHomeComesFirst() {
    sandbox.java("jvm/newer", "26");
    Path chosen = sandbox.java("chosen", "25.0.3");

    assertThat(taken(sandbox.with("JAVA_HOME", chosen.toString()))).isEqualTo(chosen);
  }

  @Test
  void anOldJavaHomeIsPassedOver() {
    Path old = sandbox.java("old", "17.0.9");
    Path system = sandbox.java("jvm/temurin-25", "25.0.3");

    assertThat(taken(sandbox.with("JAVA_HOME", old.toString()))).isEqualTo(system);
  }

  @Test
  void oldOnesInTheSystemFolderArePassedOver() {
    sandbox.java("jvm/a-17", "17.0.9");
    sandbox.java("jvm/b-8", "1.8.0_402");
    Path good = sandbox.java("jvm/c-25", "25");

    assertThat(taken(sandbox)).isEqualTo(good);
  }

  @Test
  void anEarlyAccessVersionCounts() {
    Path good = sandbox.java("jvm/next", "27-ea");

    assertThat(taken(sandbox)).isEqualTo(good);
  }

  @Test
  void theUsersOwnFoldersAreSearched() {
    Path good = sandbox.java("user/.sdkman/candidates/java/25-tem", "25.0.1");

    assertThat(taken(sandbox)).isEqualTo(good);
  }

  @Test
  void theOneInThePathIsTakenLast() {
    Path good = sandbox.java("elsewhere", "25.0.3");
    sandbox.alsoInPath(good.resolve("bin"));

    assertThat(taken(sandbox)).isEqualTo(good);
  }

  @Test
  void withoutAnyTheMessageSaysWhatToInstall() {
    sandbox.java("jvm/old", "21.0.1");

    Ran ran = sandbox.run("bin/linkctl", "status");

    assertThat(ran.status()).isNotZero();
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err()).contains("no Java 25 or newer").contains("install a JDK 25");
  }

  private static Path taken(Sandbox sandbox) {
    Ran ran = sandbox.run("bin/linkd");
    assertThat(ran.status()).as(ran.err()).isZero();
    String java = ran.out().lines().findFirst().orElseThrow();
    assertThat(java).endsWith("/bin/java");
    return Path.of(java.substring(0, java.length() - "/bin/java".length()));
  }
}

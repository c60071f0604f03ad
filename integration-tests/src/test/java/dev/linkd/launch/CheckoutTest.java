package dev.linkd.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When a launcher in a checkout builds, and what it runs afterwards. */
class CheckoutTest {
  private static final Pattern JAR = Pattern.compile("-cp\n.*:(.*)\n");

  @TempDir Path folder;
  private Sandbox sandbox;

  @BeforeEach
  void neverBuilt() {
    sandbox = Sandbox.checkout(folder);
  }

  @Test
  void theFirstStartBuildsAndSaysSoOnStderr() {
    Ran ran = sandbox.run("bin/linkctl", "status");

    assertThat(ran.status()).as(ran.err()).isZero();
    assertThat(ran.err()).contains("building from the sources").doesNotContain("chatter");
    assertThat(ran.out()).doesNotContain("building").doesNotContain("chatter");
    assertThat(sandbox.builds()).isEqualTo(1);
  }

  @Test
  void theSecondStartDoesNotBuild() {
    Ran first = sandbox.run("bin/linkd");
    Ran second = sandbox.run("bin/linkd");

    assertThat(second.err()).isEmpty();
    assertThat(second.out()).isEqualTo(first.out());
    assertThat(sandbox.builds()).isEqualTo(1);
  }

  @Test
  void aChangedSourceIsBuiltBesideTheRunningVersion() {
    Path before = jar(sandbox.run("bin/linkd"));
    sandbox.write("daemon/src/main/Main.java", "class Main { int changed; }");
    Path after = jar(sandbox.run("bin/linkd"));

    assertThat(sandbox.builds()).isEqualTo(2);
    assertThat(after).isNotEqualTo(before).exists();
    assertThat(before).exists();
  }

  @Test
  void onlyTheBuildBeforeIsKept() {
    Path first = jar(sandbox.run("bin/linkd"));
    sandbox.write("daemon/src/main/Main.java", "class Main { int second; }");
    Path second = jar(sandbox.run("bin/linkd"));
    sandbox.write("daemon/src/main/Main.java", "class Main { int third; }");
    Path third = jar(sandbox.run("bin/linkd"));

    assertThat(first).doesNotExist();
    assertThat(second).exists();
    assertThat(third).exists();
  }

  @Test
  void anAddedOrDeletedSourceIsNoticed() throws IOException {
    sandbox.run("bin/linkd");
    sandbox.write("daemon/src/main/More.java", "class More {}");
    sandbox.run("bin/linkd");
    assertThat(sandbox.builds()).isEqualTo(2);

    Files.delete(sandbox.home().resolve("daemon/src/main/More.java"));
    sandbox.run("bin/linkd");
    assertThat(sandbox.builds()).isEqualTo(3);
  }

  @Test
  void aSourceThatWasOnlyTouchedGivesTheSameBuild() {
    Path before = jar(sandbox.run("bin/linkd"));
    sandbox.write("daemon/src/main/Main.java", "class Main {}");
    Path after = jar(sandbox.run("bin/linkd"));

    assertThat(sandbox.builds()).isEqualTo(2);
    assertThat(after).isEqualTo(before);
  }

  @Test
  void aBrokenBuildStartsNothingAndShowsWhy() {
    sandbox.run("bin/linkd");
    sandbox.write("daemon/src/main/Main.java", "class Main {");
    sandbox.write("broken", "");

    Ran ran = sandbox.run("bin/linkd");

    assertThat(ran.status()).isNotZero();
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err()).contains("[ERROR] does not compile").contains("the build failed");
  }

  private static Path jar(Ran ran) {
    Matcher matcher = JAR.matcher(ran.out());
    assertThat(matcher.find()).as(ran.out() + ran.err()).isTrue();
    return Path.of(matcher.group(1));
  }
}

package dev.linkd.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the launchers run, from an unpacked distribution. */
class LaunchersTest {
  @TempDir Path folder;

  @Test
  void linkctlRunsTheClientWithItsArguments() {
    Ran ran = Sandbox.distribution(folder).run("bin/linkctl", "status", "two words", "");

    assertThat(ran.status()).isZero();
    assertThat(ran.out()).endsWith("dev.linkd.client.Main\nstatus\ntwo words\n\n");
    assertThat(ran.err()).isEmpty();
  }

  @Test
  void signalsEndTheClientButAreHandledByTheDaemon() {
    Sandbox sandbox = Sandbox.distribution(folder);

    assertThat(sandbox.run("bin/linkctl").out()).contains("-Xrs\n");
    assertThat(sandbox.run("bin/linkd").out()).doesNotContain("-Xrs");
  }

  @Test
  void linkdRunsTheDaemonWithNativeAccess() {
    Ran ran = Sandbox.distribution(folder).run("bin/linkd", "--socket", "s");

    assertThat(ran.out())
        .contains("--enable-native-access=ALL-UNNAMED\n")
        .endsWith("dev.linkd.server.Main\n--socket\ns\n");
  }

  @Test
  void aDaemonThatStaysGivesMemoryBackAndASingleLinkDoesNotCare() {
    Sandbox sandbox = Sandbox.distribution(folder);
    String option = "-XX:TrimNativeHeapInterval=";
    assertThat(sandbox.run("bin/linkd").out()).contains(option);
    assertThat(sandbox.run("bin/linkd", "link").out()).doesNotContain(option);
  }

  @Test
  void theClassPathIsSortedSoThatASharedArchiveFits() {
    Sandbox sandbox = Sandbox.distribution(folder);

    Path lib = sandbox.home().resolve("lib");
    assertThat(sandbox.run("bin/linkctl").out())
        .contains("-cp\n" + lib.resolve("a.jar") + ":" + lib.resolve("b.jar") + "\n");
  }

  @Test
  void onlyTheDaemonHasItsOwnLibraries() {
    Sandbox sandbox = Sandbox.distribution(folder);

    String own = sandbox.home().resolve("lib/daemon/d.jar").toString();
    assertThat(sandbox.run("bin/linkd").out()).contains(":" + own + "\n");
    assertThat(sandbox.run("bin/linkctl").out()).doesNotContain(own);
  }

  @Test
  void theClientLearnsWhichDaemonToStart() {
    Sandbox sandbox = Sandbox.distribution(folder);

    assertThat(sandbox.run("bin/linkctl").out())
        .contains("-Dlinkd.daemon=" + sandbox.home().resolve("bin/linkd") + "\n");
  }

  @Test
  void anotherFolderOfJarsCanBeGiven() {
    Sandbox sandbox = Sandbox.checkout(folder);
    sandbox.write("other/c.jar", "");
    Path other = sandbox.home().resolve("other");

    Ran ran = sandbox.with("LINKD_LIB", other.toString()).run("bin/linkctl");

    assertThat(ran.out()).contains("-cp\n" + other.resolve("c.jar") + "\n");
    assertThat(sandbox.builds()).isZero();
  }

  @Test
  void jvmOptionsCanBeAdded() {
    Sandbox sandbox = Sandbox.distribution(folder).with("LINKD_JAVA_OPTS", "-Xmx1g -Dx=y");

    assertThat(sandbox.run("bin/linkd").out()).contains("-Xmx1g\n-Dx=y\n");
  }

  @Test
  void ldHandsItsArgumentsToLinkctl() {
    Sandbox sandbox = Sandbox.distribution(folder);

    String expected = "dev.linkd.client.Main\nld\n--\n-o\nprog\n--help\n";
    assertThat(sandbox.run("bin/ld.linkd", "-o", "prog", "--help").out()).endsWith(expected);
    assertThat(sandbox.run("libexec/ld", "-o", "prog", "--help").out()).endsWith(expected);
  }

  @Test
  void ldLinksByItselfWhenNoDaemonIsWanted() {
    Sandbox sandbox = Sandbox.distribution(folder).with("LINKD_DAEMON", "off");

    Ran ran = sandbox.run("libexec/ld", "-o", "two words");

    String own = sandbox.home().resolve("lib/daemon/d.jar").toString();
    assertThat(ran.out())
        .contains(own, "-XX:TieredStopAtLevel=1")
        .endsWith("dev.linkd.server.Main\nlink\n--\n-o\ntwo words\n");
    assertThat(ran.err()).isEmpty();
  }

  @Test
  void aLinkToALauncherWorksFromAnywhere() throws IOException {
    Sandbox sandbox = Sandbox.distribution(folder);
    Path first =
        Files.createSymbolicLink(folder.resolve("ld"), sandbox.home().resolve("bin/ld.linkd"));
    Path second = Files.createSymbolicLink(folder.resolve("ld2"), Path.of("ld"));

    assertThat(sandbox.run(first, "-r").out()).endsWith("ld\n--\n-r\n");
    assertThat(sandbox.run(second, "-r").out()).endsWith("ld\n--\n-r\n");
  }

  @Test
  void aFolderThatIsNeitherDistributionNorCheckoutIsExplained() {
    Ran ran = new Sandbox(folder).run("bin/linkctl", "status");

    assertThat(ran.status()).isNotZero();
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err()).contains("neither lib/ nor sources");
  }

  @Test
  void manyLaunchersBuildACheckoutOnce() throws Exception {
    Sandbox sandbox = Sandbox.checkout(folder);
    Callable<Ran> start = () -> sandbox.run("bin/linkctl", "status");

    List<Future<Ran>> all;
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      all = threads.invokeAll(List.of(start, start, start, start));
    }

    for (Future<Ran> one : all) {
      assertThat(one.get().status()).as(one.get().err()).isZero();
      assertThat(one.get().out()).endsWith("dev.linkd.client.Main\nstatus\n");
    }
    assertThat(sandbox.builds()).isEqualTo(1);
  }
}

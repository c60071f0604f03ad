package dev.linkd.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A process that becomes another program. */
@Timeout(60)
class ProcessImageTest {
  /** Is about to become a program that succeeds; the argument says what happens before. */
  static final class Becoming {
    public static void main(String[] arguments) throws Exception {
      if (arguments[0].equals("ending")) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> pause(1_000)));
        new Thread(() -> System.exit(7)).start();
        pause(300);
      }
      throw ProcessImage.replace(List.of("/bin/sh", "-c", "kill $$; exit 3"));
    }

    private static void pause(long millis) {
      try {
        Thread.sleep(millis);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static int become(String what) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Becoming.class.getName(),
                what)
            .inheritIO()
            .start();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  @Test
  void aSignalThatIsObeyedAlreadyIsNotLostWithTheProgram() throws Exception {
    assertThat(become("ending")).as("as it was asked to end").isEqualTo(7);
  }

  @Test
  void theNewProgramIsEndedBySignals() throws Exception {
    assertThat(become("new")).as("128 + SIGTERM").isEqualTo(143);
  }
}

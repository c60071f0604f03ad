package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.diag.LinkException;
import dev.linkd.elf.ElfOutputs;
import dev.linkd.output.LinkDriver.Invocation;
import dev.linkd.output.LinkDriver.LinkExit;
import dev.linkd.output.Output;
import dev.linkd.output.OutputSpec;
import dev.linkd.session.Counters;
import dev.linkd.session.Limits;
import dev.linkd.session.OutputRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Links with the outputs of a daemon, where each output has a thread of its own. */
class RegistryLinkTest {
  private static final int ROUNDS = 12;
  private static final int OUTPUTS = 500;

  @TempDir Path directory;
  private final ElfOutputs factory = new ElfOutputs();
  private final LdDriver driver = new LdDriver(factory.store());
  private final List<Output> outputs = new CopyOnWriteArrayList<>();
  private final OutputRegistry registry =
      new OutputRegistry(this::open, Limits.DEFAULT, new Counters());
  private Workshop shop;

  @BeforeEach
  void open() throws Exception {
    shop = new Workshop(directory);
    shop.compile("a.c", "int b(void);\nint main(void) { return b() + 2; }\n", "-fPIE");
    shop.compile("b.c", "int b(void) { return 40; }\n", "-fPIE");
  }

  @AfterEach
  void close() throws InterruptedException {
    registry.closeAll("the test ends");
    registry.endWatches();
    shop.close();
  }

  private Output open(OutputSpec spec) throws LinkException {
    Output output = factory.open(spec);
    outputs.add(output);
    return output;
  }

  private LinkExit link(Heard heard, List<String> words) throws InterruptedException {
    Invocation invocation = new Invocation("ld", words, directory, Map.of(), 022);
    return driver.link(invocation, registry, heard);
  }

  private LinkExit linkQuietly(String... command) throws Exception {
    Heard heard = new Heard();
    LinkExit exit = link(heard, shop.linkerWords(command));
    assertThat(heard.messages()).isEmpty();
    assertThat(exit.status()).isZero();
    return exit;
  }

  @Test
  void anOutputIsPatchedStartedOverAndPatchedAgain() throws Exception {
    assertThat(linkQuietly("gcc", "a.o", "b.o", "-o", "p").startOverReason())
        .isEqualTo("FIRST_LINK");
    assertThat(linkQuietly("gcc", "a.o", "b.o", "-o", "p").startOverReason()).isEmpty();
    assertThat(linkQuietly("gcc", "b.o", "a.o", "-o", "p").startOverReason())
        .as("another order is patched")
        .isEmpty();
    assertThat(linkQuietly("gcc", "-rdynamic", "b.o", "a.o", "-o", "p").startOverReason())
        .isEqualTo("OPTIONS_CHANGED");
    shop.compile("b.c", "int b(void) { return 5; }\n", "-fPIE");
    assertThat(linkQuietly("gcc", "-rdynamic", "b.o", "a.o", "-o", "p").startOverReason())
        .isEmpty();
    assertThat(shop.run("p")).isEqualTo("exit 7");
    assertThat(registry.size()).isEqualTo(1);
  }

  @Test
  void contentsOfInputsAreHeldOnceWhileAnOutputHasThem() throws Exception {
    linkQuietly("gcc", "a.o", "b.o", "-o", "p");
    long held = driver.inputBytes();
    assertThat(held).isGreaterThan(Files.size(directory.resolve("a.o")));

    linkQuietly("gcc", "a.o", "b.o", "-o", "q");
    assertThat(driver.inputBytes()).isEqualTo(held);

    registry.closeAll("the test asks for it");
    assertThat(driver.inputBytes())
        .as("scripts such as libc.so, of links that are remembered")
        .isLessThan(Files.size(directory.resolve("a.o")));
  }

  @Test
  void manyLinksOfOneOutputAtOnceAllSucceed() throws Exception {
    List<String> plain = shop.linkerWords("gcc", "a.o", "b.o", "-o", "p");
    List<String> exported = shop.linkerWords("gcc", "-rdynamic", "a.o", "b.o", "-o", "p");
    List<Future<LinkExit>> exits = new ArrayList<>();
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int round = 0; round < ROUNDS; round++) {
        List<String> words = round % 3 == 0 ? exported : plain;
        exits.add(callers.submit(() -> link(new Heard(), words)));
      }
    }

    for (Future<LinkExit> exit : exits) {
      assertThat(exit.get().status()).isZero();
    }
    assertThat(shop.run("p")).isEqualTo("exit 42");
  }

  /** Small images are read again from the files, as long as the files hold them. */
  @Test
  void onlyTheOutputsThatWereLinkedLastKeepTheirImages() throws Exception {
    int count = 20;
    for (int i = 0; i < count; i++) {
      linkQuietly("gcc", "a.o", "b.o", "-o", "p" + i);
      if (i == 1) {
        shop.tool("strip", "p1");
      }
    }
    List<Integer> idle = List.of(0, 2, 3);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (idle.stream().anyMatch(i -> outputs.get(i).status().resident())) {
      assertThat(System.nanoTime()).as("images are given back").isLessThan(end);
      Thread.sleep(10);
    }
    assertThat(outputs.get(1).status().resident()).as("nobody else has this image").isTrue();
    assertThat(outputs.subList(4, count)).allMatch(output -> output.status().resident());

    shop.compile("b.c", "int b(void) { return 5; }\n", "-fPIE");
    for (int i = 0; i < count; i++) {
      assertThat(linkQuietly("gcc", "a.o", "b.o", "-o", "p" + i).startOverReason()).isEmpty();
      assertThat(shop.run("p" + i)).isEqualTo("exit 7");
    }
  }

  /** Executables of a test suite, which share their inputs. */
  @Test
  void fiveHundredOutputsShareTheirInputs() throws Exception {
    List<String> words = shop.linkerWords("gcc", "a.o", "b.o", "-o", "OUTPUT");
    for (int i = 0; i < OUTPUTS; i++) {
      String name = "p" + i;
      Heard heard = new Heard();
      LinkExit exit = link(heard, words.stream().map(w -> w.equals("OUTPUT") ? name : w).toList());
      assertThat(heard.messages()).isEmpty();
      assertThat(exit.startOverReason()).isEqualTo("FIRST_LINK");
    }
    assertThat(registry.size()).isEqualTo(OUTPUTS);
    long files = factory.store().statistics().files();
    assertThat(files).as("held once").isLessThan(50);
    assertThat(factory.store().statistics().contents()).isLessThanOrEqualTo(files);

    shop.compile("b.c", "int b(void) { return 3; }\n", "-fPIE");
    for (String name : List.of("p0", "p" + (OUTPUTS - 1))) {
      LinkExit exit =
          link(new Heard(), words.stream().map(w -> w.equals("OUTPUT") ? name : w).toList());
      assertThat(exit.startOverReason()).as("still resident").isEmpty();
      assertThat(shop.run(name)).isEqualTo("exit 5");
    }
    assertThat(shop.run("p1")).isEqualTo("exit 42");
  }

  @Test
  void aFailedLinkKeepsWhatIsPublished() throws Exception {
    linkQuietly("gcc", "a.o", "b.o", "-o", "p");
    byte[] good = Files.readAllBytes(shop.path("p"));
    Heard heard = new Heard();

    LinkExit exit = link(heard, shop.linkerWords("gcc", "a.o", "-o", "p"));

    assertThat(exit.status()).isEqualTo(1);
    assertThat(heard.messages()).singleElement().asString().contains("undefined symbol: b");
    assertThat(shop.path("p")).hasBinaryContent(good);
  }
}

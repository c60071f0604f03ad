package dev.linkd.server;

import dev.linkd.driver.LdDriver;
import dev.linkd.elf.ElfOutputs;
import dev.linkd.output.LinkDriver;
import dev.linkd.server.rehearsal.Engine;
import dev.linkd.store.InputStore;
import dev.linkd.store.InputWatch;
import java.util.Optional;
import picocli.CommandLine;

/** Entry point of the daemon: puts the formats and the services together. */
public final class Main {
  private Main() {}

  private static Engine rehearsed() {
    ElfOutputs outputs = new ElfOutputs();
    InputWatch watch = new InputWatch(outputs.store());
    return new Engine(outputs, Optional.of(new LdDriver(outputs.store(), watch)), watch::close);
  }

  private static LinkDriver driver(InputStore store, boolean watches) {
    return watches ? new LdDriver(store, new InputWatch(store)) : new LdDriver(store);
  }

  public static void main(String[] arguments) {
    SpareJournal spares = new SpareJournal();
    ElfOutputs outputs = ElfOutputs.ofDaemon(spares);
    InputStore store = outputs.store();
    System.exit(
        new CommandLine(
                new DaemonCommand(
                    outputs,
                    Optional.of(watches -> driver(store, watches)),
                    Optional.of(Main::rehearsed),
                    Optional.of(store::cold),
                    spares))
            .addSubcommand(new LinkCommand(outputs, driver(store, false), System.out))
            .setParameterExceptionHandler(new UsageFaults())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setExpandAtFiles(false)
            .execute(arguments));
  }
}

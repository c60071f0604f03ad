package dev.linkd.server;

import dev.linkd.driver.LdDriver;
import dev.linkd.elf.ElfOutputs;
import dev.linkd.store.InputStore;
import dev.linkd.store.InputWatch;
import java.util.Optional;
import picocli.CommandLine;

/** Entry point of the daemon: puts the formats and the services together. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    ElfOutputs outputs = new ElfOutputs();
    InputStore store = outputs.store();
    LdDriver driver = new LdDriver(store, new InputWatch(store));
    System.exit(
        new CommandLine(
                new DaemonCommand(
                    outputs, Optional.of(driver), Optional.of(new SampleProgram(outputs))))
            .addSubcommand(new LinkCommand(outputs, new LdDriver(store), System.out))
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setExpandAtFiles(false)
            .execute(arguments));
  }
}

package dev.linkd.server;

import static dev.linkd.object.ElfConstants.R_X86_64_PLT32;
import static dev.linkd.object.ElfConstants.SHF_ALLOC;
import static dev.linkd.object.ElfConstants.SHF_EXECINSTR;
import static dev.linkd.object.ElfConstants.SHT_PROGBITS;
import static dev.linkd.object.ElfConstants.STB_GLOBAL;
import static dev.linkd.object.ElfConstants.STT_FUNC;

import com.google.protobuf.ByteString;
import dev.linkd.driver.LdDriver;
import dev.linkd.elf.ElfOutputs;
import dev.linkd.output.OutputKind;
import dev.linkd.output.OutputSpec;
import dev.linkd.session.Rehearsal;
import dev.linkd.v1.AtomPut;
import dev.linkd.v1.Definition;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine;

/** Entry point of the daemon: puts the formats and the services together. */
public final class Main {
  /** A device that takes everything. */
  private static final OutputSpec NOWHERE =
      OutputSpec.of(Path.of("/dev/null"), OutputKind.STATIC_EXECUTABLE);

  /** A function that calls others. */
  static final AtomPut FUNCTION =
      AtomPut.newBuilder()
          .setSection(ByteString.copyFromUtf8(".text"))
          .setSectionType(SHT_PROGBITS)
          .setSectionFlags(SHF_ALLOC | SHF_EXECINSTR)
          .setAlignment(16)
          .addDefinitions(Definition.newBuilder().setInfo(STB_GLOBAL << 4 | STT_FUNC))
          .addRelocationKinds(R_X86_64_PLT32)
          .build();

  private Main() {}

  public static void main(String[] arguments) {
    ElfOutputs outputs = new ElfOutputs();
    LdDriver driver = new LdDriver(outputs.store());
    Rehearsal rehearsal = new Rehearsal(outputs, NOWHERE, FUNCTION);
    System.exit(
        new CommandLine(new DaemonCommand(outputs, Optional.of(driver), Optional.of(rehearsal)))
            .addSubcommand(new LinkCommand(outputs, driver))
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setExpandAtFiles(false)
            .execute(arguments));
  }
}

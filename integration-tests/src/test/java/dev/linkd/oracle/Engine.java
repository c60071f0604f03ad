package dev.linkd.oracle;

import dev.linkd.diag.LinkException;
import dev.linkd.elf.ElfOutputs;
import dev.linkd.output.Output;
import dev.linkd.output.OutputKind;
import dev.linkd.output.OutputSpec;
import java.nio.file.Path;

/** The linker under test. */
public final class Engine {
  private Engine() {}

  public static Output open(Path path, OutputKind kind) throws LinkException {
    return open(OutputSpec.of(path, kind));
  }

  public static Output open(OutputSpec spec) throws LinkException {
    return new ElfOutputs().open(spec);
  }
}

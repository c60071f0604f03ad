package dev.linkd.fuzz;

import static dev.linkd.fuzz.Fuzzing.DIRECTORY;

import dev.linkd.diag.LinkException;
import dev.linkd.elf.ElfOutputs;
import dev.linkd.output.FlushResult;
import dev.linkd.output.Output;
import dev.linkd.output.Output.InputSpec;
import dev.linkd.output.OutputKind;
import dev.linkd.output.OutputSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Links a file of any content into a program, again after the file was put in a second version, and
 * without it. A refusal with a diagnostic is right; what is accepted must equal an independent link
 * of the same inputs.
 */
final class LinkedInput {
  private final Path input;
  private final Path program;
  private final OutputKind kind;
  private final boolean wholeArchive;

  LinkedInput(String name, OutputKind kind, boolean wholeArchive) {
    this.input = DIRECTORY.resolve(name);
    this.program = DIRECTORY.resolve(name + ".out");
    this.kind = kind;
    this.wholeArchive = wholeArchive;
  }

  void check(byte[] content) throws IOException {
    OutputSpec spec = OutputSpec.of(program, kind);
    try (Output output = new ElfOutputs().open(spec)) {
      put(output, content);
      byte[] shorter = java.util.Arrays.copyOf(content, content.length - content.length / 3);
      put(output, shorter);
      put(output, content);
      output.removeInput(input.toString());
      flush(output);
    } catch (LinkException refused) {
      Fuzzing.checkDiagnostic(refused.diagnostic());
    }
  }

  private void put(Output output, byte[] content) throws IOException {
    Files.write(input, content);
    try {
      output.putInput(new InputSpec(input.toString(), input, false, wholeArchive));
    } catch (LinkException refused) {
      Fuzzing.checkDiagnostic(refused.diagnostic());
    }
    flush(output);
  }

  private static void flush(Output output) {
    FlushResult result = output.flush();
    result.diagnostics().forEach(Fuzzing::checkDiagnostic);
    if (result.ok()) {
      List<String> differences = output.verify();
      if (!differences.isEmpty()) {
        throw new AssertionError("verify: " + differences);
      }
    }
  }
}

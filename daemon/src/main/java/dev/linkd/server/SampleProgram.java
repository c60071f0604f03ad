package dev.linkd.server;

import static dev.linkd.object.ElfConstants.R_X86_64_PLT32;
import static dev.linkd.object.ElfConstants.SHF_ALLOC;
import static dev.linkd.object.ElfConstants.SHF_EXECINSTR;
import static dev.linkd.object.ElfConstants.SHT_PROGBITS;
import static dev.linkd.object.ElfConstants.STB_GLOBAL;
import static dev.linkd.object.ElfConstants.STT_FUNC;

import com.google.protobuf.ByteString;
import dev.linkd.output.OutputFactory;
import dev.linkd.output.OutputKind;
import dev.linkd.output.OutputSpec;
import dev.linkd.session.Rehearsal;
import dev.linkd.v1.AtomPut;
import dev.linkd.v1.Definition;
import java.nio.file.Path;

/** What a daemon rehearses: x86-64 functions that call each other, linked into nowhere. */
final class SampleProgram {
  private static final long FUNCTION_ALIGNMENT = 16;

  private final OutputFactory outputs;

  SampleProgram(OutputFactory outputs) {
    this.outputs = outputs;
  }

  Rehearsal rehearsal() {
    return rehearsal(Path.of("/dev/null"));
  }

  Rehearsal rehearsal(Path path) {
    OutputSpec spec = OutputSpec.of(path, OutputKind.STATIC_EXECUTABLE);
    AtomPut function =
        AtomPut.newBuilder()
            .setSection(ByteString.copyFromUtf8(".text"))
            .setSectionType(SHT_PROGBITS)
            .setSectionFlags(SHF_ALLOC | SHF_EXECINSTR)
            .setAlignment(FUNCTION_ALIGNMENT)
            .addDefinitions(Definition.newBuilder().setInfo(STB_GLOBAL << 4 | STT_FUNC))
            .addRelocationKinds(R_X86_64_PLT32)
            .build();
    return new Rehearsal(outputs, spec, function);
  }
}

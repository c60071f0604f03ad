package dev.linkd.session;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.linkd.diag.LinkException;
import dev.linkd.elf.ElfOutputs;
import dev.linkd.fuzz.Fuzzing;
import dev.linkd.output.FlushResult;
import dev.linkd.output.Output;
import dev.linkd.output.OutputKind;
import dev.linkd.output.OutputSpec;
import dev.linkd.v1.UpdateRequest;
import java.nio.file.Path;
import java.util.List;

/** Update requests of any content, decoded, applied and flushed. */
class UpdateStreamFuzz {
  private static final Path PROGRAM = Fuzzing.files().resolve("streamed");
  private static final int UPDATES_MAX = 1_000;

  @FuzzTest
  void apply(byte[] content) throws LinkException {
    UpdateRequest request;
    try {
      request = UpdateRequest.parseFrom(content);
    } catch (InvalidProtocolBufferException malformed) {
      return; // gRPC refuses it before it comes to us
    }
    try (Output output =
        new ElfOutputs().open(OutputSpec.of(PROGRAM, OutputKind.DYNAMIC_EXECUTABLE))) {
      UpdateApplier applier = new UpdateApplier(Limits.DEFAULT, output, "fuzz");
      try {
        applier.begin(request);
      } catch (RequestException refused) {
        return; // the call ends
      }
      for (int i = 0; i < Math.min(request.getUpdatesCount(), UPDATES_MAX); i++) {
        apply(applier, output, request, i);
      }
      flush(output);
    }
  }

  private static void apply(
      UpdateApplier applier, Output output, UpdateRequest request, int index) {
    try {
      switch (request.getUpdates(index).getChangeCase()) {
        case FLUSH -> flush(output);
        case PUT_INPUT -> {} // names a file, which other targets are for
        default -> applier.apply(output, request, index);
      }
    } catch (LinkException refused) {
      Fuzzing.checkDiagnostic(refused.diagnostic());
    }
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

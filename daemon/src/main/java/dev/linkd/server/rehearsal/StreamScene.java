package dev.linkd.server.rehearsal;

import dev.linkd.v1.OpenRequest;
import dev.linkd.v1.OpenResponse;
import dev.linkd.v1.OutputKind;
import dev.linkd.v1.OutputOptions;
import java.io.EOFException;
import java.io.IOException;
import java.util.function.BooleanSupplier;

/**
 * A compiler that streams a program and then changes it: all of it at first, then again with half
 * of it changed, then single functions with a flush for each, of which some are new and some go.
 */
final class StreamScene implements Scene {
  /** Patches after which one kind of edit comes again. */
  private static final int PERIOD = 4;

  private static final int STRIDE = 919;
  private static final String ENTRY = "start";

  private final int functions;
  private final int patches;

  /**
   * @param functions a multiple of four
   * @param patches how often a single function changes
   */
  StreamScene(int functions, int patches) {
    this.functions = functions;
    this.patches = patches;
  }

  @Override
  public void play(Stage stage, BooleanSupplier disturbed) throws IOException, DisturbedException {
    try (StreamCall call = new StreamCall(stage, open(stage), disturbed)) {
      SampleStream program = new SampleStream(call, functions, ENTRY);
      for (int version = 0; version < 2; version++) {
        for (int i = 0; i < functions; i++) {
          program.put(i, i % 2 * version, 0);
        }
        call.flush();
      }
      for (int patch = 0; patch < patches; patch++) {
        int added = functions + patch / PERIOD;
        program.put(patch * STRIDE % functions, patch + 2, patch % 2);
        switch (patch % PERIOD) {
          case 0 -> program.put(added, 0, 0);
          case 2 -> program.remove(added);
          default -> {}
        }
        call.flush();
      }
    }
  }

  private static long open(Stage stage) throws IOException {
    Fields options =
        new Fields()
            .text(OutputOptions.PATH_FIELD_NUMBER, stage.folder().resolve("streamed").toString())
            .number(
                OutputOptions.KIND_FIELD_NUMBER,
                OutputKind.OUTPUT_KIND_STATIC_EXECUTABLE.getNumber())
            .text(OutputOptions.ENTRY_FIELD_NUMBER, ENTRY);
    try (RawCall call = stage.call("Open")) {
      call.send(new Fields().fields(OpenRequest.OPTIONS_FIELD_NUMBER, options).toBytes(), true);
      byte[] answer = call.receive();
      if (answer == null) {
        throw new EOFException("no output could be opened");
      }
      return OpenResponse.parseFrom(answer).getHandle();
    }
  }
}

package dev.linkd.session;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.linkd.diag.LinkException;
import dev.linkd.output.Output;
import dev.linkd.output.OutputFactory;
import dev.linkd.output.OutputSpec;
import dev.linkd.v1.AtomPut;
import dev.linkd.v1.StreamClear;
import dev.linkd.v1.Update;
import dev.linkd.v1.UpdateRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Links a generated program again and again, from the messages as they come over the wire to the
 * bytes of the output, so that the virtual machine has compiled the code before the first client
 * needs it. Nothing of it is visible: the output has no name among the open ones, and its path
 * should be a device that forgets what is written.
 */
public final class Rehearsal {
  /** Enough for the optimising compiler to take an interest in every loop. */
  static final int FUNCTIONS = 4_000;

  static final int ROUNDS = 12;

  private static final int CALLS = 10;
  private static final int PER_REQUEST = 32;
  private static final int BODY_BYTES = 200;
  private static final int STRIDE = 16;
  private static final int SPREAD = 919;
  private static final int PATCHES = 200;
  private static final int ADDEND = -4;

  private final OutputFactory factory;
  private final OutputSpec spec;
  private final AtomPut function;
  private int rounds;

  /**
   * Prepares nothing yet.
   *
   * @param spec of the output; its entry is the first function
   * @param function section, attributes, one definition and one kind of relocation of a function
   *     that calls others, in the format's numbers
   */
  public Rehearsal(OutputFactory factory, OutputSpec spec, AtomPut function) {
    this.factory = factory;
    this.spec = spec;
    this.function = function;
  }

  /** Rounds that were finished. */
  public int rounds() {
    return rounds;
  }

  /** Whether there is nothing left to do. */
  public boolean done() {
    return rounds >= ROUNDS;
  }

  /**
   * Goes on until it is done or is told to stop, which it notices within a request.
   *
   * @throws LinkException when the output cannot be made; then there is no sense in another try
   */
  public void run(BooleanSupplier stop) throws LinkException {
    List<List<ByteString>> versions = List.of(requests(1), requests(2));
    try (Output output = factory.open(spec)) {
      UpdateApplier applier = new UpdateApplier(Limits.DEFAULT, output, "rehearsal");
      while (!done() && !stop.getAsBoolean()) {
        for (List<ByteString> version : versions) {
          send(applier, output, version, stop);
          if (!stop.getAsBoolean()) {
            output.flush();
          }
        }
        patch(applier, output, stop);
        applier.apply(output, CLEAR);
        if (!stop.getAsBoolean()) {
          rounds++;
        }
      }
    }
  }

  private static final Update CLEAR =
      Update.newBuilder().setClearStream(StreamClear.getDefaultInstance()).build();

  private void send(
      UpdateApplier applier, Output output, List<ByteString> requests, BooleanSupplier stop)
      throws LinkException {
    for (ByteString bytes : requests) {
      if (stop.getAsBoolean()) {
        return;
      }
      for (Update update : parse(bytes).getUpdatesList()) {
        applier.apply(output, update);
      }
    }
  }

  /** Single functions, half of which outgrow their places. */
  private void patch(UpdateApplier applier, Output output, BooleanSupplier stop)
      throws LinkException {
    for (int i = 0; i < PATCHES && !stop.getAsBoolean(); i++) {
      int bytes = i % 2 == 0 ? BODY_BYTES : BODY_BYTES * 2;
      applier.apply(output, update(i * SPREAD % FUNCTIONS, rounds + 3, bytes));
      output.flush();
    }
  }

  private static UpdateRequest parse(ByteString bytes) {
    try {
      return UpdateRequest.parseFrom(bytes);
    } catch (InvalidProtocolBufferException fault) {
      throw new IllegalStateException(fault);
    }
  }

  private List<ByteString> requests(int version) {
    List<ByteString> requests = new ArrayList<>();
    for (int first = 0; first < FUNCTIONS; first += PER_REQUEST) {
      UpdateRequest.Builder request = UpdateRequest.newBuilder().setSequence(first + 1L);
      for (int i = first; i < Math.min(FUNCTIONS, first + PER_REQUEST); i++) {
        request.addUpdates(update(i, version, BODY_BYTES));
      }
      requests.add(request.build().toByteString());
    }
    return requests;
  }

  private Update update(int index, int version, int bytes) {
    byte[] body = new byte[bytes];
    body[bytes - 1] = (byte) version;
    AtomPut.Builder atom =
        AtomPut.newBuilder(function)
            .setKey(name(index))
            .clearRelocationKinds()
            .setContent(ByteString.copyFrom(body));
    atom.getDefinitionsBuilder(0).setName(name(index)).setSize(bytes);
    for (int call = 0; call < CALLS; call++) {
      atom.addTargetNames(name((index + call * SPREAD + 1) % FUNCTIONS))
          .addRelocationOffsets(call * (long) STRIDE + 1)
          .addRelocationKinds(function.getRelocationKinds(0))
          .addRelocationTargets(call)
          .addRelocationAddends(ADDEND);
    }
    return Update.newBuilder().setPutAtom(atom).build();
  }

  private ByteString name(int index) {
    return ByteString.copyFromUtf8(index == 0 ? spec.entry() : "f" + index);
  }
}

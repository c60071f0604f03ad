package dev.linkd.server.rehearsal;

import dev.linkd.v1.FlushOutcome;
import dev.linkd.v1.StreamBegin;
import dev.linkd.v1.Update;
import dev.linkd.v1.UpdateRequest;
import dev.linkd.v1.UpdateResponse;
import java.io.EOFException;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** A call of {@code Update}, which puts updates together to requests. */
final class StreamCall implements AutoCloseable {
  private static final int REQUEST_BYTES = 1 << 16;

  /** So many requests are left to apply when the rehearsal is disturbed. */
  private static final int IN_FLIGHT_MAX = 32;

  private final RawCall call;
  private final BooleanSupplier disturbed;
  private final Fields request = new Fields();
  private final Fields update = new Fields();
  private final Map<String, Integer> numbers = new HashMap<>();
  private long sequence = 1;
  private long acknowledged;

  StreamCall(Stage stage, long handle, BooleanSupplier disturbed) throws IOException {
    this.disturbed = disturbed;
    this.call = stage.call("Update");
    Fields begin =
        new Fields()
            .fixed64(StreamBegin.HANDLE_FIELD_NUMBER, handle)
            .text(StreamBegin.STREAM_FIELD_NUMBER, "rehearsal");
    begin().fields(UpdateRequest.BEGIN_FIELD_NUMBER, begin);
  }

  private Fields begin() {
    return request.clear().number(UpdateRequest.SEQUENCE_FIELD_NUMBER, sequence);
  }

  /** The number of a name in this call; one that was not asked for before is sent. */
  int number(String name) {
    Integer known = numbers.get(name);
    if (known == null) {
      request.text(UpdateRequest.NAMES_FIELD_NUMBER, name);
      known = numbers.size() + 1;
      numbers.put(name, known);
    }
    return known;
  }

  /**
   * Adds an update.
   *
   * @param kind field number of the change in Update
   */
  void add(int kind, Fields change) throws IOException, DisturbedException {
    request.fields(UpdateRequest.UPDATES_FIELD_NUMBER, update.clear().fields(kind, change));
    if (request.size() >= REQUEST_BYTES) {
      send();
    }
  }

  /** Sends what waits, and has it published. */
  void flush() throws IOException, DisturbedException {
    add(Update.FLUSH_FIELD_NUMBER, new Fields());
    send();
    awaitAcknowledged(sequence - 1);
  }

  private void send() throws IOException, DisturbedException {
    if (disturbed.getAsBoolean()) {
      throw new DisturbedException();
    }
    call.send(request.toBytes(), false);
    for (byte[] answer = call.received(); answer != null; answer = call.received()) {
      take(answer);
    }
    awaitAcknowledged(sequence - IN_FLIGHT_MAX);
    sequence++;
    begin();
  }

  private void awaitAcknowledged(long wanted) throws IOException {
    while (acknowledged < wanted) {
      byte[] answer = call.receive();
      if (answer == null) {
        throw new EOFException("the stream was ended");
      }
      take(answer);
    }
  }

  private void take(byte[] answer) throws IOException {
    UpdateResponse response = UpdateResponse.parseFrom(answer);
    acknowledged = response.getAcknowledgedSequence();
    if (response.getRejectionsCount() > 0) {
      throw new IOException("rejected: " + response.getRejections(0).getDiagnostic().getMessage());
    }
    for (FlushOutcome outcome : response.getFlushesList()) {
      if (!outcome.getReport().getPublished()) {
        throw new IOException("not published: " + outcome.getReport().getDiagnosticsList());
      }
    }
  }

  /** Waits for what is in flight, which a lost connection would not stop either. */
  @Override
  public void close() throws IOException {
    try (call) {
      call.finish();
    }
  }
}

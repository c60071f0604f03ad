package dev.linkd.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.linkd.server.TestDaemon;
import dev.linkd.v1.AtomPut;
import dev.linkd.v1.AtomRemove;
import dev.linkd.v1.GetRequest;
import dev.linkd.v1.ImportedSymbol;
import dev.linkd.v1.InputPut;
import dev.linkd.v1.LibraryImport;
import dev.linkd.v1.StreamBegin;
import dev.linkd.v1.SymbolDefine;
import dev.linkd.v1.TargetSpace;
import dev.linkd.v1.Update;
import dev.linkd.v1.UpdateRequest;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Requests with damaged bytes: each is refused or applied, none is a defect. A defect would close
 * the output, and the outputs of the tests check that what they are given is consistent.
 */
@Timeout(120)
class HostileStreamTest {
  private static final int STREAMS = 150;
  private static final int REQUESTS = 40;

  /** How a call with damaged requests may end. */
  private static final Set<Status.Code> ALLOWED =
      EnumSet.of(Status.Code.OK, Status.Code.INVALID_ARGUMENT, Status.Code.NOT_FOUND);

  @TempDir Path directory;

  @Test
  void damagedRequestsNeverBecomeDefects() throws Exception {
    long seed = System.nanoTime();
    System.err.println("seed " + seed);
    Random random = new Random(seed);
    try (TestDaemon daemon = new TestDaemon(directory)) {
      long handle = daemon.open("program").getHandle();
      Channel channel = daemon.channel();
      int damaged = 0;
      for (int i = 0; i < STREAMS; i++) {
        damaged += stream(channel, handle, random);
      }
      assertThat(damaged).as("requests that still parse").isGreaterThan(STREAMS);
      assertThat(daemon.link().get(GetRequest.newBuilder().setHandle(handle).build()).getOutput())
          .as("seed %d: the output lives", seed)
          .satisfies(state -> assertThat(state.getStreams()).isZero());
    }
  }

  /** Returns the number of damaged requests that were sent. */
  private static int stream(Channel channel, long handle, Random random) throws Exception {
    StreamClient client = new StreamClient(channel);
    int damaged = 0;
    client.send(
        damage(
            UpdateRequest.newBuilder()
                .setSequence(1)
                .setBegin(StreamBegin.newBuilder().setHandle(handle).setStream("unit"))
                .build(),
            random.nextInt(10) == 0 ? random : new Random(0),
            random.nextInt(10) == 0 ? 1 : 0));
    for (int i = 0; i < REQUESTS; i++) {
      UpdateRequest whole = request(i + 2, random);
      try {
        client.send(damage(whole, random, 1 + random.nextInt(3)));
        damaged++;
      } catch (StatusRuntimeException | IllegalStateException ended) {
        break;
      }
    }
    client.halfCloseIfOpen();
    assertThat(client.awaitEnd().getCode()).isIn(ALLOWED);
    return damaged;
  }

  /** Replaces some bytes; a message that no longer parses is sent whole. */
  private static UpdateRequest damage(UpdateRequest request, Random random, int bytes) {
    byte[] wire = request.toByteArray();
    for (int i = 0; i < bytes; i++) {
      wire[random.nextInt(wire.length)] = (byte) random.nextInt();
    }
    try {
      return UpdateRequest.parseFrom(wire);
    } catch (InvalidProtocolBufferException broken) {
      return request;
    }
  }

  private static UpdateRequest request(int sequence, Random random) {
    UpdateRequest.Builder request = UpdateRequest.newBuilder().setSequence(sequence);
    int updates = random.nextInt(4);
    for (int i = 0; i < updates; i++) {
      request.addUpdates(update(random));
    }
    return request.build();
  }

  private static Update update(Random random) {
    ByteString name = Atoms.bytes("n" + random.nextInt(5));
    return switch (random.nextInt(6)) {
      case 0 -> Update.newBuilder().setRemoveAtom(AtomRemove.newBuilder().setKey(name)).build();
      case 1 ->
          Update.newBuilder()
              .setDefineSymbol(SymbolDefine.newBuilder().setName(name).setValue(1).setAliasOf(name))
              .build();
      case 2 ->
          Update.newBuilder()
              .setImportLibrary(
                  LibraryImport.newBuilder()
                      .setSoname("libc.so")
                      .addSymbols(ImportedSymbol.newBuilder().setName("puts").setSize(8)))
              .build();
      case 3 ->
          Update.newBuilder()
              .setPutInput(InputPut.newBuilder().setPath("/lib/a.o").setKey("a.o"))
              .build();
      case 4 -> Atoms.flush();
      default -> Atoms.put(atom(name, random));
    };
  }

  private static AtomPut.Builder atom(ByteString name, Random random) {
    return Atoms.caller("f", "0123456789", "g")
        .setKey(name)
        .addTargetSpaces(TargetSpace.forNumber(random.nextInt(5)))
        .setAlignment(1L << random.nextInt(21));
  }
}

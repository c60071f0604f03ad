package dev.linkd.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.linkd.elf.ElfOutputs;
import dev.linkd.output.FlushResult;
import dev.linkd.output.Output;
import dev.linkd.output.OutputKind;
import dev.linkd.output.OutputSpec;
import dev.linkd.v1.AtomPut;
import dev.linkd.v1.AtomRemove;
import dev.linkd.v1.Definition;
import dev.linkd.v1.TargetSpace;
import dev.linkd.v1.Update;
import dev.linkd.v1.UpdateRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * One program is sent by names, and by their numbers to another output: the files are the same,
 * through removals, after which names are forgotten and their ids given to others, and links that
 * are made again, after which all ids are others. Two calls to one output have numbers of their
 * own.
 */
class NumberedNamesTest {
  private static final int FUNCTIONS = 40;
  private static final int ROUNDS = 120;
  private static final int R_X86_64_PLT32 = 4;

  @TempDir Path directory;

  private Output open(String name) throws Exception {
    OutputSpec spec = OutputSpec.of(directory.resolve(name), OutputKind.STATIC_EXECUTABLE);
    return new ElfOutputs().open(spec);
  }

  /** One call for each output, with what its next requests are. */
  private static final class Calls {
    final String prefix;
    final UpdateApplier nameApplier;
    final UpdateApplier numberApplier;
    private final Map<String, Integer> numbers = new HashMap<>();
    private UpdateRequest.Builder byName = UpdateRequest.newBuilder();
    private UpdateRequest.Builder byNumber = UpdateRequest.newBuilder();

    private int number(String name) {
      return numbers.computeIfAbsent(
          name,
          text -> {
            byNumber.addNames(ByteString.copyFromUtf8(text));
            return numbers.size() + 1;
          });
    }

    void put(String name, Random random) {
      AtomPut.Builder named = AtomPut.newBuilder();
      AtomPut.Builder numbered = AtomPut.newBuilder();
      int calls = random.nextInt(4);
      for (AtomPut.Builder atom : new AtomPut.Builder[] {named, numbered}) {
        atom.setSectionFlags(6).setAlignment(16);
        atom.setContent(ByteString.copyFrom(new byte[16 + 8 * calls]));
      }
      String section = ".text." + name;
      named.setKey(ByteString.copyFromUtf8(name)).setSection(ByteString.copyFromUtf8(section));
      numbered.setKeyNumber(number(name)).setSectionNumber(number(section));
      Definition.Builder definition = Definition.newBuilder().setInfo(0x12).setSize(16);
      named.addDefinitions(definition.clone().setName(ByteString.copyFromUtf8(name)));
      numbered.addDefinitions(definition.clone().setNameNumber(number(name)));
      for (int i = 0; i < calls; i++) {
        String callee = (random.nextBoolean() ? "f0" : "g0").repeat(1 + random.nextInt(4)) + i;
        named.addTargetNames(ByteString.copyFromUtf8(callee));
        numbered.addTargetNumbers(number(callee));
        for (AtomPut.Builder atom : new AtomPut.Builder[] {named, numbered}) {
          atom.addTargetSpaces(TargetSpace.TARGET_SPACE_WEAK)
              .addRelocationOffsets(8L * i + 1)
              .addRelocationKinds(R_X86_64_PLT32)
              .addRelocationTargets(i)
              .addRelocationAddends(-4);
        }
      }
      byName.addUpdates(Atoms.put(named));
      byNumber.addUpdates(Atoms.put(numbered));
    }

    void remove(String name) {
      Update remove =
          Update.newBuilder()
              .setRemoveAtom(AtomRemove.newBuilder().setKey(ByteString.copyFromUtf8(name)))
              .build();
      byName.addUpdates(remove);
      byNumber.addUpdates(remove);
    }

    Calls(String prefix, Output named, Output numbered) {
      this.prefix = prefix;
      this.nameApplier = new UpdateApplier(Limits.DEFAULT, named, prefix);
      this.numberApplier = new UpdateApplier(Limits.DEFAULT, numbered, prefix);
    }

    void edit(Random random) {
      String name = prefix.repeat(1 + random.nextInt(4)) + random.nextInt(FUNCTIONS / 4);
      if (random.nextInt(3) == 0) {
        remove(name);
      } else {
        put(name, random);
      }
    }

    void send(Output named, Output numbered) throws Exception {
      NumberedNamesTest.send(nameApplier, named, byName.build());
      NumberedNamesTest.send(numberApplier, numbered, byNumber.build());
      byName = UpdateRequest.newBuilder();
      byNumber = UpdateRequest.newBuilder();
    }
  }

  private static void send(UpdateApplier applier, Output output, UpdateRequest request)
      throws Exception {
    applier.begin(request);
    for (int i = 0; i < request.getUpdatesCount(); i++) {
      applier.apply(output, request, i);
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "2, 1", "3, 1", "4, 2", "5, 2", "6, 2"})
  void theSameProgramComesOut(long seed, int calls) throws Exception {
    Random random = new Random(seed);
    try (Output named = open("named");
        Output numbered = open("numbered")) {
      List<Calls> all =
          Stream.of("f0", "g0").limit(calls).map(it -> new Calls(it, named, numbered)).toList();
      int published = 0;
      for (int round = 0; round < ROUNDS; round++) {
        for (int edits = 1 + random.nextInt(12); edits > 0; edits--) {
          Calls one = all.get(random.nextInt(calls));
          one.edit(random);
          if (random.nextInt(4) == 0) {
            one.send(named, numbered);
          }
        }
        all.getFirst().put("_start", random);
        for (Calls one : all) {
          one.send(named, numbered);
        }
        FlushResult one = named.flush();
        FlushResult other = numbered.flush();
        assertThat(other.diagnostics()).isEqualTo(one.diagnostics());
        if (one.ok()) {
          published++;
          assertThat(directory.resolve("numbered"))
              .hasSameBinaryContentAs(directory.resolve("named"));
          assertThat(numbered.verify()).isEmpty();
        }
        if (one.ok() && random.nextInt(10) == 0) {
          loseFile(named, "named");
          loseFile(numbered, "numbered");
        }
      }
      assertThat(published).isGreaterThan(ROUNDS / 2);
    }
  }

  private void loseFile(Output output, String name) throws Exception {
    output.releaseImage(false);
    Files.delete(directory.resolve(name));
  }
}

package dev.linkd.session;

import static dev.linkd.session.Atoms.bytes;
import static dev.linkd.session.Atoms.flush;
import static dev.linkd.session.Atoms.function;
import static dev.linkd.session.Atoms.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.linkd.diag.LinkException;
import dev.linkd.output.Output;
import dev.linkd.v1.AtomPut;
import dev.linkd.v1.UpdateRequest;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Names of the atoms of a request: each atom has its own, in whatever groups they are looked up.
 */
class AtomNamesTest {
  /** What was looked up, one list for each look-up; an id is the number of a name among all. */
  private final List<List<String>> lookUps = new ArrayList<>();

  private final List<String> known = new ArrayList<>();
  private final Output output =
      (Output)
          Proxy.newProxyInstance(
              Output.class.getClassLoader(),
              new Class<?>[] {Output.class},
              (proxy, method, arguments) -> {
                assertThat(method.getName()).isEqualTo("names");
                lookUp(
                    (MemorySegment) arguments[0],
                    (long[]) arguments[1],
                    (int[]) arguments[2],
                    (int) arguments[3],
                    (int[]) arguments[4]);
                return null;
              });
  private final AtomNames names = new AtomNames(new Names(Limits.DEFAULT));

  private void lookUp(MemorySegment bytes, long[] offsets, int[] lengths, int count, int[] ids) {
    List<String> group = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] name = bytes.asSlice(offsets[i], lengths[i]).toArray(ValueLayout.JAVA_BYTE);
      group.add(new String(name, StandardCharsets.UTF_8));
      ids[i] = known.size();
      known.add(group.getLast());
    }
    lookUps.add(group);
  }

  private void takeAndCheck(UpdateRequest request, int index) throws LinkException {
    names.take(output, request, index);
    AtomPut atom = request.getUpdates(index).getPutAtom();
    assertThat(known.get(names.key())).isEqualTo(text(atom.getKey()));
    assertThat(known.get(names.section())).isEqualTo(text(atom.getSection()));
    for (int i = 0; i < atom.getDefinitionsCount(); i++) {
      String name = text(atom.getDefinitions(i).getName());
      assertThat(known.get(names.definition(i))).isEqualTo(name);
    }
    for (int i = 0; i < atom.getTargetNamesCount(); i++) {
      assertThat(known.get(names.target(i))).isEqualTo(text(atom.getTargetNames(i)));
    }
  }

  private static String text(ByteString name) {
    return name.toStringUtf8();
  }

  private static AtomPut.Builder withTargets(String name, int targets) {
    AtomPut.Builder atom = function(name, "code");
    for (int i = 0; i < targets; i++) {
      atom.addTargetNames(bytes(name + " calls " + i));
    }
    return atom;
  }

  @Test
  void everyAtomHasItsOwnNames() throws Exception {
    Random random = new Random(7);
    for (int round = 0; round < 50; round++) {
      UpdateRequest.Builder request = UpdateRequest.newBuilder();
      int updates = 1 + random.nextInt(100);
      for (int i = 0; i < updates; i++) {
        int targets = random.nextInt(10) == 0 ? 50 + random.nextInt(150) : random.nextInt(6);
        request.addUpdates(
            random.nextInt(8) == 0
                ? flush()
                : put(withTargets("round " + round + " atom " + i, targets)));
      }
      names.begin();
      for (int i = 0; i < updates; i++) {
        if (request.getUpdates(i).hasPutAtom()) {
          takeAndCheck(request.build(), i);
        }
      }
    }
  }

  @Test
  void smallAtomsThatFollowEachOtherAreLookedUpTogether() throws Exception {
    UpdateRequest request =
        UpdateRequest.newBuilder()
            .addUpdates(put(withTargets("a", 1)))
            .addUpdates(put(withTargets("b", 0)))
            .addUpdates(put(withTargets("large", Names.GROUP)))
            .addUpdates(put(withTargets("c", 0)))
            .build();
    names.begin();
    takeAndCheck(request, 0);
    takeAndCheck(request, 1);
    assertThat(lookUps)
        .containsExactly(List.of("a", ".text.a", "a", "a calls 0", "b", ".text.b", "b"));
    takeAndCheck(request, 2);
    takeAndCheck(request, 3);
    assertThat(lookUps.getLast()).containsExactly("c", ".text.c", "c");
  }

  @Test
  void aFlushBetweenAtomsForgetsNames() throws Exception {
    UpdateRequest request =
        UpdateRequest.newBuilder()
            .addUpdates(put(function("a", "1")))
            .addUpdates(flush())
            .addUpdates(put(function("a", "2")))
            .build();
    names.begin();
    takeAndCheck(request, 0);
    assertThat(lookUps).hasSize(1);
    takeAndCheck(request, 2);
    assertThat(lookUps).hasSize(2);
  }

  @Test
  void namesOfAnotherRequestAreLookedUpAgain() throws Exception {
    for (String name : List.of("a", "b")) {
      names.begin();
      takeAndCheck(UpdateRequest.newBuilder().addUpdates(put(function(name, "1"))).build(), 0);
    }
    assertThat(lookUps).hasSize(2);
  }

  @Test
  void whatIsWrongWithAnAtomIsSaidWhenItIsItsTurn() throws Exception {
    UpdateRequest request =
        UpdateRequest.newBuilder()
            .addUpdates(put(function("a", "1")))
            .addUpdates(put(function("b", "1").addTargetNames(ByteString.EMPTY)))
            .addUpdates(put(function("c", "1").addTargetNames(bytes("x\0y"))))
            .addUpdates(put(function("d", "1")))
            .build();
    names.begin();
    takeAndCheck(request, 0);
    assertThatThrownBy(() -> names.take(output, request, 1))
        .isInstanceOf(LinkException.class)
        .hasMessageContaining("the name of a target is empty");
    assertThatThrownBy(() -> names.take(output, request, 2))
        .isInstanceOf(LinkException.class)
        .hasMessageContaining("contains NUL");
    takeAndCheck(request, 3);
  }
}

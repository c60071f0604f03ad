package dev.linkd.session;

import static dev.linkd.session.Atoms.bytes;
import static dev.linkd.session.Atoms.flush;
import static dev.linkd.session.Atoms.function;
import static dev.linkd.session.Atoms.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;

import com.google.protobuf.ByteString;
import dev.linkd.diag.LinkException;
import dev.linkd.output.Output;
import dev.linkd.v1.AtomPut;
import dev.linkd.v1.Definition;
import dev.linkd.v1.UpdateRequest;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Names of the atoms of a request: each atom has its own, in whatever groups they are looked up.
 */
class AtomNamesTest {
  /** What was looked up, one list for each look-up; an id is the number of a name among all. */
  private final List<List<String>> lookUps = new ArrayList<>();

  private final List<String> known = new ArrayList<>();

  /** What the ids are of, and births of those that were given anew. */
  private Object table = "first";

  private final Map<Integer, Integer> births = new HashMap<>();
  private final Output output =
      (Output)
          Proxy.newProxyInstance(
              Output.class.getClassLoader(),
              new Class<?>[] {Output.class},
              (proxy, method, arguments) ->
                  switch (method.getName()) {
                    case "names" -> {
                      lookUp(
                          (MemorySegment) arguments[0],
                          (long[]) arguments[1],
                          (int[]) arguments[2],
                          (int) arguments[3],
                          (int[]) arguments[4]);
                      yield null;
                    }
                    case "nameTable" -> table;
                    case "nameBirth" -> births.getOrDefault((int) arguments[0], 1);
                    default -> throw new UnsupportedOperationException(method.getName());
                  });

  private final CallNames numbered = new CallNames(Limits.DEFAULT);
  private final AtomNames names = new AtomNames(new Names(Limits.DEFAULT, numbered));

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

  /** An atom that has all its names by number: key and definition, section, targets. */
  private static AtomPut.Builder byNumber(int key, int section, Integer... targets) {
    return AtomPut.newBuilder()
        .setKeyNumber(key)
        .setSectionNumber(section)
        .addDefinitions(Definition.newBuilder().setNameNumber(key))
        .addAllTargetNumbers(List.of(targets));
  }

  private void number(String... texts) throws RequestException {
    numbered.add(Stream.of(texts).map(Atoms::bytes).toList());
  }

  private String taken(UpdateRequest request, int index) throws LinkException {
    names.take(output, request, index);
    StringBuilder taken = new StringBuilder();
    taken.append(known.get(names.key())).append(' ').append(known.get(names.section()));
    AtomPut atom = request.getUpdates(index).getPutAtom();
    for (int i = 0; i < atom.getDefinitionsCount(); i++) {
      taken.append(' ').append(known.get(names.definition(i)));
    }
    for (int i = 0; i < AtomNames.targets(atom); i++) {
      taken.append(' ').append(known.get(names.target(i)));
    }
    return taken.toString();
  }

  @Test
  void namesByNumberAreLookedUpOnce() throws Exception {
    number("f", ".text", "g");
    UpdateRequest request =
        UpdateRequest.newBuilder()
            .addUpdates(put(byNumber(1, 2, 3, 1)))
            .addUpdates(put(withTargets("a", 1)))
            .addUpdates(put(byNumber(3, 2, 1)))
            .build();
    names.begin();
    assertThat(taken(request, 0)).isEqualTo("f .text f g f");
    takeAndCheck(request, 1);
    assertThat(taken(request, 2)).isEqualTo("g .text g f");
    number("h");
    lookUps.clear();
    names.begin();
    UpdateRequest later =
        UpdateRequest.newBuilder().addUpdates(put(byNumber(1, 2, 3, 4, 2))).build();
    assertThat(taken(later, 0)).isEqualTo("f .text f g h .text");
    assertThat(lookUps).containsExactly(List.of("h"));
    lookUps.clear();
    names.begin();
    assertThat(taken(later, 0)).isEqualTo("f .text f g h .text");
    assertThat(lookUps).containsExactly(List.of());
  }

  @Test
  void aNameWhoseIdWasGivenAnewIsLookedUpAgain() throws Exception {
    number("f", ".text");
    UpdateRequest request = UpdateRequest.newBuilder().addUpdates(put(byNumber(1, 2))).build();
    names.begin();
    taken(request, 0);
    int old = numbered.id(1);
    for (int birth : new int[] {2, 0}) {
      lookUps.clear();
      births.put(numbered.id(1), birth);
      names.begin();
      assertThat(taken(request, 0)).isEqualTo("f .text f");
      assertThat(lookUps)
          .hasSize(1)
          .first()
          .asInstanceOf(LIST)
          .contains("f")
          .doesNotContain(".text");
    }
    assertThat(numbered.id(1)).isNotEqualTo(old);
  }

  @Test
  void namesOfAnotherTableAreLookedUpAgain() throws Exception {
    number("f", ".text");
    UpdateRequest request = UpdateRequest.newBuilder().addUpdates(put(byNumber(1, 2))).build();
    names.begin();
    taken(request, 0);
    lookUps.clear();
    table = "second";
    names.begin();
    assertThat(taken(request, 0)).isEqualTo("f .text f");
    assertThat(lookUps).hasSize(1).first().asInstanceOf(LIST).contains("f", ".text");
  }

  @Test
  void aNumberThatNobodyGaveIsRefusedWhenItIsItsTurn() throws Exception {
    number("f", ".text");
    UpdateRequest request =
        UpdateRequest.newBuilder()
            .addUpdates(put(byNumber(1, 2)))
            .addUpdates(put(byNumber(1, 2, 3)))
            .addUpdates(put(byNumber(1, 2, -1)))
            .addUpdates(put(byNumber(1, 2, 0)))
            .addUpdates(put(byNumber(1, 2).setKey(bytes("f"))))
            .addUpdates(put(byNumber(1, 2, 1)))
            .build();
    names.begin();
    assertThat(taken(request, 0)).isEqualTo("f .text f");
    assertThatThrownBy(() -> taken(request, 1))
        .hasMessageContaining("the name of a target is name number 3, which the call lacks");
    assertThatThrownBy(() -> taken(request, 2)).hasMessageContaining("number 4294967295");
    assertThatThrownBy(() -> taken(request, 3)).hasMessageContaining("a target is empty");
    assertThatThrownBy(() -> taken(request, 4)).hasMessageContaining("both as bytes and by number");
    assertThat(taken(request, 5)).isEqualTo("f .text f f");
  }

  /** By turns names are given as bytes and by number, and ids given anew. */
  @Test
  void namesAreThoseThatWereGivenInWhateverWay() throws Exception {
    Random random = new Random(11);
    List<String> texts = new ArrayList<>();
    for (int round = 0; round < 200; round++) {
      int fresh = random.nextInt(6) + (round == 0 ? 1 : 0);
      for (int i = 0; i < fresh; i++) {
        texts.add("n".repeat(1 + random.nextInt(40)) + texts.size());
        number(texts.getLast());
      }
      UpdateRequest.Builder request = UpdateRequest.newBuilder();
      List<String> expected = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        AtomPut.Builder atom = AtomPut.newBuilder();
        StringBuilder all = new StringBuilder();
        pick(random, texts, all, n -> atom.setKey(bytes(n)), atom::setKeyNumber);
        pick(random, texts, all, n -> atom.setSection(bytes(n)), atom::setSectionNumber);
        boolean numbers = random.nextBoolean();
        for (int target = random.nextInt(30); target > 0; target--) {
          int number = 1 + random.nextInt(texts.size());
          all.append(' ').append(texts.get(number - 1));
          if (numbers) {
            atom.addTargetNumbers(number);
          } else {
            atom.addTargetNames(bytes(texts.get(number - 1)));
          }
        }
        request.addUpdates(put(atom));
        expected.add(all.substring(1));
      }
      if (!known.isEmpty()) {
        births.put(random.nextInt(known.size()), random.nextInt());
      }
      names.begin();
      for (int i = 0; i < 20; i++) {
        assertThat(taken(request.build(), i)).isEqualTo(expected.get(i));
      }
    }
  }

  private static void pick(
      Random random, List<String> texts, StringBuilder all, Consumer<String> name, IntConsumer id) {
    int number = 1 + random.nextInt(texts.size());
    all.append(' ').append(texts.get(number - 1));
    if (random.nextBoolean()) {
      id.accept(number);
    } else {
      name.accept(texts.get(number - 1));
    }
  }
}

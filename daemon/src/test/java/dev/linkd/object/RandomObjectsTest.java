package dev.linkd.object;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random objects are written from a model and must be read back as that model. */
class RandomObjectsTest {
  private static final int OBJECTS = 3000;

  @Test
  void whatWasWrittenIsRead() throws Exception {
    long first = Long.getLong("linkd.seed", System.nanoTime());
    System.out.println("RandomObjectsTest seed " + first);
    int relocations = 0;
    int groups = 0;
    for (long seed = first; seed < first + OBJECTS; seed++) {
      Random random = new Random(seed);
      ObjectModel model = ObjectModel.random(random);
      byte[] bytes = ObjectWriter.write(model, random.nextBoolean());
      ElfObject object = ElfObject.parse("seed" + seed + ".o", MemorySegment.ofArray(bytes));
      relocations += compareSections(model, object);
      compareSymbols(model, object);
      compareGroups(model, object);
      groups += object.groups();
      new Walk().object(object);
    }
    assertThat(relocations).isGreaterThan(OBJECTS);
    // An object has one on average; the count of a run lies some standard deviations around that.
    assertThat(groups).isGreaterThan(OBJECTS / 2);
  }

  private static int compareSections(ObjectModel model, ElfObject object) {
    int relocations = 0;
    for (int s = 0; s < model.sections.size(); s++) {
      ObjectModel.Section expected = model.sections.get(s);
      assertThat(object.sectionName(s)).as(object.name()).isEqualTo(expected.name());
      assertThat(object.sectionType(s)).isEqualTo(expected.type());
      assertThat(object.sectionFlags(s)).isEqualTo(expected.flags());
      assertThat(object.sectionSize(s)).isEqualTo(expected.content().length);
      assertThat(object.contentSize(s)).isEqualTo(expected.content().length);
      assertThat(object.sectionAlignment(s)).isEqualTo(Math.max(1, expected.alignment()));
      assertThat(object.sectionEntrySize(s)).isEqualTo(expected.entrySize());
      if (expected.type() == ElfConstants.SHT_PROGBITS) {
        assertThat(object.sectionBytes(s).toArray(ValueLayout.JAVA_BYTE))
            .isEqualTo(expected.content());
      }
      assertThat(object.relocationCount(s)).isEqualTo(expected.relocations().size());
      for (int r = 0; r < expected.relocations().size(); r++) {
        assertThat(
                new ObjectModel.Relocation(
                    object.relocationOffset(s, r),
                    object.relocationKind(s, r),
                    object.relocationSymbol(s, r),
                    object.relocationAddend(s, r)))
            .as("%s section %d", object.name(), s)
            .isEqualTo(expected.relocations().get(r));
        relocations++;
      }
    }
    return relocations;
  }

  private static void compareSymbols(ObjectModel model, ElfObject object) {
    assertThat(object.symbols()).isEqualTo(model.symbols.size());
    assertThat(object.firstGlobal()).isEqualTo(model.firstGlobal);
    for (int y = 0; y < model.symbols.size(); y++) {
      assertThat(
              new ObjectModel.Symbol(
                  object.symbolName(y),
                  object.symbolInfo(y),
                  object.symbolOther(y),
                  object.symbolSection(y),
                  object.symbolValue(y),
                  object.symbolSize(y)))
          .as("%s symbol %d", object.name(), y)
          .isEqualTo(model.symbols.get(y));
      assertThat(object.symbolNameLength(y)).isEqualTo(object.symbolName(y).length());
    }
  }

  private static void compareGroups(ObjectModel model, ElfObject object) {
    assertThat(object.groups()).isEqualTo(model.groups.size());
    for (int g = 0; g < model.groups.size(); g++) {
      ObjectModel.Group expected = model.groups.get(g);
      assertThat(object.groupSignatureSymbol(g)).isEqualTo(expected.signature());
      assertThat(object.groupComdat(g)).isEqualTo(expected.comdat());
      assertThat(object.groupMembers(g)).isEqualTo(expected.members().size());
      for (int i = 0; i < expected.members().size(); i++) {
        assertThat(object.groupMember(g, i)).isEqualTo(expected.members().get(i));
        assertThat(object.groupOf(expected.members().get(i))).isEqualTo(g);
      }
    }
    for (int s = 0; s < model.sections.size(); s++) {
      int section = s;
      boolean member = model.groups.stream().anyMatch(g -> g.members().contains(section));
      assertThat(object.groupOf(s) != ElfObject.NONE).isEqualTo(member);
    }
  }
}

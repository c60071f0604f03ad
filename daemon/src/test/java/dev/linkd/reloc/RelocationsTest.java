package dev.linkd.reloc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.linkd.symbol.Symbols;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Fields that share a word of a row do not disturb each other. */
class RelocationsTest {
  private static final int ROWS = 1000;
  private static final int[] FLAGS = {
    Relocations.PENDING, Relocations.WEAK, Relocations.FAILED, Relocations.OWNER, Relocations.FAR
  };

  private final Symbols symbols = new Symbols(1 << 16);
  private final Relocations relocations = new Relocations(symbols, 1 << 16);
  private final int symbol = symbols.add(1, Symbols.GLOBAL);

  /** What a row should hold. */
  private static final class Model {
    int offset;
    int kind;
    int flags;
    long addend;
    int slot = Relocations.NONE;
    int needs;
  }

  @AfterEach
  void close() {
    relocations.close();
    symbols.close();
  }

  private static Model random(Random random) {
    Model model = new Model();
    model.offset = random.nextInt();
    model.kind = random.nextInt(Relocations.KINDS);
    model.flags = random.nextInt(32);
    model.addend = random.nextLong();
    return model;
  }

  private int add(Model model) {
    int row = relocations.allocateRun(1);
    relocations.set(row, 5, model.offset, model.kind, model.flags, symbol, model.addend);
    return row;
  }

  private void check(int row, Model model) {
    assertThat(relocations.atom(row)).isEqualTo(5);
    assertThat(relocations.offset(row)).isEqualTo(Integer.toUnsignedLong(model.offset));
    assertThat(relocations.symbol(row)).isEqualTo(symbol);
    assertThat(relocations.kind(row)).isEqualTo(model.kind);
    assertThat(relocations.addend(row)).isEqualTo(model.addend);
    assertThat(relocations.dynamicSlot(row)).isEqualTo(model.slot);
    assertThat(relocations.needs(row)).isEqualTo(model.needs);
    for (int flag : FLAGS) {
      assertThat(relocations.flag(row, flag)).isEqualTo((model.flags & flag) != 0);
    }
  }

  @Test
  void rowsHoldWhatTheyWereGiven() {
    long seed = Long.getLong("linkd.seed", System.nanoTime());
    Random random = new Random(seed);
    int[] rows = new int[ROWS];
    Model[] models = new Model[ROWS];
    for (int i = 0; i < ROWS; i++) {
      models[i] = random(random);
      rows[i] = add(models[i]);
    }
    for (int step = 0; step < 20_000; step++) {
      int i = random.nextInt(ROWS);
      Model model = models[i];
      switch (random.nextInt(6)) {
        case 0 -> relocations.setNeeds(rows[i], model.needs = random.nextInt(Relocations.NEEDS));
        case 1 -> relocations.setDynamicSlot(rows[i], model.slot = random.nextInt(1 << 30));
        case 2 -> relocations.setDynamicSlot(rows[i], model.slot = Relocations.NONE);
        case 3 -> {
          model.offset = random.nextInt();
          model.addend = random.nextLong();
          relocations.setPlace(rows[i], model.offset, model.addend);
        }
        case 4 -> {
          boolean on = random.nextBoolean();
          int flag = random.nextBoolean() ? Relocations.PENDING : Relocations.FAILED;
          model.flags = on ? model.flags | flag : model.flags & ~flag;
          relocations.setFlag(rows[i], flag, on);
        }
        default -> {
          relocations.unlink(rows[i]);
          relocations.freeRun(rows[i], 1);
          models[i] = random(random);
          rows[i] = add(models[i]);
        }
      }
      check(rows[i], models[i]);
    }
    for (int i = 0; i < ROWS; i++) {
      check(rows[i], models[i]);
    }
  }

  @Test
  void placesOfDynamicRelocationsAreReused() {
    int[] rows = new int[ROWS];
    long bytes = 0;
    for (int round = 0; round < 300; round++) {
      for (int i = 0; i < ROWS; i++) {
        rows[i] = add(random(new Random(i)));
        relocations.setDynamicSlot(rows[i], i);
      }
      for (int row : rows) {
        relocations.unlink(row);
        relocations.freeRun(row, 1);
      }
      if (round == 0) {
        bytes = relocations.bytes();
      }
    }
    assertThat(relocations.bytes()).isEqualTo(bytes);
  }

  @Test
  void numbersThatDoNotFitAreRefused() {
    int row = add(random(new Random(1)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> relocations.setNeeds(row, Relocations.NEEDS));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> relocations.set(row, 5, 0, Relocations.KINDS, 0, symbol, 0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> relocations.set(row, 5, 0, 0, 32, symbol, 0));
  }
}

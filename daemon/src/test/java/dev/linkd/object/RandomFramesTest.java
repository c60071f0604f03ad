package dev.linkd.object;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random unwind sections are written from a model and must be split as that model. */
class RandomFramesTest {
  private static final int SECTIONS = 2000;

  /** What a record is; {@code cie} is -1 for a CIE. */
  private record Frame(int offset, int size, int cie, int pointer, int relocations) {}

  private final List<Frame> frames = new ArrayList<>();
  private final List<ObjectModel.Relocation> relocations = new ArrayList<>();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final List<Boolean> lsda = new ArrayList<>();

  @Test
  void recordsAreSplitAsTheyWereWritten() throws Exception {
    long first = Long.getLong("linkd.seed", System.nanoTime());
    System.out.println("RandomFramesTest seed " + first);
    int records = 0;
    for (long seed = first; seed < first + SECTIONS; seed++) {
      Random random = new Random(seed);
      boolean terminated = write(random);
      Collections.shuffle(relocations, random);
      ElfObject object = object();
      EhFrames split = EhFrames.split(object, 1);
      compare(split, object, "seed " + seed);
      assertThat(split.terminator() != EhFrames.NONE).isEqualTo(terminated);
      records += split.count();
    }
    assertThat(records).isGreaterThan(SECTIONS * 3);
  }

  private ElfObject object() throws Exception {
    ObjectModel model = new ObjectModel();
    model.sections.add(new ObjectModel.Section("", 0, 0, 0, 0, new byte[0], List.of()));
    model.sections.add(
        new ObjectModel.Section(
            ".eh_frame", ElfConstants.SHT_X86_64_UNWIND, 2, 8, 0, out.toByteArray(), relocations));
    model.symbols.add(new ObjectModel.Symbol("", 0, 0, 0, 0, 0));
    model.firstGlobal = 1;
    byte[] bytes = ObjectWriter.write(model, false);
    return ElfObject.parse("frames.o", MemorySegment.ofArray(bytes));
  }

  private boolean write(Random random) {
    frames.clear();
    relocations.clear();
    lsda.clear();
    out.reset();
    int count = random.nextInt(12);
    for (int i = 0; i < count; i++) {
      if (i == 0 || random.nextInt(4) == 0) {
        writeCie(random);
      } else {
        writeFde(random);
      }
    }
    boolean terminated = random.nextBoolean();
    if (terminated) {
      out.writeBytes(new byte[4 * random.nextInt(1, 3)]);
    }
    return terminated;
  }

  private static ByteBuffer buffer() {
    return ByteBuffer.allocate(128).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** CIE: version 1 or 3, augmentation zR, zPR, zLR or zPLR, all pointers pcrel sdata4. */
  private void writeCie(Random random) {
    boolean personality = random.nextBoolean();
    boolean language = random.nextBoolean();
    int start = out.size();
    ByteBuffer record = buffer().putInt(0).putInt(0);
    record.put((byte) (random.nextBoolean() ? 1 : 3)).put((byte) 'z');
    String letters = (personality ? "P" : "") + (language ? "L" : "") + "R";
    letters.chars().forEach(c -> record.put((byte) c));
    record.put((byte) 0).put((byte) 1).put((byte) 0x78).put((byte) 16);
    record.put((byte) (1 + (personality ? 5 : 0) + (language ? 1 : 0)));
    int pointer = -1;
    if (personality) {
      record.put((byte) 0x9b);
      pointer = start + record.position();
      relocations.add(new ObjectModel.Relocation(pointer, 2, 0, 0));
      record.putInt(0);
    }
    if (language) {
      record.put((byte) 0x1b);
    }
    record.put((byte) 0x1b);
    finish(random, record, new Frame(start, 0, -1, pointer, personality ? 1 : 0));
    lsda.add(language);
  }

  private void writeFde(Random random) {
    int cie = random.nextInt(frames.size());
    while (frames.get(cie).cie() >= 0) {
      cie = random.nextInt(frames.size());
    }
    int start = out.size();
    ByteBuffer record = buffer().putInt(0).putInt(start + 4 - frames.get(cie).offset());
    relocations.add(new ObjectModel.Relocation(start + 8L, 2, 0, 0));
    record.putInt(0).putInt(random.nextInt());
    boolean language = lsda.get(cie);
    record.put((byte) (language ? 4 : 0));
    int pointer = -1;
    if (language) {
      pointer = start + record.position();
      relocations.add(new ObjectModel.Relocation(pointer, 2, 0, 0));
      record.putInt(0);
    }
    finish(random, record, new Frame(start, 0, cie, pointer, language ? 2 : 1));
    lsda.add(false);
  }

  /** Appends some instructions, pads to a multiple of 4 and fills in the length. */
  private void finish(Random random, ByteBuffer record, Frame frame) {
    for (int i = random.nextInt(20); i > 0 || record.position() % 4 != 0; i--) {
      record.put((byte) random.nextInt());
    }
    int size = record.position();
    record.putInt(0, size - 4);
    out.write(record.array(), 0, size);
    frames.add(new Frame(frame.offset(), size, frame.cie(), frame.pointer(), frame.relocations()));
  }

  private void compare(EhFrames split, ElfObject object, String seed) {
    assertThat(split.count()).as(seed).isEqualTo(frames.size());
    for (int r = 0; r < frames.size(); r++) {
      boolean isCie = split.isCie(r);
      int pointer = isCie ? split.personality(r) : split.lsda(r);
      assertThat(
              new Frame(
                  split.offset(r), split.size(r), split.cie(r), pointer, split.relocations(r)))
          .as("%s record %d", seed, r)
          .isEqualTo(frames.get(r));
      long last = split.offset(r);
      for (int i = 0; i < split.relocations(r); i++) {
        long offset = object.relocationOffset(1, split.relocation(r, i));
        assertThat(offset).isGreaterThan(last).isLessThan(split.offset(r) + split.size(r));
        last = offset;
      }
    }
  }
}

package dev.linkd.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.diag.Code;
import dev.linkd.diag.Diagnostic;
import dev.linkd.diag.LinkException;
import dev.linkd.oracle.image.ElfImage;
import dev.linkd.oracle.image.ImageRules;
import dev.linkd.oracle.model.Atom;
import dev.linkd.oracle.model.Model;
import dev.linkd.oracle.model.ModelDriver;
import dev.linkd.oracle.model.StreamModel;
import dev.linkd.oracle.naive.Fault;
import dev.linkd.oracle.naive.NaiveLink;
import dev.linkd.oracle.program.RandomEdits;
import dev.linkd.output.FlushResult;
import dev.linkd.output.Output;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/** Drives one output through random edits and checks it after each flush. */
final class EditSession {
  private static final int HISTORY = 12;

  private final Output output;
  private final long seed;
  private final Random random;
  private final RandomEdits edits;
  private final ModelDriver driver;
  private final Deque<String> history = new ArrayDeque<>();
  private Model model = new Model();
  private int done;

  EditSession(Output output, long seed, int functions) {
    this.output = output;
    this.seed = seed;
    random = new Random(seed ^ 0x5eed);
    boolean independent = output.spec().kind().positionIndependent();
    edits = new RandomEdits(seed, functions, independent);
    driver = new ModelDriver(output, random);
  }

  /** Publishes the first program, then that many edits. */
  void run(int count) throws LinkException, IOException, InterruptedException {
    flushNew();
    checkEverything();
    while (done < count) {
      step();
    }
    checkEverything();
  }

  Model model() {
    return model;
  }

  private void step() throws LinkException, IOException, InterruptedException {
    int batch = random.nextInt(10) == 0 ? 1 + random.nextInt(30) : 1;
    for (int i = 0; i < batch; i++) {
      note(edits.next());
      done++;
    }
    if (random.nextInt(40) == 0) {
      undefinedThenRepaired();
    } else if (random.nextInt(40) == 0) {
      duplicateThenRepaired();
    } else if (random.nextInt(20) == 0) {
      repeatSomething();
    }
    flushNew();
    compare();
    if (random.nextInt(50) < batch) {
      checkEverything();
    }
  }

  private void flushNew() throws LinkException {
    Model next = edits.program().model();
    driver.apply(model, next);
    model = next;
    FlushResult result = output.flush();
    assertThat(result.diagnostics()).as(context()).isEmpty();
    assertThat(result.generation()).as(context()).isEqualTo(output.generation());
  }

  /** The file means what the model says. */
  private void compare() throws IOException {
    assertThat(Oracle.compare(model, output.path())).as(context()).isEmpty();
  }

  /** Also every reader accepts the file, and the program prints what it should. */
  private void checkEverything() throws IOException, InterruptedException {
    compare();
    assertThat(ImageRules.problems(ElfImage.read(output.path()))).as(context()).isEmpty();
    assertThat(output.verify()).as(context()).isEmpty();
    assertThat(Programs.run(output.path())).as(context()).isEqualTo(edits.program().checksum());
  }

  private void undefinedThenRepaired() throws LinkException, IOException {
    Model broken = model.copy();
    List<Runnable> removals = new ArrayList<>();
    for (StreamModel stream : broken.streams().values()) {
      for (Atom atom : stream.atoms().values()) {
        if (!atom.key().equals(RandomEdits.ENTRY)) {
          removals.add(() -> stream.atoms().remove(atom.key()));
        }
      }
    }
    removals.get(random.nextInt(removals.size())).run();
    note("remove an atom");
    refused(broken);
  }

  private void duplicateThenRepaired() throws LinkException, IOException {
    Model broken = model.copy();
    List<Atom> atoms = new ArrayList<>();
    broken.streams().values().forEach(s -> atoms.addAll(s.atoms().values()));
    Atom atom = atoms.get(random.nextInt(atoms.size()));
    Atom copy =
        new Atom(
            "copy",
            atom.section(),
            atom.sectionType(),
            atom.sectionFlags(),
            atom.alignment(),
            atom.size(),
            atom.bytes(),
            atom.definitions(),
            List.of());
    broken.stream("copies").put(copy);
    note("define twice what " + atom + " defines");
    refused(broken);
  }

  /** A model with faults is refused and the old file stays as it is; others are published. */
  private void refused(Model broken) throws LinkException, IOException {
    List<Fault> faults = new NaiveLink(broken).faults();
    byte[] before = Files.readAllBytes(output.path());
    driver.apply(model, broken);
    model = broken;
    FlushResult result = output.flush();
    if (faults.isEmpty()) {
      assertThat(result.diagnostics()).as(context()).isEmpty();
      return;
    }
    assertThat(result.ok()).as("%s: %s", context(), faults).isFalse();
    assertThat(result.published()).as(context()).isFalse();
    assertThat(codes(result)).as(context()).containsExactlyInAnyOrderElementsOf(expected(faults));
    assertThat(Files.readAllBytes(output.path())).as(context()).isEqualTo(before);
  }

  private static List<Code> codes(FlushResult result) {
    return result.diagnostics().stream().map(Diagnostic::code).distinct().toList();
  }

  private static List<Code> expected(List<Fault> faults) {
    return faults.stream().map(Fault::code).distinct().toList();
  }

  private void repeatSomething() throws LinkException {
    for (var stream : model.streams().entrySet()) {
      for (Atom atom : stream.getValue().atoms().values()) {
        if (random.nextInt(10) == 0) {
          driver.repeat(stream.getKey(), atom);
        }
      }
    }
    note("repeat some atoms");
  }

  private void note(String edit) {
    history.addLast(done + " " + edit);
    if (history.size() > HISTORY) {
      history.removeFirst();
    }
  }

  private String context() {
    return "seed " + seed + " after " + history;
  }
}

package dev.linkd.oracle.program;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A program and an endless series of edits of it, all determined by a seed. */
public final class RandomEdits {
  /** Key of the atom that the entry symbol is in. */
  public static final String ENTRY = Program.START;

  private record Edit(String name, Runnable action) {}

  private final Program program = new Program();
  private final Random random;
  private final List<Edit> edits = new ArrayList<>();
  private final FunctionEdits functions;
  private final DataEdits data;
  private final SymbolEdits symbols;
  private final int size;

  public RandomEdits(long seed, int size) {
    this(seed, size, false);
  }

  /**
   * @param size functions that the program has on the average
   * @param independent the code works at any address
   */
  public RandomEdits(long seed, int size, boolean independent) {
    random = new Random(seed);
    this.size = size;
    Choice choice = new Choice(program, random, independent);
    functions = new FunctionEdits(program, choice);
    data = new DataEdits(program, choice);
    symbols = new SymbolEdits(program, choice);
    for (int i = 0; i < Numbers.ALWAYS; i++) {
      program.numbers().values().put(Numbers.always(i), (long) i);
    }
    for (int i = 0; i < size; i++) {
      data.add();
      functions.add();
    }
    table();
  }

  public Program program() {
    return program;
  }

  /** Applies one edit and says which. */
  public String next() {
    Edit edit = edits.get(random.nextInt(edits.size()));
    edit.action.run();
    return edit.name;
  }

  private void table() {
    add(8, "change a constant", functions::constant);
    add(8, "grow a function", functions::grow);
    add(6, "shrink a function", functions::shrink);
    add(1, "grow a function hugely", functions::growHugely);
    add(2, "shrink the biggest function", functions::shrinkBiggest);
    add(5, "add or remove a function", this::addOrRemoveFunction);
    add(2, "replace a function", functions::replace);
    add(4, "align a function", functions::align);
    add(6, "add a step", functions::addStep);
    add(5, "remove a step", functions::removeStep);
    add(8, "retarget a step", functions::retarget);
    add(3, "add a weak definition", functions::addTwin);
    add(4, "toggle a strong definition", functions::toggleStrong);
    add(2, "remove a weak definition", functions::removeTwin);
    add(4, "add or remove data", this::addOrRemoveData);
    add(5, "change data", data::change);
    add(6, "resize data", data::resize);
    add(3, "align data", data::align);
    add(3, "add a pointer", data::addPointer);
    add(3, "remove a pointer", data::removePointer);
    add(2, "toggle constant data", data::toggleConstant);
    add(5, "rename", symbols::rename);
    add(3, "swap names", symbols::swapNames);
    add(3, "make local", symbols::makeLocal);
    add(3, "make global", symbols::makeGlobal);
    add(2, "make hidden", symbols::makeHidden);
    add(4, "move to a stream", symbols::move);
    add(1, "merge streams", symbols::mergeStreams);
    add(3, "add an alias", symbols::addAlias);
    add(3, "remove an alias", symbols::removeAlias);
    add(3, "set a number", symbols::setNumber);
    add(3, "toggle a number", symbols::toggleMaybe);
  }

  private void add(int weight, String name, Runnable action) {
    for (int i = 0; i < weight; i++) {
      edits.add(new Edit(name, action));
    }
  }

  private void addOrRemoveFunction() {
    if (random.nextInt(2 * size) >= program.functions().size()) {
      functions.add();
    } else {
      functions.remove();
    }
  }

  private void addOrRemoveData() {
    if (random.nextInt(2 * size) >= program.objects().size()) {
      data.add();
    } else {
      data.remove();
    }
  }
}

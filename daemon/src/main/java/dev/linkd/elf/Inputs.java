package dev.linkd.elf;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The inputs of an output by number. Numbers of removed inputs are given again. */
final class Inputs {
  private final List<@Nullable Input> list = new ArrayList<>();
  private final IntQueue free = new IntQueue();
  private int nextPlace;
  private int live;

  /** Number of the input that stands for the linker itself, the first of every output. */
  static final int LINKER = 0;

  /** Bits of an order that tell apart the files of a script and the members of an archive. */
  static final int CONTENT_BITS = 32;

  /** Distance of places that are given one after the other: room for inputs that come between. */
  private static final int STEP = 256;

  interface Maker<T extends Input> {
    T make(int number, long order);
  }

  /** The place behind everything so far; below it there is room for what the input contains. */
  long nextOrder() {
    nextPlace = Math.addExact(nextPlace, STEP);
    return (long) nextPlace << CONTENT_BITS;
  }

  /**
   * A place between two others; never one that {@link #nextOrder} gives.
   *
   * @param run how many inputs are to come between them one after the other
   * @return -1 when there is no room
   */
  static long between(long low, long high, int run) {
    long from = low >> CONTENT_BITS;
    long gap = (high >> CONTENT_BITS) - from;
    long place = from + Math.max(1, gap / (run + 1L));
    if (place % STEP == 0) {
      place++;
    }
    return place < from + gap ? place << CONTENT_BITS : NONE;
  }

  private static final int NONE = -1;

  <T extends Input> T add(Maker<T> maker) {
    return add(nextOrder(), maker);
  }

  /** Adds an input at a place in the order of resolution. */
  <T extends Input> T add(long order, Maker<T> maker) {
    int number = free.isEmpty() ? list.size() : free.removeLast();
    T input = maker.make(number, order);
    if (number == list.size()) {
      list.add(input);
    } else {
      list.set(number, input);
    }
    live++;
    return input;
  }

  /** Gives no place any more that another link has given. */
  void continueAfter(Inputs other) {
    nextPlace = Math.max(nextPlace, other.nextPlace);
  }

  /** Adds an input with a number that is not in use, at a place in the order of resolution. */
  <T extends Input> T addAt(int number, long place, Maker<T> maker) {
    while (list.size() <= number) {
      free.add(list.size());
      list.add(null);
    }
    if (list.get(number) != null) {
      throw new IllegalStateException("input " + number + " exists");
    }
    for (int i = 0; i < free.size(); i++) {
      if (free.get(i) == number) {
        free.removeAt(i);
        break;
      }
    }
    T input = maker.make(number, place);
    list.set(number, input);
    live++;
    return input;
  }

  void remove(Input input) {
    list.set(input.number, null);
    free.add(input.number);
    live--;
  }

  Input get(int number) {
    Input input = list.get(number);
    if (input == null) {
      throw new IllegalStateException("no input " + number);
    }
    return input;
  }

  boolean has(int number) {
    return number >= 0 && number < list.size() && list.get(number) != null;
  }

  /** Whether the input has not been removed. */
  boolean holds(Input input) {
    return has(input.number) && list.get(input.number) == input;
  }

  void forEach(Consumer<Input> action) {
    for (Input input : list) {
      if (input != null) {
        action.accept(input);
      }
    }
  }

  int size() {
    return live;
  }
}

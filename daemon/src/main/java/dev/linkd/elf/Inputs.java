package dev.linkd.elf;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The inputs of an output by number. Numbers of removed inputs are given again. */
final class Inputs {
  private final List<@Nullable Input> list = new ArrayList<>();
  private final IntQueue free = new IntQueue();
  private long nextOrder;
  private int live;

  interface Maker<T extends Input> {
    T make(int number, long order);
  }

  <T extends Input> T add(Maker<T> maker) {
    int number = free.isEmpty() ? list.size() : free.removeLast();
    T input = maker.make(number, nextOrder++);
    if (number == list.size()) {
      list.add(input);
    } else {
      list.set(number, input);
    }
    live++;
    return input;
  }

  /** Adds an input with a number that is not in use. */
  <T extends Input> T addAt(int number, Maker<T> maker) {
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
    T input = maker.make(number, nextOrder++);
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

package dev.linkd.elf;

/** An input whose atoms a client sends one by one. */
final class Stream extends Input {
  Stream(int number, String name, long order) {
    super(number, name, order);
  }
}

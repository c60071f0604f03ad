package dev.linkd.elf;

import dev.linkd.diag.Code;
import dev.linkd.diag.Diagnostic;
import dev.linkd.diag.Place;
import dev.linkd.object.ElfObject;
import dev.linkd.output.HeaderRules;
import java.util.TreeSet;

/** Which inputs require code on the stack: those whose {@code .note.GNU-stack} is executable. */
final class StackNotes {

  private final LinkState state;

  /** Numbers of the inputs. */
  private final TreeSet<Integer> requiring = new TreeSet<>();

  StackNotes(LinkState state) {
    this.state = state;
  }

  /** Takes over what a version of an object says. */
  void replace(Input input, ElfObject object) {
    boolean changed =
        object.executableStack() ? requiring.add(input.number) : requiring.remove(input.number);
    if (changed) {
      state.headersDoubtful();
    }
  }

  void remove(Input input) {
    if (requiring.remove(input.number)) {
      state.headersDoubtful();
    }
  }

  boolean executableRequired() {
    return !requiring.isEmpty();
  }

  /** Warns of them unless they get what they require. */
  void report() {
    HeaderRules.Stack stack = state.spec.layout().headers().stack();
    if (requiring.isEmpty() || stack.executable() || stack.ifRequired() || !stack.warn()) {
      return;
    }
    for (int number : requiring) {
      state.problems.add(
          Diagnostic.warning(
              Code.UNSUPPORTED_INPUT,
              Place.input(state.inputs.get(number).name),
              "requires executable stack (because the .note.GNU-stack section is executable),"
                  + " which may cause a segmentation fault",
              "-z execstack-if-needed makes the stack executable, -z noexecstack is the default"));
    }
  }
}

package dev.linkd.elf;

import dev.linkd.diag.Code;
import dev.linkd.diag.Diagnostic;
import dev.linkd.diag.Place;
import dev.linkd.output.OrphanHandling;
import java.util.LinkedHashSet;
import java.util.Set;

/** Complains about sections of inputs that a linker script does not name. */
final class OrphanReport {
  private static final int NONE = -1;

  private final LinkState state;
  private final OrphanHandling handling;

  OrphanReport(LinkState state) {
    this.state = state;
    this.handling = state.spec.layout().placement().orphans();
  }

  void report(ScriptLayout places) {
    if (handling != OrphanHandling.WARN && handling != OrphanHandling.ERROR) {
      return;
    }
    for (ScriptSection orphan : places.orphans()) {
      OutputSection output = orphan.output;
      if (output != null) {
        report(orphan.name, output);
      }
    }
  }

  private void report(String name, OutputSection output) {
    Set<String> inputs = new LinkedHashSet<>();
    for (int node = state.file.first(output.node); node != NONE; node = state.file.next(node)) {
      int atom = state.file.owner(node);
      if (Owners.isAtom(atom) && state.atoms.size(atom) > 0) {
        Input input = state.inputs.get(state.atoms.input(atom));
        if (input instanceof ObjectInput || input instanceof Stream) {
          inputs.add(input.name);
        }
      }
    }
    for (String input : inputs) {
      state.problems.add(diagnostic(name, input));
    }
  }

  private Diagnostic diagnostic(String name, String input) {
    String section = "orphan section `" + name + "' from `" + input + "'";
    return handling == OrphanHandling.ERROR
        ? Diagnostic.error(Code.INVALID_REQUEST, Place.NONE, "unplaced " + section)
        : Diagnostic.warning(
            Code.INVALID_REQUEST, Place.NONE, section + " being placed in section `" + name + "'");
  }
}

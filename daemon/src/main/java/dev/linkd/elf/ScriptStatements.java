package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.SHF_EXECINSTR;

import dev.linkd.diag.LinkException;
import dev.linkd.elf.ScriptValue.Home;
import dev.linkd.mapped.MappedFile;
import dev.linkd.object.LayoutCommand;
import dev.linkd.object.LayoutCommand.Assertion;
import dev.linkd.object.LayoutCommand.Assign;
import dev.linkd.object.LayoutCommand.Data;
import dev.linkd.object.LayoutCommand.Fill;
import dev.linkd.object.LayoutCommand.Inputs;
import dev.linkd.object.LayoutCommand.Section;

/** Follows the statements inside a section of a linker script. */
final class ScriptStatements {
  private static final long PAD_MAX = 1L << 34;

  private final LinkState state;
  private final Layout layout;
  private final MappedFile file;
  private final ScriptNames names;
  private final ScriptExpressions expressions;
  private final ScriptEvaluator evaluator;
  private final ScriptBytes bytes;

  /** A statement has another size. */
  private boolean changed;

  ScriptStatements(
      LinkState state,
      Layout layout,
      ScriptNames names,
      ScriptExpressions expressions,
      ScriptEvaluator evaluator) {
    this.state = state;
    this.layout = layout;
    this.file = state.file;
    this.names = names;
    this.expressions = expressions;
    this.evaluator = evaluator;
    this.bytes = new ScriptBytes(file);
  }

  void begin() {
    changed = false;
  }

  boolean changed() {
    return changed;
  }

  /** What gaps contain: what the section says, else no-operations in code. */
  private FillPattern fill(ScriptSection section, OutputSection output) throws LinkException {
    Section command = section.command;
    if (command != null && command.fill().isPresent()) {
      return FillPattern.of(command.fill().get(), expressions);
    }
    return (output.flags & SHF_EXECINSTR) != 0 ? FillPattern.CODE : FillPattern.ZEROS;
  }

  /** Follows the statements of a section that begins at an address. */
  void follow(ScriptSection section, OutputSection output, long start) throws LinkException {
    boolean opaque = section.markers.length == 0;
    FillPattern fill = fill(section, output);
    for (int i = 0; i < section.statements.size(); i++) {
      LayoutCommand statement = section.statements.get(i);
      if (opaque) {
        if (statement instanceof Inputs inputs && takes(inputs, contentName(output))) {
          names.moveDot(Math.max(names.dot(), start + layout.size(output)));
        }
      } else {
        names.moveDot(start + file.offset(section.markers[i]));
      }
      expressions.inside(new Home(output, start));
      try {
        switch (statement) {
          case Assign assign when assign.dot() && !opaque ->
              pad(section, output, section.markers[i], assign, fill);
          case Assign assign -> evaluator.assign(assign, output);
          case Assertion assertion -> evaluator.check(assertion);
          default -> {}
        }
      } finally {
        expressions.inside(Home.NONE);
      }
      switch (statement) {
        case Data data -> {
          int marker = section.markers[i];
          changed |= bytes.resize(output, marker, data.bytes());
          bytes.number(marker, data.bytes(), expressions.number(data.value()));
          names.moveDot(names.dot() + data.bytes());
        }
        case Fill filling -> fill = FillPattern.of(filling, expressions);
        default -> {}
      }
    }
    names.moveDot(Math.max(names.dot(), start + layout.size(output)));
  }

  private static boolean takes(Inputs inputs, String name) {
    for (LayoutCommand.Pattern pattern : inputs.sections()) {
      if (Glob.matches(pattern.name(), name)) {
        return true;
      }
    }
    return false;
  }

  /** Without a dynamic linker the relocations of the PLT are those of indirect functions. */
  private String contentName(OutputSection output) {
    boolean indirect = output.name.equals(".rela.plt") && !state.spec.kind().dynamic();
    return indirect ? ".rela.iplt" : output.name;
  }

  /** Moves the counter: numbers count from the start of the section. */
  private void pad(
      ScriptSection section, OutputSection output, int marker, Assign assign, FillPattern fill)
      throws LinkException {
    long target = expressions.counter(assign.at(), assign.value());
    long room = target - names.dot();
    if (room < 0 || room > PAD_MAX) {
      throw names.fault(
          assign.at(),
          "cannot move location counter %s (from %016x to %016x)"
              .formatted(room < 0 ? "backwards" : "that far", names.dot(), target));
    }
    changed |= bytes.resize(output, marker, room);
    bytes.fill(section, output, marker, fill);
    names.moveDot(target);
  }
}

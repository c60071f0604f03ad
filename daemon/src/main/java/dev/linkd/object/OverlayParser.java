package dev.linkd.object;

import dev.linkd.diag.Code;
import dev.linkd.diag.LinkException;
import dev.linkd.object.LayoutCommand.Assign;
import dev.linkd.object.LayoutCommand.Constraint;
import dev.linkd.object.LayoutCommand.NoCrossReferences;
import dev.linkd.object.LayoutCommand.Scope;
import dev.linkd.object.LayoutCommand.Section;
import dev.linkd.object.LayoutCommand.SectionType;
import dev.linkd.object.LayoutExpression.Binary;
import dev.linkd.object.LayoutExpression.Call;
import dev.linkd.object.LayoutExpression.Name;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads {@code OVERLAY}: sections that share one range of addresses and lie behind each other where
 * they are loaded. It means the same as sections with addresses, load addresses and symbols that
 * say where each is loaded.
 */
final class OverlayParser {
  private final LinkerScriptLexer lexer;
  private final ExpressionParser expressions;
  private final SectionParser sections;
  private final LayoutParser commands;

  private Optional<LayoutExpression> address = Optional.empty();
  private Optional<LayoutExpression> load = Optional.empty();
  private boolean separate;

  /** A section as it was read. */
  private record Part(int at, String name, List<LayoutCommand> body, SectionParser.Tail tail) {}

  private final List<Part> parts = new ArrayList<>();

  OverlayParser(
      LinkerScriptLexer lexer,
      ExpressionParser expressions,
      SectionParser sections,
      LayoutParser commands) {
    this.lexer = lexer;
    this.expressions = expressions;
    this.sections = sections;
    this.commands = commands;
  }

  /** Reads what follows the token OVERLAY. */
  List<LayoutCommand> read() throws LinkException {
    int at = lexer.tokenStart();
    int before = lexer.position();
    boolean colon = lexer.nextOperator() && lexer.is(":");
    lexer.reset(before);
    if (!colon) {
      address = Optional.of(expressions.parse());
    }
    commands.expect(":");
    while (lexer.nextWord() && !lexer.is("{")) {
      if (lexer.is("NOCROSSREFS")) {
        separate = true;
      } else if (lexer.is("AT")) {
        load = Optional.of(commands.parenthesised());
      } else {
        throw lexer.fault(Code.MALFORMED_INPUT, "unexpected '" + lexer.token() + "' before '{'");
      }
    }
    while (lexer.nextWord() && !lexer.is("}")) {
      int start = lexer.tokenStart();
      String name = lexer.token();
      if (!lexer.named()) {
        throw lexer.fault(Code.MALFORMED_INPUT, "expected the name of a section");
      }
      commands.expect("{");
      parts.add(new Part(start, name, sections.body(), sections.tail()));
    }
    if (!lexer.is("}") || parts.isEmpty()) {
      throw lexer.fault(Code.MALFORMED_INPUT, "OVERLAY does not end with '}', or is empty");
    }
    return result(at, sections.tail());
  }

  private List<LayoutCommand> result(int at, SectionParser.Tail tail) {
    List<LayoutCommand> result = new ArrayList<>();
    String first = parts.getFirst().name();
    String before = "";
    LayoutExpression longest = LayoutParser.zero();
    for (Part part : parts) {
      Optional<LayoutExpression> start =
          before.isEmpty() ? address : Optional.of(call(at, "ADDR", first));
      Optional<LayoutExpression> loaded =
          before.isEmpty()
              ? load
              : tail.loadRegion.isEmpty()
                  ? Optional.of(end(at, "LOADADDR", before))
                  : Optional.empty();
      List<String> segments = part.tail().segments.isEmpty() ? tail.segments : part.tail().segments;
      result.add(
          new Section(
              part.at(),
              part.name(),
              start,
              SectionType.OVERLAID,
              loaded,
              Optional.empty(),
              Optional.empty(),
              Constraint.NONE,
              part.body(),
              part.tail().fill.isPresent() ? part.tail().fill : tail.fill,
              tail.region,
              tail.loadRegion,
              segments,
              false));
      String symbol = part.name().replaceAll("[^A-Za-z0-9_]", "");
      result.add(provide(at, "__load_start_" + symbol, call(at, "LOADADDR", part.name())));
      result.add(provide(at, "__load_stop_" + symbol, end(at, "LOADADDR", part.name())));
      longest = new Call(at, "MAX", "", List.of(longest, call(at, "SIZEOF", part.name())));
      before = part.name();
    }
    LayoutExpression end = new Binary(at, "+", call(at, "ADDR", first), longest);
    result.add(new Assign(at, Name.DOT, end, Scope.ALWAYS));
    if (separate) {
      result.add(new NoCrossReferences(at, parts.stream().map(Part::name).toList(), false));
    }
    return result;
  }

  private static Assign provide(int at, String symbol, LayoutExpression value) {
    return new Assign(at, symbol, value, Scope.PROVIDE);
  }

  private static LayoutExpression call(int at, String function, String section) {
    return new Call(at, function, section, List.of());
  }

  private static LayoutExpression end(int at, String function, String section) {
    return new Binary(at, "+", call(at, function, section), call(at, "SIZEOF", section));
  }
}

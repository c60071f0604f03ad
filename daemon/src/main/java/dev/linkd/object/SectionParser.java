package dev.linkd.object;

import dev.linkd.diag.Code;
import dev.linkd.diag.LinkException;
import dev.linkd.object.LayoutCommand.Constraint;
import dev.linkd.object.LayoutCommand.Data;
import dev.linkd.object.LayoutCommand.Fill;
import dev.linkd.object.LayoutCommand.Section;
import dev.linkd.object.LayoutCommand.SectionType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads output sections: where they are, what they contain, and what follows the brace. */
final class SectionParser {
  private static final int STATEMENTS_MAX = 100_000;

  /** Statements of newer linkers than this one is like; they are no names of files. */
  private static final Set<String> NEWER = Set.of("ASCII", "ASCIZ", "LINKER_VERSION", "DIGEST");

  private static final Map<String, Integer> DATA =
      Map.of("BYTE", 1, "SHORT", 2, "LONG", 4, "QUAD", 8, "SQUAD", 8);

  private final LinkerScriptLexer lexer;
  private final ExpressionParser expressions;
  private final LayoutParser commands;
  private final SectionTypeParser types;
  private final InputsParser inputs;

  SectionParser(LinkerScriptLexer lexer, ExpressionParser expressions, LayoutParser commands) {
    this.lexer = lexer;
    this.expressions = expressions;
    this.commands = commands;
    this.inputs = new InputsParser(lexer, commands);
    this.types = new SectionTypeParser(lexer, expressions, commands);
  }

  /** Reads the section whose name is the token. */
  Section section() throws LinkException {
    int at = lexer.tokenStart();
    String name = lexer.token();
    Optional<LayoutExpression> address = Optional.empty();
    SectionType type = SectionType.USUAL;
    int before = lexer.position();
    boolean colon = lexer.nextOperator() && lexer.is(":");
    lexer.reset(before);
    if (!colon && !types.follows()) {
      address = Optional.of(expressions.parse());
    }
    if (types.follows()) {
      type = types.read();
    }
    commands.expect(":");
    return contents(at, name, address, type);
  }

  private Section contents(
      int at, String name, Optional<LayoutExpression> address, SectionType type)
      throws LinkException {
    Optional<LayoutExpression> load = Optional.empty();
    Optional<LayoutExpression> alignment = Optional.empty();
    Optional<LayoutExpression> inputAlignment = Optional.empty();
    Constraint constraint = Constraint.NONE;
    boolean alignWithInput = false;
    while (lexer.nextWord() && !lexer.is("{")) {
      switch (lexer.token()) {
        case "AT" -> load = Optional.of(commands.parenthesised());
        case "ALIGN" -> alignment = Optional.of(commands.parenthesised());
        case "SUBALIGN" -> inputAlignment = Optional.of(commands.parenthesised());
        case "ALIGN_WITH_INPUT" -> alignWithInput = true;
        case "ONLY_IF_RO" -> constraint = Constraint.ONLY_IF_RO;
        case "ONLY_IF_RW" -> constraint = Constraint.ONLY_IF_RW;
        default ->
            throw lexer.fault(
                Code.MALFORMED_INPUT, "unexpected '" + lexer.token() + "' before '{'");
      }
    }
    if (!lexer.is("{")) {
      throw lexer.fault(Code.MALFORMED_INPUT, "expected '{'");
    }
    List<LayoutCommand> body = body();
    Tail tail = tail();
    return new Section(
        at,
        name,
        address,
        type,
        load,
        alignment,
        inputAlignment,
        constraint,
        body,
        tail.fill,
        tail.region,
        tail.loadRegion,
        tail.segments,
        alignWithInput);
  }

  /** What may follow the closing brace. */
  static final class Tail {
    Optional<Fill> fill = Optional.empty();
    String region = "";
    String loadRegion = "";
    final List<String> segments = new ArrayList<>();
  }

  Tail tail() throws LinkException {
    Tail tail = new Tail();
    while (true) {
      int before = lexer.position();
      lexer.nextOperator();
      if (lexer.is(">")) {
        tail.region = commands.region(name());
      } else if (lexer.is("AT")) {
        if (!lexer.nextOperator() || !lexer.is(">")) {
          throw lexer.fault(Code.MALFORMED_INPUT, "expected '>' behind AT");
        }
        tail.loadRegion = commands.region(name());
      } else if (lexer.is(":")) {
        tail.segments.add(name());
      } else if (lexer.is("=")) {
        tail.fill = Optional.of(fill(before, false));
      } else if (lexer.is(",")) {
        return tail;
      } else {
        lexer.reset(before);
        return tail;
      }
    }
  }

  /** Digits in hexadecimal are the bytes themselves, however many; other values have four. */
  private Fill fill(int at, boolean parenthesised) throws LinkException {
    int before = lexer.position();
    LayoutExpression value = parenthesised ? commands.parenthesised() : expressions.parse();
    int after = lexer.position();
    String digits = "";
    if (value instanceof LayoutExpression.Number) {
      lexer.reset(before);
      do {
        lexer.nextOperator();
      } while (lexer.is("("));
      String token = lexer.token();
      boolean hexadecimal = token.startsWith("0x") || token.startsWith("0X");
      digits =
          hexadecimal && token.substring(2).chars().allMatch(c -> Character.digit(c, 16) >= 0)
              ? token.substring(2)
              : "";
      lexer.reset(after);
    }
    return new Fill(at, value, digits);
  }

  private String name() throws LinkException {
    if (!lexer.nextWord() || !lexer.named()) {
      throw lexer.fault(Code.MALFORMED_INPUT, "expected a name");
    }
    return lexer.token();
  }

  List<LayoutCommand> body() throws LinkException {
    List<LayoutCommand> body = new ArrayList<>();
    while (lexer.nextWord() && !lexer.is("}")) {
      if (lexer.is(";")) {
        continue;
      }
      if (body.size() == STATEMENTS_MAX) {
        throw lexer.fault(Code.LIMIT_EXCEEDED, "more than " + STATEMENTS_MAX + " statements");
      }
      statement(body);
    }
    if (!lexer.is("}")) {
      throw lexer.fault(Code.MALFORMED_INPUT, "output section does not end with '}'");
    }
    return body;
  }

  private void statement(List<LayoutCommand> body) throws LinkException {
    int at = lexer.tokenStart();
    String word = lexer.token();
    Integer bytes = DATA.get(word);
    if (bytes != null) {
      body.add(new Data(at, bytes, commands.parenthesised()));
      commands.end();
    } else if (word.equals("FILL")) {
      body.add(fill(at, true));
      commands.end();
    } else if (word.equals("KEEP")) {
      commands.expect("(");
      lexer.nextWord();
      inputs.inputs(at, true, body);
      commands.expect(")");
    } else if (NEWER.contains(word)) {
      throw lexer.fault(
          Code.UNSUPPORTED_INPUT, "statement " + word + " of an output section is not supported");
    } else if (word.equals("CONSTRUCTORS") || word.equals("CREATE_OBJECT_SYMBOLS")) {
      commands.end(); // for formats without sections of constructors
    } else {
      LayoutCommand simple = simple(word);
      if (simple != null) {
        body.add(simple);
      } else {
        inputs.inputs(at, false, body);
      }
    }
  }

  private @Nullable LayoutCommand simple(String word) throws LinkException {
    return InputsParser.begins(word) || word.indexOf('*') >= 0 ? null : commands.simple();
  }
}

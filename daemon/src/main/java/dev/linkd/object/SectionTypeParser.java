package dev.linkd.object;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.diag.Code;
import dev.linkd.diag.LinkException;
import dev.linkd.object.LayoutCommand.Loading;
import dev.linkd.object.LayoutCommand.SectionType;
import java.util.Map;

/**
 * Reads the type of an output section: {@code (NOLOAD)}, {@code (INFO)}, {@code (READONLY)}, {@code
 * (TYPE = SHT_NOTE)}, {@code (READONLY (TYPE = 7))}.
 */
final class SectionTypeParser {
  private static final Map<String, Loading> LOADING =
      Map.of(
          "NOLOAD", Loading.ROOM,
          "DSECT", Loading.APART,
          "COPY", Loading.APART,
          "INFO", Loading.APART,
          "OVERLAY", Loading.APART);

  private static final Map<String, Integer> ELF_TYPES =
      Map.of(
          "SHT_PROGBITS", SHT_PROGBITS,
          "SHT_STRTAB", SHT_STRTAB,
          "SHT_NOTE", SHT_NOTE,
          "SHT_NOBITS", SHT_NOBITS,
          "SHT_INIT_ARRAY", SHT_INIT_ARRAY,
          "SHT_FINI_ARRAY", SHT_FINI_ARRAY,
          "SHT_PREINIT_ARRAY", SHT_PREINIT_ARRAY);

  private static final String TYPE = "TYPE";
  private static final String READ_ONLY = "READONLY";

  private final LinkerScriptLexer lexer;
  private final ExpressionParser expressions;
  private final LayoutParser commands;

  SectionTypeParser(LinkerScriptLexer lexer, ExpressionParser expressions, LayoutParser commands) {
    this.lexer = lexer;
    this.expressions = expressions;
    this.commands = commands;
  }

  /** Looks whether a type follows, without going there. */
  boolean follows() throws LinkException {
    int before = lexer.position();
    boolean type = lexer.nextOperator() && lexer.is("(") && lexer.nextOperator();
    String word = lexer.token();
    boolean number = type && lexer.is(TYPE) && lexer.nextOperator() && lexer.is("=");
    boolean keyword = LOADING.containsKey(word) || word.equals(READ_ONLY);
    lexer.reset(before);
    return number || (type && keyword);
  }

  SectionType read() throws LinkException {
    commands.expect("(");
    lexer.nextOperator();
    SectionType type;
    if (lexer.is(TYPE)) {
      type = new SectionType(Loading.USUAL, false, elfType());
    } else if (lexer.is(READ_ONLY)) {
      int before = lexer.position();
      boolean more = lexer.nextOperator() && lexer.is("(");
      lexer.reset(before);
      type = new SectionType(Loading.USUAL, true, more ? nested() : SectionType.OF_INPUTS);
    } else {
      Loading loading = LOADING.getOrDefault(lexer.token(), Loading.USUAL);
      type = new SectionType(loading, false, SectionType.OF_INPUTS);
    }
    commands.expect(")");
    return type;
  }

  private int nested() throws LinkException {
    commands.expect("(");
    commands.expect(TYPE);
    int type = elfType();
    commands.expect(")");
    return type;
  }

  private int elfType() throws LinkException {
    commands.expect("=");
    int at = lexer.position();
    LayoutExpression value = expressions.parse();
    Integer type =
        switch (value) {
          case LayoutExpression.Number number -> (int) number.value();
          case LayoutExpression.Name name -> ELF_TYPES.get(name.name());
          default -> null;
        };
    if (type == null) {
      lexer.reset(at);
      lexer.nextOperator();
      throw lexer.fault(Code.MALFORMED_INPUT, "invalid section type '" + lexer.token() + "'");
    }
    return type;
  }
}

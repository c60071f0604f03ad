package dev.linkd.object;

import static dev.linkd.object.ElfConstants.*;

import dev.linkd.diag.Code;
import dev.linkd.diag.LinkException;
import dev.linkd.object.LayoutCommand.InputFlags;
import dev.linkd.object.LayoutCommand.Inputs;
import dev.linkd.object.LayoutCommand.Pattern;
import dev.linkd.object.LayoutCommand.Sort;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads which input sections of which files a statement takes: {@code files(sections)}. */
final class InputsParser {
  private static final String FLAGS = "INPUT_SECTION_FLAGS";

  private static final Map<String, Sort> SORTS =
      Map.of(
          "SORT", Sort.NAME,
          "SORT_BY_NAME", Sort.NAME,
          "SORT_BY_ALIGNMENT", Sort.ALIGNMENT,
          "SORT_BY_INIT_PRIORITY", Sort.INIT_PRIORITY,
          "SORT_NONE", Sort.INPUTS);

  private static final Map<String, Long> FLAG_NAMES =
      Map.ofEntries(
          Map.entry("SHF_WRITE", SHF_WRITE),
          Map.entry("SHF_ALLOC", SHF_ALLOC),
          Map.entry("SHF_EXECINSTR", SHF_EXECINSTR),
          Map.entry("SHF_MERGE", SHF_MERGE),
          Map.entry("SHF_STRINGS", SHF_STRINGS),
          Map.entry("SHF_INFO_LINK", SHF_INFO_LINK),
          Map.entry("SHF_LINK_ORDER", SHF_LINK_ORDER),
          Map.entry("SHF_GROUP", SHF_GROUP),
          Map.entry("SHF_TLS", SHF_TLS),
          Map.entry("SHF_COMPRESSED", SHF_COMPRESSED),
          Map.entry("SHF_GNU_RETAIN", SHF_GNU_RETAIN),
          Map.entry("SHF_X86_64_LARGE", SHF_X86_64_LARGE));

  private final LinkerScriptLexer lexer;
  private final LayoutParser commands;

  InputsParser(LinkerScriptLexer lexer, LayoutParser commands) {
    this.lexer = lexer;
    this.commands = commands;
  }

  /** Whether a word begins such a statement, whatever follows. */
  static boolean begins(String word) {
    return SORTS.containsKey(word) || word.equals("EXCLUDE_FILE") || word.equals(FLAGS);
  }

  /** Reads the statement whose first word is the token. */
  void inputs(int at, boolean keep, List<LayoutCommand> body) throws LinkException {
    List<String> excluded = new ArrayList<>();
    InputFlags flags = InputFlags.ANY;
    if (lexer.is(FLAGS)) {
      flags = flags();
      lexer.nextWord();
    }
    Sort order = SORTS.getOrDefault(lexer.token(), Sort.NONE);
    boolean sorted = SORTS.containsKey(lexer.token());
    if (sorted) {
      commands.expect("(");
      lexer.nextWord();
      if (lexer.is("CONSTRUCTORS")) {
        commands.expect(")");
        return;
      }
    }
    if (lexer.is("EXCLUDE_FILE")) {
      excluded.addAll(excludedFiles());
      lexer.nextWord();
    }
    StringBuilder files = new StringBuilder();
    if (lexer.is(":")) {
      files.append(':');
      lexer.nextWord();
    }
    files.append(lexer.token());
    if (!lexer.named()) {
      throw lexer.fault(Code.MALFORMED_INPUT, "expected the name of a file");
    }
    if (sorted) {
      commands.expect(")");
    }
    int before = lexer.position();
    lexer.nextWord();
    if (lexer.is(":")) {
      files.append(':');
      before = lexer.position();
      lexer.nextWord();
      if (lexer.named()) {
        files.append(lexer.token());
        before = lexer.position();
        lexer.nextWord();
      }
    }
    List<Pattern> patterns;
    if (lexer.is("(")) {
      patterns = patterns();
    } else {
      lexer.reset(before);
      patterns = List.of(new Pattern("*", List.of(), Sort.NONE, Sort.NONE));
    }
    boolean byFile = order == Sort.NAME;
    body.add(new Inputs(at, keep, flags, byFile, files.toString(), excluded, patterns));
  }

  /** {@code (SHF_ALLOC & !SHF_WRITE)}. */
  private InputFlags flags() throws LinkException {
    long required = 0;
    long forbidden = 0;
    commands.expect("(");
    while (lexer.nextOperator() && !lexer.is(")")) {
      if (lexer.is("&")) {
        continue;
      }
      boolean not = lexer.is("!");
      if (not) {
        lexer.nextOperator();
      }
      Long flag = FLAG_NAMES.get(lexer.token());
      if (flag == null) {
        throw lexer.fault(
            Code.UNSUPPORTED_INPUT, "unknown flag of input sections '" + lexer.token() + "'");
      }
      required |= not ? 0 : flag;
      forbidden |= not ? flag : 0;
    }
    return new InputFlags(required, forbidden);
  }

  private List<String> excludedFiles() throws LinkException {
    List<String> files = new ArrayList<>();
    commands.expect("(");
    while (lexer.next() && !lexer.is(")")) {
      if (!lexer.named()) {
        throw lexer.fault(Code.MALFORMED_INPUT, "expected the name of a file");
      }
      files.add(lexer.token());
    }
    return files;
  }

  private List<Pattern> patterns() throws LinkException {
    List<Pattern> patterns = new ArrayList<>();
    List<String> excluded = List.of();
    while (lexer.nextWord() && !lexer.is(")")) {
      if (lexer.is(",")) {
        continue;
      }
      if (lexer.is("EXCLUDE_FILE")) {
        excluded = excludedFiles();
        continue;
      }
      patterns(excluded, Sort.NONE, Sort.NONE, 0, patterns);
      excluded = List.of();
    }
    if (!lexer.is(")")) {
      throw lexer.fault(Code.MALFORMED_INPUT, "a list of sections does not end with ')'");
    }
    return patterns;
  }

  private void patterns(
      List<String> excluded, Sort outer, Sort inner, int depth, List<Pattern> patterns)
      throws LinkException {
    Sort sort = SORTS.get(lexer.token());
    if (sort == null) {
      if (!lexer.named()) {
        throw lexer.fault(Code.MALFORMED_INPUT, "expected the name of a section");
      }
      patterns.add(new Pattern(lexer.token(), excluded, outer, inner));
      return;
    }
    if (depth == 2) {
      throw lexer.fault(Code.MALFORMED_INPUT, "sections are sorted by two keys at most");
    }
    commands.expect("(");
    List<String> left = excluded;
    while (lexer.nextWord() && !lexer.is(")")) {
      if (lexer.is("EXCLUDE_FILE")) {
        left = excludedFiles();
        continue;
      }
      patterns(left, depth == 0 ? sort : outer, depth == 0 ? inner : sort, depth + 1, patterns);
    }
  }
}

package dev.linkd.object;

import dev.linkd.diag.Code;
import dev.linkd.diag.LinkException;
import dev.linkd.diag.Place;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads the commands that {@link LinkerScript} describes. */
final class LinkerScriptParser {
  /** Scripts that stand in for libraries have some hundred bytes. */
  private static final long SIZE_MAX = 1 << 20;

  private final String name;
  private final LinkerScriptLexer lexer;
  private final List<LinkerScript.Input> inputs = new ArrayList<>();
  private final List<String> searchDirectories = new ArrayList<>();
  private final List<String> required = new ArrayList<>();
  private final List<VersionScript.Node> versions = new ArrayList<>();
  private String outputFormat = "";
  private String entry = "";
  private int groups;

  private final LayoutParser layout;

  static LinkerScriptParser of(String name, String text) throws LinkException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return new LinkerScriptParser(name, MemorySegment.ofArray(bytes));
  }

  LinkerScriptParser(String name, MemorySegment bytes) throws LinkException {
    if (bytes.byteSize() > SIZE_MAX) {
      throw new LinkException(
          Code.LIMIT_EXCEEDED, Place.input(name), "a linker script of more than 1 MiB");
    }
    this.name = name;
    byte[] text = bytes.toArray(ValueLayout.JAVA_BYTE);
    lexer = new LinkerScriptLexer(name, new String(text, StandardCharsets.UTF_8));
    layout = new LayoutParser(lexer);
  }

  LinkerScript parse() throws LinkException {
    while (lexer.nextWord()) {
      if (!lexer.is(";")) {
        command(lexer.token());
      }
    }
    LayoutScript commands =
        new LayoutScript(name, lexer.text(), Insertions.apply(layout.commands()), layout.places());
    return new LinkerScript(
        name,
        inputs,
        outputFormat,
        searchDirectories,
        layout.entry().isEmpty() ? entry : layout.entry(),
        required,
        versions,
        commands);
  }

  private void command(String command) throws LinkException {
    switch (command) {
      case "INPUT" -> {
        open();
        inputs(false, LinkerScript.NONE);
      }
      case "GROUP" -> {
        open();
        inputs(false, groups++);
      }
      case "AS_NEEDED" -> {
        open();
        inputs(true, LinkerScript.NONE);
      }
      case "OUTPUT_FORMAT" -> outputFormat = names(command, 1, 3).getFirst();
      case "SEARCH_DIR" -> searchDirectories.addAll(names(command, 1, 1));
      case "ENTRY" -> entry = names(command, 1, 1).getFirst();
      case "EXTERN" -> required.addAll(names(command, 1, Integer.MAX_VALUE));
      case "OUTPUT_ARCH", "TARGET" -> names(command, 1, 1);
      case "STARTUP" -> {
        open();
        inputs(false, LinkerScript.NONE);
      }
      case "FORCE_COMMON_ALLOCATION", "INHIBIT_COMMON_ALLOCATION", "FORCE_GROUP_ALLOCATION" -> {}
      case "VERSION" -> versions();
      case "INPUT_SECTION_FLAGS", "INCLUDE" -> throw unsupported(command);
      default -> layout(command);
    }
  }

  /** What is between the braces is a version script. */
  private void versions() throws LinkException {
    if (!lexer.next() || !lexer.is("{")) {
      throw lexer.fault(Code.MALFORMED_INPUT, "expected '{'");
    }
    int start = lexer.position();
    int depth = 1;
    while (depth > 0) {
      if (!lexer.next()) {
        throw lexer.fault(Code.MALFORMED_INPUT, "VERSION does not end with '}'");
      }
      depth += lexer.is("{") ? 1 : lexer.is("}") ? -1 : 0;
    }
    String text = lexer.text().substring(start, lexer.tokenStart());
    versions.addAll(VersionScript.parse(name, text).nodes());
  }

  private void layout(String command) throws LinkException {
    if (!lexer.named() || !layout.command()) {
      throw unsupported(command);
    }
  }

  private LinkException unsupported(String command) {
    return lexer.fault(
        Code.UNSUPPORTED_INPUT,
        "linker script command '" + printable(command) + "' is not supported");
  }

  private static String printable(String token) {
    return token.length() <= 40 ? token : token.substring(0, 40) + "...";
  }

  private void open() throws LinkException {
    if (!lexer.next() || !lexer.is("(")) {
      throw lexer.fault(Code.MALFORMED_INPUT, "expected '('");
    }
  }

  /** Reads a list of inputs up to its closing parenthesis; AS_NEEDED does not nest in itself. */
  private void inputs(boolean asNeeded, int group) throws LinkException {
    while (lexer.next()) {
      if (lexer.is(")")) {
        return;
      }
      if (lexer.is(",")) {
        continue;
      }
      if (!lexer.named()) {
        throw lexer.fault(Code.MALFORMED_INPUT, "expected the name of an input");
      }
      if (lexer.is("AS_NEEDED") && !asNeeded) {
        open();
        inputs(true, group);
      } else {
        addInput(lexer.token(), asNeeded, group);
      }
    }
    throw lexer.fault(Code.MALFORMED_INPUT, "a list of inputs does not end with ')'");
  }

  private void addInput(String token, boolean asNeeded, int group) throws LinkException {
    boolean library = token.startsWith("-l");
    String input = library ? token.substring(2) : token;
    if (input.isEmpty()) {
      throw lexer.fault(Code.MALFORMED_INPUT, "an input without a name");
    }
    inputs.add(new LinkerScript.Input(input, library, asNeeded, group));
  }

  private List<String> names(String command, int least, int most) throws LinkException {
    open();
    List<String> names = new ArrayList<>();
    while (lexer.next() && !lexer.is(")")) {
      if (lexer.named()) {
        names.add(lexer.token());
      } else if (!lexer.is(",")) {
        break;
      }
    }
    if (!lexer.is(")") || names.size() < least || names.size() > most) {
      throw lexer.fault(Code.MALFORMED_INPUT, "invalid arguments of " + command);
    }
    return names;
  }
}

package dev.linkd.driver;

import dev.linkd.output.ScriptText;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A linker script that puts sections and groups of sections in the order of {@code
 * --section-order}, in the language of mold.
 */
final class OrderScript {
  private static final String OPTION = "section-order";
  private static final String WITHOUT_BYTES = "noinit:";

  /** An output section of the usual script, whose description ends at its closing brace. */
  private static final Pattern SECTION = Pattern.compile("(?m)^  (\\.\\S+) :[^{]*\\{[^{}]*\\}\n");

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.$-]+");
  private static final Pattern SYMBOL = Pattern.compile("[A-Za-z_.$][A-Za-z0-9_.$]*");

  private static final Pattern GROUP = Pattern.compile("[A-Z]+");

  /** The sections of the usual script by name, in its order. */
  private static final Map<String, String> USUAL = usual();

  /** Those that are not named alone. */
  private final Map<String, String> sections = new HashMap<>(USUAL);

  private final String order;
  private final StringBuilder text = new StringBuilder();

  private OrderScript(String order) {
    this.order = order;
  }

  private static Map<String, String> usual() {
    Map<String, String> all = new LinkedHashMap<>();
    Matcher matcher = SECTION.matcher(UsualScript.text(0));
    while (matcher.find()) {
      all.put(matcher.group(1), matcher.group());
    }
    return all;
  }

  /**
   * The script.
   *
   * @param base where an image begins that does not begin with an address
   */
  static ScriptText of(String order, long base) throws UsageException {
    return new ScriptText("--" + OPTION, new OrderScript(order).script(base), true, "");
  }

  private String script(long base) throws UsageException {
    String[] words = order.strip().split("[\\s,]+");
    Map<String, String> named = new LinkedHashMap<>();
    for (String word : words) {
      if (Character.isLetter(word.charAt(0)) || word.charAt(0) == '.') {
        String name = word.startsWith(WITHOUT_BYTES) ? unprefixed(word) : word;
        named.put(word, sections.remove(name));
      }
    }
    text.append("SECTIONS\n{\n    . = 0x").append(Long.toHexString(base)).append(";\n");
    for (String word : words) {
      add(word, named.get(word));
    }
    return text.append("}\n").toString();
  }

  private static String unprefixed(String word) {
    return word.substring(WITHOUT_BYTES.length());
  }

  private void add(String word, @Nullable String known) throws UsageException {
    String rest = word.substring(1);
    switch (word.charAt(0)) {
      case '=' -> text.append("  . = ").append(LayoutPlan.number(OPTION, rest)).append(";\n");
      case '%' -> align(rest);
      case '!' -> symbol(rest);
      default -> {
        if (!group(word)) {
          section(word, known);
        }
      }
    }
  }

  private void align(String alignment) throws UsageException {
    long number = LayoutPlan.number(OPTION, alignment);
    if (Long.bitCount(number) != 1) {
      throw fault("the alignment must be a power of 2", alignment);
    }
    text.append("  . = ALIGN(").append(number).append(");\n");
  }

  private void symbol(String name) throws UsageException {
    if (!SYMBOL.matcher(name).matches()) {
      throw fault("invalid symbol", name);
    }
    text.append("  ").append(name).append(" = .;\n");
  }

  private boolean group(String word) {
    switch (word) {
      case "EHDR" -> {
        text.append("  __ehdr_start = .;\n    __executable_start = .;\n");
        table(ScriptText.FILE_HEADER);
      }
      case "PHDR" -> table(ScriptText.PROGRAM_HEADERS);
      case "RODATA" -> {
        from(".interp", ".rela.plt");
        from(".rodata", ".gcc_except_table");
      }
      case "TEXT" -> {
        from(".init", ".fini");
        text.append("  PROVIDE(__etext = .);\n    PROVIDE(_etext = .);\n");
        text.append("  PROVIDE(etext = .);\n");
      }
      case "DATA" -> {
        from(".tdata", ".data");
        text.append("  _edata = .;\n    PROVIDE(edata = .);\n");
      }
      case "BSS" -> {
        text.append("  __bss_start = .;\n");
        from(".bss", ".bss");
        text.append("  _end = .;\n    PROVIDE(end = .);\n");
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private void table(String name) {
    text.append("  ").append(name).append(" : { *(").append(name).append(") }\n");
  }

  /** Sections of the usual script, which has them in this order, without those named alone. */
  private void from(String first, String last) {
    boolean inside = false;
    for (Map.Entry<String, String> section : USUAL.entrySet()) {
      inside |= section.getKey().equals(first);
      if (inside) {
        text.append(sections.getOrDefault(section.getKey(), ""));
      }
      if (section.getKey().equals(last)) {
        return;
      }
    }
  }

  private void section(String word, @Nullable String known) throws UsageException {
    boolean empty = word.startsWith(WITHOUT_BYTES);
    String name = empty ? unprefixed(word) : word;
    if (!NAME.matcher(name).matches() || GROUP.matcher(name).matches()) {
      throw fault("invalid section", word);
    }
    if (known != null && !empty) {
      text.append(known);
      return;
    }
    text.append("  ").append(name).append(empty ? " (NOLOAD)" : "");
    text.append(" : { *(").append(name).append(") }\n");
  }

  private static UsageException fault(String what, String word) {
    return new UsageException("--" + OPTION + ": " + what + ": " + word);
  }
}

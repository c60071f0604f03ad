package dev.linkd.driver;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the words of a command line into a {@link Plan}. Faults are reported one by one and do not
 * end the reading, so that the user sees all of them.
 */
final class CommandLine {

  /** An option as it was found in a word. */
  private record Found(Option option, String name, @Nullable String value) {}

  private final List<String> words;
  private final Plan plan;
  private final Consumer<String> faults;
  private int at;

  private CommandLine(List<String> words, Plan plan, Consumer<String> faults) {
    this.words = words;
    this.plan = plan;
    this.faults = faults;
  }

  /**
   * @param words without the program's name, response files expanded
   * @param faults receives one sentence for each fault
   */
  static Plan parse(List<String> words, Consumer<String> faults) {
    Plan plan = new Plan();
    new CommandLine(words, plan, faults).parse();
    return plan;
  }

  private void parse() {
    while (at < words.size()) {
      String word = words.get(at++);
      try {
        if (word.startsWith("-") && word.length() > 1) {
          option(word);
        } else {
          plan.words.add(plan.flags.file(word));
        }
      } catch (UsageException e) {
        faults.accept(e.sentence());
      }
    }
  }

  private void option(String word) throws UsageException {
    Found found = find(word);
    if (found == null) {
      throw new UsageException("unknown command line option: " + word);
    }
    String value = value(found, word);
    if (found.name().equals("z")) {
      keyword(value, word.startsWith("-z") && word.length() > 2 ? word : word + ' ' + value);
    } else {
      apply(found.option(), word, value);
    }
  }

  private String value(Found found, String word) throws UsageException {
    String value = found.value();
    if (value != null || found.option().arity() != Arity.REQUIRED) {
      return value == null ? "" : value;
    }
    if (at == words.size()) {
      throw new UsageException("option '" + word + "' requires an argument");
    }
    return words.get(at++);
  }

  private void apply(Option option, String word, String value) throws UsageException {
    if (option.support() == Support.REFUSED) {
      throw new UsageException("unsupported option '" + word + "': " + option.text());
    }
    option.action().apply(plan, value);
  }

  /** A keyword that nobody knows is ignored with a warning, as ld does. */
  private void keyword(String text, String written) throws UsageException {
    int equals = text.indexOf('=');
    String name = equals < 0 ? text : text.substring(0, equals);
    Option option = OptionTable.find("z " + name);
    if (option == null || (equals < 0) != (option.arity() == Arity.NONE)) {
      plan.complaints.add("unknown command line option: " + written + "; it is ignored");
    } else {
      apply(option, "-z " + text, equals < 0 ? "" : text.substring(equals + 1));
    }
  }

  /**
   * Whole names come before single letters with a joined value: {@code -export-dynamic} is not
   * {@code -e xport-dynamic}. Behind one dash a name that begins with o is a path for {@code -o}.
   */
  private static @Nullable Found find(String word) {
    boolean twoDashes = word.startsWith("--");
    String body = word.substring(twoDashes ? 2 : 1);
    Found found = null;
    if (twoDashes || !body.startsWith("o")) {
      found = findWhole(body);
    }
    return found != null || twoDashes ? found : findLetter(body);
  }

  private static @Nullable Found findWhole(String body) {
    int equals = body.indexOf('=');
    String name = equals < 0 ? body : body.substring(0, equals);
    Option option = name.length() > 1 ? OptionTable.find(name) : null;
    if (option == null || name.startsWith("z ")) {
      return null;
    }
    if (equals >= 0 && option.arity() == Arity.NONE) {
      return null;
    }
    return new Found(option, name, equals < 0 ? null : body.substring(equals + 1));
  }

  private static @Nullable Found findLetter(String body) {
    String name = body.substring(0, 1);
    if (name.equals("z")) {
      return new Found(KEYWORD, name, body.length() == 1 ? null : body.substring(1));
    }
    Option option = OptionTable.find(name);
    if (option == null || (option.arity() == Arity.NONE && body.length() > 1)) {
      return null;
    }
    return new Found(option, name, body.length() == 1 ? null : body.substring(1));
  }

  /** Stands for {@code -z} itself; the rows are those of its keywords. */
  private static final Option KEYWORD = Option.noOp(Arity.REQUIRED, "", "z");
}

package dev.linkd.client.command;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Completion in fish: a line for each command and option. Other words are files, as always. */
final class FishCompletion {

  private final StringBuilder script = new StringBuilder("complete -c linkctl -e\n");

  private FishCompletion() {}

  static String of(CommandLine commands) {
    FishCompletion completion = new FishCompletion();
    completion.options(commands.getCommandSpec(), "__fish_use_subcommand");
    commands
        .getSubcommands()
        .forEach((name, command) -> completion.command(name, command.getCommandSpec()));
    return completion.script.toString();
  }

  private void command(String name, CommandSpec command) {
    line("__fish_use_subcommand", "-f -a " + name, command.usageMessage().description());
    String inside = "__fish_seen_subcommand_from " + name;
    options(command, inside);
    command
        .positionalParameters()
        .forEach(
            parameter -> {
              if (parameter.completionCandidates() != null) {
                String values = String.join(" ", parameter.completionCandidates());
                line(inside, "-f -a " + quoted(values), parameter.description());
              }
            });
  }

  private void options(CommandSpec command, String condition) {
    for (OptionSpec option : command.options()) {
      List<String> words = new ArrayList<>();
      for (String name : option.names()) {
        words.add(name.startsWith("--") ? "-l " + name.substring(2) : "-s " + name.substring(1));
      }
      if (option.arity().max() > 0) {
        Iterable<String> values = option.completionCandidates();
        words.add(values == null ? "-r" : "-x -a " + quoted(String.join(" ", values)));
      }
      line(condition, String.join(" ", words), option.description());
    }
  }

  private void line(String condition, String words, String[] description) {
    String text = description.length == 0 ? "" : description[0];
    script
        .append("complete -c linkctl -n ")
        .append(quoted(condition))
        .append(' ')
        .append(words)
        .append(" -d ")
        .append(quoted(text))
        .append('\n');
  }

  private static String quoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}

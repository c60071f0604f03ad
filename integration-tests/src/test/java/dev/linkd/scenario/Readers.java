package dev.linkd.scenario;

import dev.linkd.oracle.image.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Programs of others that read a linked file: whatever they complain about is a problem. */
final class Readers {
  private static final Pattern COMPLAINT = Pattern.compile("(?i)\\b(warning|error)\\b");

  private final List<Pattern> allowed = new ArrayList<>();

  /**
   * @param allowedMessages a file with one regular expression for each message of eu-elflint that
   *     is known to be harmless, and the reason after {@code #} in the line before
   */
  Readers(Path allowedMessages) throws IOException {
    for (String line : Files.readAllLines(allowedMessages)) {
      if (!line.isBlank() && !line.startsWith("#")) {
        allowed.add(Pattern.compile(line));
      }
    }
  }

  List<String> complaints(Path file) throws IOException, InterruptedException {
    List<String> complaints = new ArrayList<>();
    lines(complaints, file, "readelf", "-a", "-W");
    lines(complaints, file, "objdump", "-d", "-w");
    lines(complaints, file, "nm", "-n");
    lint(complaints, file);
    return complaints;
  }

  private static void lines(List<String> complaints, Path file, String... command)
      throws IOException, InterruptedException {
    List<String> whole = new ArrayList<>(List.of(command));
    whole.add(file.toString());
    Tools.Result result = Tools.tryRun(Path.of("/"), whole);
    if (result.status() != 0) {
      complaints.add(command[0] + " returns " + result.status());
    }
    String prefix = command[0] + ":";
    for (String line : result.output().split("\n")) {
      if (line.contains(prefix) && COMPLAINT.matcher(line).find()) {
        complaints.add(line);
      }
    }
  }

  private void lint(List<String> complaints, Path file) throws IOException, InterruptedException {
    Tools.Result result =
        Tools.tryRun(Path.of("/"), List.of("eu-elflint", "--gnu-ld", file.toString()));
    if (result.status() == 0) {
      return;
    }
    for (String line : result.output().split("\n")) {
      if (allowed.stream().noneMatch(p -> p.matcher(line).find())) {
        complaints.add("eu-elflint: " + line);
      }
    }
  }

  /** What gdb prints for those commands. */
  static String debug(Path file, List<String> commands) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("gdb", "-q", "-nx", "-batch"));
    command.addAll(List.of("-iex", "set auto-load off", "-iex", "set debuginfod enabled off"));
    for (String each : commands) {
      command.add("-ex");
      command.add(each);
    }
    command.add(file.toString());
    return Tools.tryRun(Path.of("/"), command).output();
  }
}

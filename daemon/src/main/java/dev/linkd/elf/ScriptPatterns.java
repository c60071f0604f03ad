package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.SHF_WRITE;

import dev.linkd.object.LayoutCommand;
import dev.linkd.object.LayoutCommand.Constraint;
import dev.linkd.object.LayoutCommand.Inputs;
import dev.linkd.object.LayoutCommand.Pattern;
import dev.linkd.object.LayoutCommand.Section;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which statement of a linker script takes an input section: the first that matches. */
final class ScriptPatterns {

  /**
   * A statement that can take sections of some name.
   *
   * @param section null when it discards
   */
  record Candidate(
      @Nullable ScriptSection section,
      int statement,
      Inputs inputs,
      Pattern pattern,
      Constraint constraint) {}

  /** What the keys of further sections with the same name end with. */
  static final char SAME_NAME = '\0';

  /** In the order of the script, by key: the name, for the first one with it. */
  final Map<String, ScriptSection> sections = new LinkedHashMap<>();

  private final Map<Section, ScriptSection> homes = new IdentityHashMap<>();

  private final List<Candidate> all = new ArrayList<>();
  private final Map<String, List<Candidate>> byName = new HashMap<>();

  /** The directory where names of files start, with a slash. */
  private final String start;

  /**
   * @param directory where names of files start
   */
  ScriptPatterns(List<LayoutCommand> commands, String directory) {
    this.start = directory.endsWith("/") ? directory : directory + "/";
    for (LayoutCommand command : commands) {
      if (command instanceof Section section) {
        add(section);
      }
    }
  }

  private void add(Section section) {
    ScriptSection home = null;
    if (!section.discards()) {
      home = new ScriptSection(section.name(), section);
      while (sections.putIfAbsent(home.key, home) != null) {
        home.key += SAME_NAME;
      }
      homes.put(section, home);
    }
    for (int i = 0; i < section.body().size(); i++) {
      if (section.body().get(i) instanceof Inputs inputs) {
        for (Pattern pattern : inputs.sections()) {
          all.add(new Candidate(home, i, inputs, pattern, section.constraint()));
        }
      }
    }
  }

  /** The section of a command; null when it discards. */
  @Nullable ScriptSection home(Section command) {
    return homes.get(command);
  }

  /** The first section with a name that is there, or else the first one. */
  @Nullable ScriptSection named(String name) {
    ScriptSection first = sections.get(name);
    String key = name;
    for (ScriptSection next = first; next != null; next = sections.get(key)) {
      if (next.output != null) {
        return next;
      }
      key += SAME_NAME;
    }
    return first;
  }

  /**
   * The first statement that takes a section; null when none does.
   *
   * @param file path of the input, with the member of an archive in parentheses
   */
  @Nullable Candidate find(String file, String name, long flags) {
    for (Candidate candidate : byName.computeIfAbsent(name, this::candidates)) {
      boolean writable = (flags & SHF_WRITE) != 0;
      boolean allowed =
          candidate.constraint() == Constraint.NONE
              || writable == (candidate.constraint() == Constraint.ONLY_IF_RW);
      if (allowed
          && candidate.inputs().flags().allow(flags)
          && file(candidate.inputs().files(), file)
          && !excluded(candidate.inputs().excludedFiles(), file)
          && !excluded(candidate.pattern().excludedFiles(), file)) {
        return candidate;
      }
    }
    return null;
  }

  private List<Candidate> candidates(String name) {
    List<Candidate> found = new ArrayList<>();
    for (Candidate candidate : all) {
      if (Glob.matches(candidate.pattern().name(), name)) {
        found.add(candidate);
      }
    }
    return found;
  }

  private boolean excluded(List<String> patterns, String file) {
    for (String pattern : patterns) {
      if (file(pattern, file)) {
        return true;
      }
    }
    return false;
  }

  private boolean file(String pattern, String file) {
    if (pattern.equals("*") || matches(pattern, file)) {
      return true;
    }
    // Inputs have absolute paths; a script names them as the command line does.
    return file.startsWith(start) && matches(pattern, file.substring(start.length()));
  }

  /**
   * {@code archive:member} names members, {@code archive:} all of them, {@code :file} no member.
   */
  private static boolean matches(String pattern, String file) {
    int open = file.endsWith(")") ? file.indexOf('(') : -1;
    String archive = open < 0 ? "" : file.substring(0, open);
    String member = open < 0 ? file : file.substring(open + 1, file.length() - 1);
    int colon = pattern.indexOf(':');
    if (colon < 0) {
      return Glob.matches(pattern, member) || Glob.matches(pattern, file);
    }
    String archivePattern = pattern.substring(0, colon);
    String memberPattern = pattern.substring(colon + 1);
    boolean memberFits = memberPattern.isEmpty() || Glob.matches(memberPattern, member);
    return archivePattern.isEmpty()
        ? open < 0 && memberFits
        : open >= 0 && Glob.matches(archivePattern, archive) && memberFits;
  }
}

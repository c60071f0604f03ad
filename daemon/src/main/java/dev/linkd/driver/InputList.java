package dev.linkd.driver;

import dev.linkd.diag.Code;
import dev.linkd.diag.Diagnostic;
import dev.linkd.diag.LinkException;
import dev.linkd.diag.Place;
import dev.linkd.object.FileKinds;
import dev.linkd.object.LayoutCommand;
import dev.linkd.object.LayoutScript;
import dev.linkd.object.LinkerScript;
import dev.linkd.object.ScriptPlaces;
import dev.linkd.object.SharedLibrary;
import dev.linkd.object.VersionScript;
import dev.linkd.output.Output.InputSpec;
import dev.linkd.output.Output.InputUse;
import dev.linkd.output.ScriptText;
import dev.linkd.store.Content;
import dev.linkd.store.FileAnswers;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The input files of a command line in order: libraries are found, scripts are replaced by what
 * they name, and a library that is named again counts once.
 *
 * <p>Every input gets a key that stays the same from one link to the next: the word as it was
 * written, and its number among equal words. An input of a script has the key of the script before
 * it. Temporary objects are told apart by their number only.
 *
 * <p>The contents that were looked at are held until {@link #close}, so that the output that reads
 * the same files meanwhile finds them in the store.
 */
final class InputList implements AutoCloseable {
  /**
   * Names that gcc and clang give to objects between compiling and linking in one command: the next
   * command gives others to the same sources.
   */
  private static final Pattern TEMPORARY =
      Pattern.compile("/(?:cc[A-Za-z0-9]{6}|([^/]+)-[0-9a-f]{6})\\.o$");

  /** Names of what has machine code. */
  private static final Pattern BINARY = Pattern.compile("\\.(?:o|obj|lo|a|lib|so(?:\\.[0-9.]+)?)$");

  private final FileAnswers answers;
  private final Path start;
  private final SearchPath search;
  private final Messages messages;
  private final List<InputSpec> specs = new ArrayList<>();
  private final Map<String, Integer> keys = new HashMap<>();

  /** What was read, as it was written or found. */
  private final Set<String> files = new LinkedHashSet<>();

  private final List<Content> contents = new ArrayList<>();

  /** The shared libraries among the inputs. */
  private final List<SharedLibrary> shared = new ArrayList<>();

  /** Place in {@link #specs} of archives and shared libraries. */
  private final Map<Content, Integer> libraries = new IdentityHashMap<>();

  private final Map<String, Integer> sonames = new HashMap<>();
  private boolean usesSharedLibraries;
  private String entry = "";
  private final List<String> required = new ArrayList<>();
  private final List<Diagnostic> skipped = new ArrayList<>();
  private final List<VersionScript.Node> versions = new ArrayList<>();
  private Optional<ScriptText> script = Optional.empty();

  /** Places in {@link #specs} by answers. */
  private final InputRows rows = new InputRows();

  private final List<Integer> thinArchives = new ArrayList<>();

  InputList(FileAnswers answers, Path start, SearchPath search, Messages messages) {
    this.answers = answers;
    this.start = start;
    this.search = search;
    this.messages = messages;
  }

  List<InputSpec> specs() {
    return specs;
  }

  /** All files that were read, scripts too, in the order of reading. */
  List<String> files() {
    return List.copyOf(files);
  }

  FileAnswers answers() {
    return answers;
  }

  /** Places in {@link #specs} by answers. */
  InputRows rows() {
    return rows;
  }

  /** Places of archives whose members are files. */
  int[] thinArchives() {
    return thinArchives.stream().mapToInt(Integer::intValue).toArray();
  }

  boolean usesSharedLibraries() {
    return usesSharedLibraries;
  }

  /** The symbol that a script names with ENTRY, or empty. */
  String entry() {
    return entry;
  }

  /** The symbols that scripts name with EXTERN. */
  List<String> required() {
    return required;
  }

  /** The versions that scripts define with VERSION. */
  List<VersionScript.Node> versions() {
    return versions;
  }

  /** The script that lays the image out or defines symbols. */
  Optional<ScriptText> script() {
    return script;
  }

  void add(Word word) {
    try {
      Path path = word.library() ? search.library(word) : Paths.at(start, word.text());
      report(search.takeSkipped());
      add(word, path, key("", word.toString()), 0);
    } catch (LinkException e) {
      messages.send(e.diagnostic());
    } catch (UsageException e) {
      messages.usage(e.sentence());
    }
  }

  private void report(List<Diagnostic> warnings) {
    warnings.forEach(messages::send);
    skipped.addAll(warnings);
  }

  /** The warnings about files that searches passed over; they have been sent. */
  List<Diagnostic> skipped() {
    return skipped;
  }

  /**
   * Adds the libraries that libraries need, so that it is known what they leave undefined.
   *
   * @param use whether they define symbols for the output too
   */
  void addNeeded(NeededSearch places, InputUse use) {
    try {
      for (int i = 0; i < shared.size(); i++) {
        SharedLibrary library = shared.get(i);
        for (int n = 0; n < library.needed(); n++) {
          addNeeded(places, use, library, library.needed(n));
        }
      }
    } catch (LinkException e) {
      messages.send(e.diagnostic());
    } catch (UsageException e) {
      messages.usage(e.sentence());
    }
  }

  private void addNeeded(NeededSearch places, InputUse use, SharedLibrary library, String soname)
      throws LinkException, UsageException {
    if (sonames.containsKey(soname)) {
      return;
    }
    Optional<Path> path = places.find(soname, library);
    if (path.isEmpty()) {
      return;
    }
    Content content = answers.open(path.get());
    contents.add(content);
    if (FileKinds.detect(content.bytes()) == FileKinds.Kind.SHARED_LIBRARY) {
      shared.add(content.library(path.get().toString()));
      sonames.put(soname, specs.size());
      add(new InputSpec(key("needed", soname), path.get(), true, false, soname, use), false);
    }
  }

  private String key(String script, String word) {
    String lasting = TEMPORARY.matcher(word).replaceFirst("/temporary $1.o");
    String name = script.isEmpty() ? lasting : script + " > " + lasting;
    int number = keys.merge(name, 1, Integer::sum);
    return number == 1 ? name : name + " #" + number;
  }

  private void add(Word word, Path path, String key, int depth)
      throws LinkException, UsageException {
    String needed = word.library() || depth > 0 ? "" : word.text();
    InputSpec spec =
        new InputSpec(key, path, word.asNeeded(), word.wholeArchive(), needed, word.use());
    boolean later = word.use() == InputUse.LINKED && answers.openLater(path);
    Content content = later ? null : open(word, path);
    files.add(needed.isEmpty() ? path.toString() : needed);
    if (content == null || word.use() == InputUse.DATA) {
      add(spec, true);
      return;
    }
    if (word.use() == InputUse.SYMBOLS) {
      add(spec, false);
      return;
    }
    switch (FileKinds.detect(content.bytes())) {
      case SCRIPT -> addScript(word, path, content, key, depth);
      case ARCHIVE -> addLibrary(spec, content, "");
      case SHARED_LIBRARY -> {
        usesSharedLibraries = true;
        SharedLibrary library = content.library(path.toString());
        shared.add(library);
        addLibrary(spec, content, library.soname());
      }
      case THIN_ARCHIVE -> {
        thinArchives.add(specs.size());
        add(spec, false);
      }
      case OBJECT -> add(spec, true);
      case EMPTY ->
          // For other linkers a script that says nothing; more often what a full disk left.
          report(
              List.of(
                  Diagnostic.warning(
                      Code.MALFORMED_INPUT,
                      Place.input(path.toString()),
                      "unknown file type: the file is empty and adds nothing")));
      default -> add(spec, false);
    }
  }

  private Content open(Word word, Path path) throws LinkException {
    try {
      Content content = answers.open(path);
      contents.add(content);
      return content;
    } catch (LinkException e) {
      if (Files.exists(path) && !word.text().isEmpty()) {
        throw e;
      }
      throw new LinkException(
          Code.INPUT_UNREADABLE, Place.NONE, "cannot open " + word + ": No such file or directory");
    }
  }

  /** Adds what the last answer is about. */
  private void add(InputSpec spec, boolean object) {
    rows.add(answers.lastRow(), specs.size(), object);
    specs.add(spec);
  }

  /**
   * Archives are searched until nothing is found, so a second mention adds no more than flags,
   * unless it asks for all members again.
   */
  private void addLibrary(InputSpec spec, Content content, String soname) {
    Integer known = libraries.get(content);
    if (known == null && !soname.isEmpty()) {
      known = sonames.get(soname);
    }
    if (known != null && spec.wholeArchive() && specs.get(known).wholeArchive()) {
      known = null; // all its members once more, as the user asks
    }
    if (known == null) {
      libraries.put(content, specs.size());
      sonames.put(soname, specs.size());
      add(spec, false);
      return;
    }
    InputSpec first = specs.get(known);
    specs.set(
        known,
        new InputSpec(
            first.key(),
            first.path(),
            first.asNeeded() && spec.asNeeded(),
            first.wholeArchive() || spec.wholeArchive(),
            first.needed(),
            first.use()));
  }

  private void addScript(Word word, Path path, Content content, String key, int depth)
      throws LinkException, UsageException {
    if (depth == SearchPath.SCRIPT_DEPTH_MAX) {
      throw new LinkException(
          Code.LIMIT_EXCEEDED,
          Place.input(path.toString()),
          "scripts name scripts more than " + SearchPath.SCRIPT_DEPTH_MAX + " times");
    }
    answers.keep(content);
    LinkerScript script = depth == 0 ? parseInput(path, content) : parse(path, content);
    for (String directory : script.searchDirectories()) {
      search.add(directory);
    }
    if (!script.entry().isEmpty()) {
      entry = script.entry();
    }
    required.addAll(script.required());
    versions.addAll(script.versions());
    if (script.layout().places() || !script.layout().commands().isEmpty()) {
      layOut(script.layout());
    }
    for (LinkerScript.Input input : script.inputs()) {
      Word inner =
          new Word(
              input.name(),
              input.library(),
              word.asNeeded() || input.asNeeded(),
              word.wholeArchive(),
              word.archivesOnly(),
              word.use());
      Path found = input.library() ? search.library(inner) : search.named(path, input.name());
      report(search.takeSkipped());
      add(inner, found, key(key, inner.toString()), depth + 1);
    }
  }

  private LinkerScript parse(Path path, Content content) throws LinkException, UsageException {
    byte[] bytes = content.bytes().toArray(ValueLayout.JAVA_BYTE);
    String text = new String(bytes, StandardCharsets.UTF_8);
    String whole = new ScriptIncludes(answers, search, files::add).expand(path, text);
    return whole.equals(text)
        ? LinkerScript.parse(path.toString(), content.bytes())
        : LinkerScript.parse(
            path.toString(), MemorySegment.ofArray(whole.getBytes(StandardCharsets.UTF_8)));
  }

  /** What is no object, archive or library is a script; nobody means that by {@code x.o}. */
  private LinkerScript parseInput(Path path, Content content) throws LinkException, UsageException {
    try {
      return parse(path, content);
    } catch (LinkException fault) {
      if (!BINARY.matcher(path.toString()).find()) {
        throw fault;
      }
      Diagnostic said = fault.diagnostic();
      List<String> notes = new ArrayList<>(said.notes());
      notes.add("the file is no object, archive or library, so it was read as a linker script");
      throw new LinkException(
          new Diagnostic(said.severity(), said.code(), said.message(), said.place(), notes));
    }
  }

  /** Several scripts are one; those that add to others by INSERT come first. */
  private void layOut(LayoutScript commands) {
    ScriptText text = new ScriptText(commands.name(), commands.text(), false, start.toString());
    boolean adds = commands.all(LayoutCommand.Insert.class).findAny().isPresent();
    script =
        Optional.of(
            script.map(before -> adds ? joined(text, before) : joined(before, text)).orElse(text));
  }

  private static ScriptText joined(ScriptText first, ScriptText second) {
    return first.plus('\n' + ScriptPlaces.inside(second.name(), second.text(), 0));
  }

  /** Gives scripts with INSERT the sections of the usual layout to add to. */
  void completeScript(long base) throws LinkException {
    if (script.isPresent()) {
      ScriptText own = script.get();
      LayoutScript commands = LayoutScript.parse(own.name(), own.text());
      if (commands.all(LayoutCommand.Insert.class).findAny().isPresent()) {
        script = Optional.of(own.plus(UsualScript.text(base)));
      }
    }
  }

  @Override
  public void close() {
    contents.forEach(Content::release);
    contents.clear();
  }
}

package dev.linkd.server.rehearsal;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * A build with {@code ld.linkd}: a shared library and programs that use it are linked, all of the
 * same objects, and the last program again and again, with nothing changed or with one object
 * compiled anew, in which a function was edited, has grown, or was added.
 */
final class LinkScene implements Scene {

  /** Each fourth function is the callee of others; those have global symbols. */
  private static final int STEP = 4;

  private static final int EDITS = 4;
  private static final int SPREAD = 7;
  private static final int GROWTH_MAX = 12;
  private static final String LIBRARY = "library";
  private static final String MEMBER = "member";
  private static final String START = "start.o";
  private static final String END = "end.o";
  private static final String ARCHIVE = "libsample.a";

  private final int objects;
  private final int functions;
  private final int programs;
  private final int links;

  /**
   * A scene that was not played yet.
   *
   * @param objects of the program
   * @param functions of each
   * @param programs that are linked of them
   * @param links of the last program after its first
   */
  LinkScene(int objects, int functions, int programs, int links) {
    this.objects = objects;
    this.functions = functions;
    this.programs = programs;
    this.links = links;
  }

  @Override
  public void play(Stage stage, BooleanSupplier disturbed) throws IOException, DisturbedException {
    if (!stage.links()) {
      return;
    }
    // The library refers to the program, too.
    List<String> used = List.of(function(LIBRARY, 0), function(object(0), 0));
    compile(stage, LIBRARY, functions, used, 0, 0);
    Files.write(stage.folder().resolve(START), SampleStart.of(function(object(0), 0)));
    Files.write(stage.folder().resolve(END), SampleStart.end());
    Files.write(stage.folder().resolve(ARCHIVE), archive());
    link(stage, libraryWords(), disturbed);
    for (int i = 0; i < objects; i++) {
      stopWhen(disturbed);
      compile(stage, object(i), functions, callees(i), 0, 0);
    }
    for (int i = 1; i < programs; i++) {
      link(stage, programWords("program" + i), disturbed);
    }
    List<String> words = programWords("program");
    link(stage, words, disturbed);
    for (int i = 0; i < links; i++) {
      int changed = i / EDITS * SPREAD % objects;
      switch (i % EDITS) {
        case 1 -> compile(stage, object(changed), functions, callees(changed), i, 0);
        case 2 ->
            compile(stage, object(changed), functions, callees(changed), i, i % GROWTH_MAX + 1);
        case 3 -> compile(stage, object(changed), functions + 2, callees(changed), i, 0);
        default -> {} // nothing has changed
      }
      link(stage, words, disturbed);
    }
  }

  private static List<String> libraryWords() {
    String file = "lib" + LIBRARY + ".so";
    return List.of("-shared", "-soname", file, "-o", file, START, LIBRARY + ".o", END);
  }

  /** Of two members one is used. */
  private static byte[] archive() {
    List<SampleArchive.Member> members = new ArrayList<>();
    for (String name : List.of(MEMBER, "unused")) {
      byte[] object = SampleObject.of(name, 1, List.of(function(name, 0)), 0, 0);
      members.add(new SampleArchive.Member(name + ".o", function(name, 0), object));
    }
    return SampleArchive.of(members);
  }

  private List<String> programWords(String program) {
    List<String> words =
        new ArrayList<>(
            List.of("--build-id", "--eh-frame-hdr", "-m", "elf_x86_64", "--hash-style=gnu"));
    words.addAll(List.of("--as-needed", "-pie", "-e", function(object(0), 0)));
    words.addAll(List.of("-dynamic-linker", "/lib64/ld-linux-x86-64.so.2", "-o", program));
    words.add(START);
    for (int i = 0; i < objects; i++) {
      words.add(object(i) + ".o");
    }
    words.addAll(List.of("-L.", "-l" + LIBRARY, ARCHIVE, END));
    return words;
  }

  private static String object(int index) {
    return "object" + index;
  }

  private static String function(String object, int index) {
    return SampleObject.function(object, index);
  }

  /** Every third is one of the library. */
  private List<String> callees(int index) {
    List<String> callees = new ArrayList<>();
    for (int i = 0; i < functions; i++) {
      String object = i % 3 == 0 ? LIBRARY : object((index + i * SPREAD) % objects);
      object = index == 1 && i == 0 ? MEMBER : object;
      callees.add(function(object, i / STEP * STEP));
    }
    return callees;
  }

  private static void compile(
      Stage stage, String name, int functions, List<String> callees, int version, int grown)
      throws IOException {
    byte[] object = SampleObject.of(name, functions, callees, version, grown);
    Files.write(stage.folder().resolve(name + ".o"), object);
  }

  private static void link(Stage stage, List<String> words, BooleanSupplier disturbed)
      throws IOException, DisturbedException {
    stopWhen(disturbed);
    new LinkCall(stage, words).run();
  }

  private static void stopWhen(BooleanSupplier disturbed) throws DisturbedException {
    if (disturbed.getAsBoolean()) {
      throw new DisturbedException();
    }
  }
}

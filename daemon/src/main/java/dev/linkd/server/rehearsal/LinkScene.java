package dev.linkd.server.rehearsal;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * A build with {@code ld.linkd}: a shared library and a program that uses it are linked, and the
 * program again and again, with nothing changed or with one object compiled anew, in which a
 * function was edited, has grown, or was added.
 */
final class LinkScene implements Scene {
  private static final int OBJECTS = 24;
  private static final int FUNCTIONS = 24;

  /** Each fourth function is the callee of others; those have global symbols. */
  private static final int STEP = 4;

  private static final int EDITS = 4;
  private static final int SPREAD = 7;
  private static final int GROWTH_MAX = 12;
  private static final String LIBRARY = "library";

  private final int links;

  LinkScene(int links) {
    this.links = links;
  }

  @Override
  public void play(Stage stage, BooleanSupplier disturbed) throws IOException, DisturbedException {
    if (!stage.links()) {
      return;
    }
    compile(stage, LIBRARY, FUNCTIONS, List.of(function(LIBRARY, 0)), 0, 0);
    link(stage, libraryWords(), disturbed);
    for (int i = 0; i < OBJECTS; i++) {
      compile(stage, object(i), FUNCTIONS, callees(i), 0, 0);
    }
    List<String> words = programWords();
    link(stage, words, disturbed);
    for (int i = 0; i < links; i++) {
      int changed = i / EDITS * SPREAD % OBJECTS;
      switch (i % EDITS) {
        case 1 -> compile(stage, object(changed), FUNCTIONS, callees(changed), i, 0);
        case 2 ->
            compile(stage, object(changed), FUNCTIONS, callees(changed), i, i % GROWTH_MAX + 1);
        case 3 -> compile(stage, object(changed), FUNCTIONS + 2, callees(changed), i, 0);
        default -> {} // nothing has changed
      }
      link(stage, words, disturbed);
    }
  }

  private static List<String> libraryWords() {
    String file = "lib" + LIBRARY + ".so";
    return List.of("-shared", "-soname", file, "-o", file, LIBRARY + ".o");
  }

  private static List<String> programWords() {
    List<String> words =
        new ArrayList<>(
            List.of("--build-id", "--eh-frame-hdr", "-m", "elf_x86_64", "--hash-style=gnu"));
    words.addAll(List.of("--as-needed", "-pie", "-e", function(object(0), 0)));
    words.addAll(List.of("-dynamic-linker", "/lib64/ld-linux-x86-64.so.2", "-o", "program"));
    for (int i = 0; i < OBJECTS; i++) {
      words.add(object(i) + ".o");
    }
    words.addAll(List.of("-L.", "-l" + LIBRARY));
    return words;
  }

  private static String object(int index) {
    return "object" + index;
  }

  private static String function(String object, int index) {
    return SampleObject.function(object, index);
  }

  /** Every third is one of the library. */
  private static List<String> callees(int index) {
    List<String> callees = new ArrayList<>();
    for (int i = 0; i < FUNCTIONS; i++) {
      String object = i % 3 == 0 ? LIBRARY : object((index + i * SPREAD) % OBJECTS);
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
    if (disturbed.getAsBoolean()) {
      throw new DisturbedException();
    }
    new LinkCall(stage, words).run();
  }
}

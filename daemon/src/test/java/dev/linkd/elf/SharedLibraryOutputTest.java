package dev.linkd.elf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.output.OutputKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Shared libraries as outputs, used by programs that another linker made. */
class SharedLibraryOutputTest {

  private static final String LIBRARY =
      """
      #include <stdio.h>
      int exported = 5;
      static int hidden[3] = {1, 2, 3};
      int *const table[] = {&exported, &hidden[2]};
      __thread int counter = 100;
      static __thread int inner = 7, second = 8;
      __attribute__((constructor)) static void built(void) { printf("built "); }
      __attribute__((destructor)) static void gone(void) { printf("gone\\n"); }
      int replaced(void) { return 1; }
      int call_replaced(void) { return replaced(); }
      int locals(void) { counter++; inner++; return counter + inner + second; }
      int through(void) { return *table[0] + *table[1] + VALUE; }
      """;

  private static final String USER =
      """
      #include <stdio.h>
      extern int exported; extern __thread int counter;
      int call_replaced(void), locals(void), through(void);
      #ifdef OWN
      int replaced(void) { return 2; }
      #endif
      int main(void) {
        int l = locals() + locals();
        exported = 50;
        printf("%d %d %d %d\\n", call_replaced(), l, counter, through());
        return 0;
      }
      """;

  @TempDir Path directory;

  private Program library() throws Exception {
    Program library = new Program(directory, OutputKind.SHARED_LIBRARY);
    library.put(Program.systemFile("crti.o"));
    library.put(Program.systemFile("crtbeginS.o"));
    library.put(Program.systemFile("libc.so"));
    library.put(Program.systemFile("crtendS.o"));
    library.put(Program.systemFile("crtn.o"));
    return library;
  }

  private String use(String... flags) throws Exception {
    Files.writeString(directory.resolve("user.c"), USER);
    String[] command = new String[flags.length + 5];
    command[0] = "gcc";
    command[1] = "user.c";
    command[2] = "-Wl,-L.,-l:program";
    command[3] = "-o";
    command[4] = "user";
    System.arraycopy(flags, 0, command, 5, flags.length);
    Program.command(directory, command);
    return Program.run(
        Map.of("LD_LIBRARY_PATH", directory.toString()), List.of(directory + "/user"));
  }

  @Test
  void aProgramUsesTheLibraryBeforeAndAfterAPatch() throws Exception {
    try (Program library = library()) {
      library.c("lib.c", LIBRARY.replace("VALUE", "0"));
      library.link();
      assertThat(use()).isEqualTo("built 1 236 102 53\ngone\n");
      assertThat(use("-DOWN", "-no-pie", "-fno-pie")).isEqualTo("built 2 236 102 53\ngone\n");

      library.c("lib.c", LIBRARY.replace("VALUE", "1000"));
      library.c("more.c", "int more(int x) { return x; } __thread long extra[50] = {1};\n");
      library.link();
      assertThat(use()).isEqualTo("built 1 236 102 1053\ngone\n");
      assertThat(use("-DOWN")).isEqualTo("built 2 236 102 1053\ngone\n");
      assertThat(library.count("--dyn-syms", " more")).isEqualTo(1);

      library.remove("more.o");
      library.link();
      assertThat(library.count("--dyn-syms", " more")).isZero();
      assertThat(use()).isEqualTo("built 1 236 102 1053\ngone\n");
    }
  }

  @Test
  void aLoadedLibraryStaysWhatItIsWhileANewOneIsPublished() throws Exception {
    Files.writeString(
        directory.resolve("loader.c"),
        """
        #include <dlfcn.h>
        #include <stdio.h>
        int main(int n, char **v) {
          void *library = dlopen(v[1], RTLD_NOW);
          if (!library) { puts(dlerror()); return 1; }
          int (*through)(void) = (int (*)(void))dlsym(library, "through");
          int (*locals)(void) = (int (*)(void))dlsym(library, "locals");
          printf("%d %d\\n", through(), locals());
          return dlclose(library);
        }
        """);
    Program.command(directory, "gcc", "loader.c", "-o", "loader");
    try (Program library = library()) {
      for (int value : new int[] {1, 20, 300}) {
        library.c("lib.c", LIBRARY.replace("VALUE", Integer.toString(value)));
        library.link();
        String text =
            Program.run(Map.of(), List.of(directory + "/loader", library.path.toString()));
        assertThat(text).isEqualTo("built " + (8 + value) + " 117\ngone\n");
      }
    }
  }
}

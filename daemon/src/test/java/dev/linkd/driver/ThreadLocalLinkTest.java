package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Thread-local variables of libraries, of programs, and between them, linked and patched. */
class ThreadLocalLinkTest {
  private static final String LIBRARY =
      """
      __thread int shared = 11;
      static __thread int own = %d;
      static __thread int more[3] = {1, 2, 3};
      __thread int hidden __attribute__((visibility("hidden"))) = 44;
      extern __thread int theirs;
      int sum(void) { theirs++; return shared + own + more[2] + hidden + theirs; }
      int *place(void) { return &own; }
      """;

  private static final String MAIN =
      """
      #include <pthread.h>
      #include <stdio.h>
      extern __thread int shared;
      __thread int theirs = 100;
      static __thread long aligned __attribute__((aligned(64)));
      int sum(void);
      int *place(void);
      static void *work(void *value) {
        shared++;
        *place() += 5;
        aligned = 7;
        return (void *)(sum() + aligned + ((long)&aligned & 63));
      }
      int main(void) {
        pthread_t thread;
        void *result;
        pthread_create(&thread, NULL, work, NULL);
        pthread_join(thread, &result);
        printf("%ld %ld %d\\n", (long)result, (long)work(NULL), shared);
        return 0;
      }
      """;

  /** Static glibc on x86-64 relies on the linker and has none. */
  private static final String GET_ADDRESS =
      """
      .globl __tls_get_addr
      __tls_get_addr: mov %fs:8, %rax
              mov (%rdi), %rcx
              shl $4, %rcx
              mov (%rax,%rcx), %rax
              add 8(%rdi), %rax
              ret
      .section .note.GNU-stack, "", @progbits
      """;

  @TempDir Path directory;
  private Workshop shop;

  @BeforeEach
  void open() {
    shop = new Workshop(directory);
  }

  @AfterEach
  void close() {
    shop.close();
  }

  private void verify(String output) throws Exception {
    assertThat(shop.pool.output(shop.path(output)).verify()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "gnu2, plt, small",
    "gnu2, no-plt, small",
    "gnu, no-plt, small",
    "gnu, plt, large",
  })
  void aProgramAndALibraryShareVariables(String dialect, String plt, String model)
      throws Exception {
    String[] options = {"-fPIC", "-mtls-dialect=" + dialect, "-f" + plt, "-mcmodel=" + model};
    String[] library = {"gcc", "-shared", "library.o", "-o", "libown.so"};
    String[] link = {"gcc", "main.o", "-L.", "-lown", "-Wl,-rpath,$ORIGIN", "-o", "program"};
    shop.compile("main.c", MAIN, options);
    shop.compile("library.c", LIBRARY.formatted(22), options);
    shop.ccQuietly(library);
    shop.ccQuietly(link);
    assertThat(shop.run("program")).isEqualTo("194 194 11\nexit 0");
    assertThat(shop.tool("readelf", "-rW", "libown.so"))
        .containsPattern(dialect.equals("gnu2") ? "R_X86_64_TLSDESC +\\S+ shared" : "DTPMOD64");

    shop.compile("library.c", "__thread long before[50];\n" + LIBRARY.formatted(23), options);
    shop.ccQuietly(library);
    shop.ccQuietly(link);

    assertThat(shop.run("program")).isEqualTo("195 195 11\nexit 0");
    verify("libown.so");
    verify("program");

    shop.ccQuietly("gcc", "main.o", "library.o", "-o", "program");
    assertThat(shop.run("program")).isEqualTo("195 195 11\nexit 0");
    assertThat(shop.tool("readelf", "-rW", "program")).doesNotContain("DTP").doesNotContain("DESC");
    verify("program");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gnu", "gnu2"})
  void aLibraryIsLoadedByARunningProgram(String dialect) throws Exception {
    shop.compile(
        "main.c",
        """
        #include <dlfcn.h>
        #include <stdio.h>
        __thread int theirs = 100;
        int main(int count, char **words) {
          void *library = dlopen(words[1], RTLD_NOW);
          if (!library) return puts(dlerror());
          int (*sum)(void) = (int (*)(void))dlsym(library, "sum");
          int *shared = dlsym(library, "shared");
          ++*shared;
          printf("%d\\n", sum());
          return 0;
        }
        """);
    shop.ccQuietly("gcc", "-rdynamic", "main.o", "-o", "program");
    String[] library = {"gcc", "-shared", "library.o", "-o", "own.so"};
    String big = "__thread char big[100000];\nchar *far(void) { return &big[99999]; }\n";
    shop.compile("library.c", big + LIBRARY.formatted(22), "-fPIC", "-mtls-dialect=" + dialect);
    shop.ccQuietly(library);

    assertThat(shop.run("program", "./own.so")).isEqualTo("182\nexit 0");
    assertThat(shop.tool("readelf", "-d", "own.so")).doesNotContain("STATIC_TLS");

    shop.compile("library.c", LIBRARY.formatted(30), "-fPIC", "-ftls-model=initial-exec");
    shop.ccQuietly(library);
    assertThat(shop.run("program", "./own.so")).isEqualTo("190\nexit 0");
    assertThat(shop.tool("readelf", "-d", "own.so")).contains("STATIC_TLS");
    verify("own.so");

    shop.compile("library.c", LIBRARY.formatted(31), "-fPIC", "-mtls-dialect=" + dialect);
    shop.ccQuietly(library);
    assertThat(shop.run("program", "./own.so")).isEqualTo("191\nexit 0");
    assertThat(shop.tool("readelf", "-d", "own.so")).doesNotContain("STATIC_TLS");
    verify("own.so");
  }

  /** Such sequences cannot be rewritten, because compilers write them in one way only. */
  @ParameterizedTest
  @ValueSource(strings = {"-pie", "-no-pie", "-static", "-static-pie"})
  void unusualSequencesKeepTheirModel(String kind) throws Exception {
    String code =
        """
        .globl main
        main:   push %%rbx
                lea general@tlsgd(%%rip), %%rdi
                nop
                call __tls_get_addr@plt
                mov (%%rax), %%ebx
                lea local@tlsld(%%rip), %%rdi
                nop
                call __tls_get_addr@plt
                add local@dtpoff(%%rax), %%ebx
                lea local@tlsld(%%rip), %%rdi
                call __tls_get_addr@plt
                add local@dtpoff+4(%%rax), %%ebx
                mov offset(%%rip), %%rcx
                sub general@gottpoff(%%rip), %%rcx
                add %%ecx, %%ebx
                mov %%ebx, %%eax
                pop %%rbx
                ret
        .data
        offset: .quad general@tpoff
        .section .tdata, "awT", @progbits
        .zero %d
        .globl general
        general: .long 30
        local:   .long 5, 7
        .section .note.GNU-stack, "", @progbits
        """;
    String[] link = {"gcc", kind, "main.o", "get.o", "-o", "program"};
    shop.compile("get.s", kind.contains("static") ? GET_ADDRESS : "");
    shop.compile("main.s", code.formatted(0));
    shop.ccQuietly(link);
    assertThat(shop.run("program")).isEqualTo("exit 42");

    shop.compile("main.s", code.formatted(512));
    shop.ccQuietly(link);
    assertThat(shop.run("program")).isEqualTo("exit 42");
    verify("program");
  }

  @Test
  void offsetsInTheDataOfALibraryAreRelocated() throws Exception {
    shop.compile(
        "library.s",
        """
        .data
        .globl where, exported_where, module_offset
        .type where, @object
        .type exported_where, @object
        .type module_offset, @object
        .size where, 8
        .size exported_where, 8
        .size module_offset, 8
        where:          .quad local@tpoff
        exported_where: .quad exported@tpoff
        module_offset:  .quad local@dtpoff
        .section .tdata, "awT", @progbits
        .globl exported
        exported: .long 30
        local:    .long 12
        .section .note.GNU-stack, "", @progbits
        """);
    shop.compile(
        "main.c",
        """
        extern long where, exported_where, module_offset;
        int main(void) {
          char *self;
          __asm__("mov %%fs:0, %0" : "=r"(self));
          return *(int *)(self + where) + *(int *)(self + exported_where) + module_offset;
        }
        """);
    shop.ccQuietly("gcc", "-shared", "library.o", "-o", "libown.so");
    shop.ccQuietly("gcc", "main.o", "-L.", "-lown", "-Wl,-rpath,$ORIGIN", "-o", "program");

    assertThat(shop.run("program")).isEqualTo("exit 46");
    assertThat(shop.tool("readelf", "-rdW", "libown.so"))
        .containsPattern("R_X86_64_TPOFF64 +\\S+ exported")
        .containsPattern("R_X86_64_TPOFF64 +4\n")
        .contains("STATIC_TLS");
  }

  @Test
  void localExecInALibraryIsRefused() throws Exception {
    shop.compile(
        "library.c",
        "static __thread int own;\nint *place(void) { return &own; }\n",
        "-fPIC",
        "-ftls-model=local-exec");

    assertThat(shop.cc("gcc", "-shared", "library.o", "-o", "own.so").status()).isEqualTo(1);

    assertThat(shop.heard.messages())
        .singleElement()
        .asString()
        .contains("relocation R_X86_64_TPOFF32 against `own' can not be used when making")
        .contains("a shared object; recompile with -fPIC")
        .contains("\n>>> relocation R_X86_64_TPOFF32 against own cannot be used with -shared")
        .contains(
            "against `own` can not be used when making a shared object; recompile with -fPIC");
  }

  @Test
  void theStartOfTheBlockCanBeADescriptor() throws Exception {
    shop.compile(
        "base.s",
        """
        .globl get
        .type get, @function
        get:
          lea _TLS_MODULE_BASE_@TLSDESC(%rip), %rax
          call *_TLS_MODULE_BASE_@TLSCALL(%rax)
          lea own@dtpoff(%rax), %rax
          mov %fs:(%rax), %eax
          ret
        .section .tdata,"awT",@progbits
        own: .long 20
        .section .note.GNU-stack,"",@progbits
        """);
    shop.compile(
        "main.c",
        "int get(void); _Thread_local int other = 22; int main(void) { return get() + other; }",
        "-fPIE");
    for (String option : new String[] {"-Wl,--relax", "-Wl,--no-relax", "-static"}) {
      shop.ccQuietly("gcc", "main.o", "base.o", option, "-o", "program");
      assertThat(shop.run("program")).isEqualTo("exit 42");
      assertThat(shop.pool.output(shop.path("program")).verify()).isEmpty();
    }
  }

  @Test
  void localExecCannotReachALibrary() throws Exception {
    shop.compile("library.c", "__thread int theirs = 1;\n", "-fPIC");
    shop.ccQuietly("gcc", "-shared", "library.o", "-o", "libown.so");
    shop.compile(
        "main.c",
        "extern __thread int theirs;\nint main(void) { return theirs; }\n",
        "-fno-pie",
        "-ftls-model=local-exec");

    assertThat(shop.cc("gcc", "-no-pie", "main.o", "-L.", "-lown", "-o", "p").status())
        .isEqualTo(1);

    assertThat(shop.heard.messages())
        .singleElement()
        .asString()
        .contains("R_X86_64_TPOFF32 against symbol `theirs' can not be used");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-pie", "-static"})
  void alignedVariablesStayAligned(String kind) throws Exception {
    String text =
        """
        #include <pthread.h>
        #include <stdio.h>
        __thread int first = 3;
        static __thread char page[4096] __attribute__((aligned(4096))) = {%d};
        static __thread char zeros[%d] __attribute__((aligned(1024)));
        static __thread int last = 5;
        static void *work(void *value) {
          zeros[sizeof zeros - 1]++;
          long wrong = ((long)page & 4095) | ((long)zeros & 1023);
          return (void *)(wrong * 1000 + first + page[0] + last + zeros[sizeof zeros - 1]);
        }
        int main(void) {
          pthread_t thread;
          void *result;
          pthread_create(&thread, NULL, work, NULL);
          pthread_join(thread, &result);
          printf("%%ld %%ld\\n", (long)result, (long)work(NULL));
          return 0;
        }
        """;
    String[] link = {"gcc", kind, "main.o", "-o", "program"};
    shop.compile("main.c", text.formatted(4, 100));
    shop.ccQuietly(link);
    assertThat(shop.run("program")).isEqualTo("13 13\nexit 0");

    shop.compile("main.c", text.formatted(5, 300_000));
    shop.ccQuietly(link);
    assertThat(shop.run("program")).isEqualTo("14 14\nexit 0");
    verify("program");
  }

  @Test
  void commonVariablesAreOnePerThread() throws Exception {
    String other = ".tls_common counter, %d, %d\n.section .note.GNU-stack, \"\", @progbits\n";
    shop.compile("first.s", other.formatted(4, 4));
    shop.compile("second.s", other.formatted(64, 64));
    shop.compile(
        "main.c",
        """
        #include <pthread.h>
        extern __thread int counter;
        static void *work(void *value) { return (void *)(long)(++counter + ((long)&counter & 63)); }
        int main(void) {
          pthread_t thread;
          void *result;
          counter = 41;
          pthread_create(&thread, NULL, work, NULL);
          pthread_join(thread, &result);
          return counter + (long)result;
        }
        """);
    shop.ccQuietly("gcc", "main.o", "first.o", "second.o", "-o", "program");

    assertThat(shop.run("program")).isEqualTo("exit 42");
    assertThat(shop.tool("readelf", "-sW", "program")).containsPattern(" 64 TLS .* counter\n");

    shop.ccQuietly("gcc", "main.o", "first.o", "-o", "program");
    assertThat(shop.tool("readelf", "-sW", "program")).containsPattern(" 4 TLS .* counter\n");
    assertThat(shop.tool("readelf", "-SW", "program")).containsPattern("\\.tls_common +NOBITS");
    verify("program");

    shop.compile("second.s", other.formatted(4096, 64));
    shop.compile("third.c", "__thread int zero; __thread int seven = 7;\n");
    shop.ccQuietly("gcc", "main.o", "first.o", "second.o", "third.o", "-o", "program");
    assertThat(shop.run("program")).isEqualTo("exit 42");
    verify("program");
  }
}

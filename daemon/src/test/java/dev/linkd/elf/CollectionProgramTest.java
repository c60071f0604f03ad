package dev.linkd.elf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.diag.Code;
import dev.linkd.output.FlushResult;
import dev.linkd.output.FoldingRules;
import dev.linkd.output.OutputKind;
import dev.linkd.output.OutputSpec;
import dev.linkd.output.SectionRules;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Programs without what nothing leads to, over edits that make it needed and unneeded. */
class CollectionProgramTest {

  @TempDir Path directory;

  private Program open(OutputKind kind) throws Exception {
    return open(kind, new SectionRules(true, false, false, FoldingRules.USUAL));
  }

  private Program open(OutputKind kind, SectionRules rules) throws Exception {
    OutputSpec usual = OutputSpec.of(directory.resolve("program"), kind);
    Program program = new Program(directory, usual.withSections(rules));
    program.flags("-fdata-sections");
    if (kind == OutputKind.SHARED_LIBRARY) {
      return program;
    }
    boolean pie = kind == OutputKind.PIE;
    program.put(Program.systemFile(pie ? "Scrt1.o" : "crt1.o"));
    program.put(Program.systemFile("crti.o"));
    program.put(Program.systemFile(pie ? "crtbeginS.o" : "crtbegin.o"));
    program.put(Program.systemFile("libstdc++.so"));
    program.put(Program.systemFile("libgcc_s.so.1"));
    program.put(Program.systemFile("libgcc.a"));
    program.put(Program.systemFile("libc.so"));
    program.put(Program.systemFile(pie ? "crtendS.o" : "crtend.o"));
    program.put(Program.systemFile("crtn.o"));
    return program;
  }

  /** Names in the symbol table that begin with {@code t_}. */
  private static Set<String> symbols(Program program) throws Exception {
    Set<String> names = new TreeSet<>();
    for (String line : program.readelf("-s").split("\n", -1)) {
      String name = line.substring(line.lastIndexOf(' ') + 1);
      if (name.startsWith("t_")) {
        names.add(name);
      }
    }
    return names;
  }

  private static final String PARTS =
      """
      #include <stdio.h>
      int t_missing(void);
      int t_data[100] = {7};
      static int t_local(int x) { return x + t_data[0]; }
      int t_first(int x) { return t_local(x); }
      int t_second(int x) { puts("second"); return t_first(x) + 1; }
      int t_broken(int x) { return t_missing() + t_second(x); }
      int t_mutual(int x);
      int t_cycle(int x) { return x ? t_mutual(x - 1) : 5; }
      int t_mutual(int x) { return x ? t_cycle(x - 1) : 6; }
      """;

  private static String main(String expression) {
    return "#include <stdio.h>\nint t_first(int), t_second(int), t_broken(int), t_cycle(int);\n"
        + ("int main(void) { printf(\"%d\\n\", " + expression + "); return 0; }\n");
  }

  @ParameterizedTest
  @EnumSource(
      value = OutputKind.class,
      names = {"PIE", "DYNAMIC_EXECUTABLE"})
  void whatBecomesNeededComesAndWhatDoesNotGoes(OutputKind kind) throws Exception {
    try (Program program = open(kind)) {
      program.flags("-fno-inline");
      program.c("parts.c", PARTS);
      program.c("main.c", main("1"));
      assertThat(program.linkAndRun()).isEqualTo("1\n");
      assertThat(symbols(program)).isEmpty();
      assertThat(program.count("-s", "puts")).isZero();

      program.c("main.c", main("t_first(1)"));
      assertThat(program.linkAndRun()).isEqualTo("8\n");
      assertThat(symbols(program)).containsExactlyInAnyOrder("t_data", "t_first", "t_local");

      program.c("main.c", main("t_second(1)"));
      assertThat(program.linkAndRun()).isEqualTo("second\n9\n");
      assertThat(program.count("-s", "puts")).isPositive();

      program.c("main.c", main("t_cycle(4)"));
      assertThat(program.linkAndRun()).isEqualTo("5\n");
      assertThat(symbols(program)).containsExactlyInAnyOrder("t_cycle", "t_mutual");
      assertThat(program.count("-r", "puts")).isZero();

      program.c("main.c", main("t_first(2)"));
      assertThat(program.linkAndRun()).isEqualTo("9\n");
      assertThat(symbols(program)).containsExactlyInAnyOrder("t_data", "t_first", "t_local");
    }
  }

  @Test
  void onlyWhatIsNeededHasToBeDefined() throws Exception {
    try (Program program = open(OutputKind.PIE)) {
      program.flags("-fno-inline");
      program.c("parts.c", PARTS);
      program.c("main.c", main("t_first(1)"));
      assertThat(program.linkAndRun()).isEqualTo("8\n");

      program.c("main.c", main("t_broken(1)"));
      FlushResult failed = program.output.flush();
      assertThat(failed.diagnostics())
          .singleElement()
          .satisfies(d -> assertThat(d.code()).isEqualTo(Code.UNDEFINED_SYMBOL))
          .satisfies(d -> assertThat(d.message()).isEqualTo("undefined symbol: t_missing"));
      assertThat(program.run()).isEqualTo("8\n");

      program.c("missing.c", "int t_missing(void) { return 100; }\n");
      assertThat(program.linkAndRun()).isEqualTo("second\n109\n");
      program.c("main.c", main("t_first(1)"));
      program.remove("missing.o");
      assertThat(program.linkAndRun()).isEqualTo("8\n");
      assertThat(symbols(program)).containsExactlyInAnyOrder("t_data", "t_first", "t_local");
    }
  }

  @Test
  void unwindRecordsFollowTheirFunctions() throws Exception {
    String parts =
        """
        #include <stdexcept>
        struct Noisy { int *count; ~Noisy() { ++*count; } };
        int leave(int x) { if (x > 2) throw std::runtime_error("thrown"); return x; }
        int t_guarded(int x, int *count) { Noisy noisy{count}; return leave(x); }
        int t_unused(int x) { try { return leave(x); } catch (int) { return 1; } }
        """;
    String main =
        """
        #include <cstdio>
        #include <exception>
        int t_guarded(int x, int *count);
        int main() {
          int count = 0;
          try { t_guarded(N, &count); } catch (const std::exception &e) { puts(e.what()); }
          printf("%d\\n", count);
          return 0;
        }
        """;
    try (Program program = open(OutputKind.PIE)) {
      program.put(program.compile("parts.cc", parts));
      program.c("main.c", "int main(void) { return 0; }\n");
      program.link();
      long few = program.count("--debug-dump=frames", "FDE cie=");
      assertThat(program.readelf("-S")).doesNotContain(".gcc_except_table");

      program.remove("main.o");
      program.put(program.compile("main.cc", main.replace("N", "3")));
      assertThat(program.linkAndRun()).isEqualTo("thrown\n1\n");
      assertThat(program.count("--debug-dump=frames", "FDE cie=")).isEqualTo(few + 2);
      assertThat(program.readelf("-wN", "-u").toLowerCase()).doesNotContain("warning");

      program.put(program.compile("main.cc", main.replace("N", "1")));
      assertThat(program.linkAndRun()).isEqualTo("1\n");
      program.remove("main.o");
      program.c("main.c", "int main(void) { return 0; }\n");
      program.link();
      assertThat(program.count("--debug-dump=frames", "FDE cie=")).isEqualTo(few);
    }
  }

  @Test
  void debugInformationOfWhatIsGoneHasTombstones() throws Exception {
    try (Program program = open(OutputKind.DYNAMIC_EXECUTABLE)) {
      program.flags("-g", "-O0", "-gdwarf-4");
      program.c("parts.c", PARTS);
      program.c("main.c", main("t_first(1)"));
      assertThat(program.linkAndRun()).isEqualTo("8\n");
      assertThat(lowAddress(program, "t_second")).isEqualTo("0");
      assertThat(lowAddress(program, "t_first")).isNotEqualTo("0");
      // The list of ranges of DWARF 4 would end at a pair of zeros.
      assertThat(program.readelf("-wR"))
          .contains("0000000000000001 0000000000000001 (start == end)");

      program.c("main.c", main("t_second(1)"));
      assertThat(program.linkAndRun()).isEqualTo("second\n9\n");
      assertThat(lowAddress(program, "t_second")).isNotEqualTo("0");
      program.c("main.c", main("t_first(1)"));
      assertThat(program.linkAndRun()).isEqualTo("8\n");
      assertThat(lowAddress(program, "t_second")).isEqualTo("0");
    }
  }

  private static String lowAddress(Program program, String function) throws Exception {
    String dump = program.readelf("-wi");
    String rest = dump.substring(dump.indexOf(": " + function + "\n"));
    String line = rest.substring(rest.indexOf("DW_AT_low_pc"));
    String value = line.substring(line.indexOf(':') + 1, line.indexOf('\n'));
    return value.replace("(addr)", "").strip();
  }

  @Test
  void membersOfAGroupAndLinkedSectionsLiveTogether() throws Exception {
    String text =
        """
        .section .text.t_one,"axG",@progbits,one,comdat
        .globl t_one
        .type t_one,@function
        t_one: mov $5, %eax
          ret
        .section .data.t_beside,"awG",@progbits,one,comdat
        .globl t_beside
        t_beside: .quad t_needed
        .section .text.t_needed,"ax",@progbits
        .globl t_needed
        t_needed: ret
        .section .text.t_two,"ax",@progbits
        .globl t_two
        t_two: ret
        .section meta,"ao",@progbits,.text.t_two
        .globl t_meta
        t_meta: .quad 1
        .section .text.t_kept,"axR",@progbits
        .globl t_kept
        t_kept: ret
        .section .note.GNU-stack,"",@progbits
        """;
    try (Program program = open(OutputKind.DYNAMIC_EXECUTABLE)) {
      program.put(program.compile("groups.s", text));
      program.c("main.c", "int main(void) { return 0; }\n");
      program.link();
      assertThat(symbols(program)).containsExactly("t_kept");

      program.c("main.c", "int t_one(void); int main(void) { return t_one() - 5; }\n");
      assertThat(program.linkAndRun()).isEmpty();
      assertThat(symbols(program))
          .containsExactlyInAnyOrder("t_kept", "t_one", "t_beside", "t_needed");

      program.c("main.c", "int t_two(void); int main(void) { t_two(); return 0; }\n");
      assertThat(program.linkAndRun()).isEmpty();
      assertThat(symbols(program)).containsExactlyInAnyOrder("t_kept", "t_two", "t_meta");
    }
  }

  @Test
  void aLibraryKeepsWhatItExports() throws Exception {
    try (Program program = open(OutputKind.SHARED_LIBRARY)) {
      program.flags("-fno-inline");
      String text =
          """
          VISIBLE int t_helper(int x) { return x + 1; }
          VISIBLE int t_deep(int x) { return x + 2; }
          int t_api(int x) { return CALL(x); }
          """;
      String hidden = "__attribute__((visibility(\"hidden\")))";
      program.c("lib.c", text.replace("VISIBLE", hidden).replace("CALL", "t_helper"));
      program.link();
      assertThat(symbols(program)).containsExactlyInAnyOrder("t_api", "t_helper");

      program.c("lib.c", text.replace("VISIBLE", hidden).replace("CALL", "t_deep"));
      program.link();
      assertThat(symbols(program)).containsExactlyInAnyOrder("t_api", "t_deep");

      program.c("lib.c", text.replace("VISIBLE", "").replace("CALL", "t_deep"));
      program.link();
      assertThat(symbols(program)).containsExactlyInAnyOrder("t_api", "t_deep", "t_helper");
    }
  }

  @Test
  void aCommonSymbolIsCollectedLikeOthers() throws Exception {
    try (Program program = open(OutputKind.PIE)) {
      program.flags("-fcommon");
      program.c("parts.c", "int t_shared[50]; int t_alone[50];\n");
      String main = "extern int t_shared[50]; int main(void) { return t_shared[3]; }\n";
      program.c("main.c", main);
      assertThat(program.linkAndRun()).isEmpty();
      assertThat(symbols(program)).containsExactly("t_shared");

      program.c("main.c", main.replace("t_shared", "t_alone"));
      assertThat(program.linkAndRun()).isEmpty();
      assertThat(symbols(program)).containsExactly("t_alone");
    }
  }
}

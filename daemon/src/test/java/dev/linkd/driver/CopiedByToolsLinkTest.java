package dev.linkd.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tools that copy a file make its program headers anew from its section headers. */
class CopiedByToolsLinkTest {
  private static final String DATA = "static __thread int data = 3; __thread long long_data = 4;";
  private static final String ZEROS =
      "static __thread int zero; static __thread long wide __attribute__((aligned(64)));"
          + " __thread int other;";

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

  private static String source(String function, boolean data, boolean zeros) {
    String sum = data ? "10 * data++ + long_data" : "1";
    String more = zeros ? "; zero += 100; sum += zero + wide + other + ((long)&wide & 63)" : "";
    String variables = (data ? DATA : "") + (zeros ? ZEROS : "");
    return variables.replace("long_data", function + "_long").replace("other", function + "_other")
        + "long "
        + function
        + "(void) { long sum = "
        + sum.replace("long_data", function + "_long")
        + more.replace("other", function + "_other")
        + "; return sum; }\n";
  }

  private static String program(boolean data, boolean zeros) {
    return "#include <stdio.h>\nlong library(void);\n"
        + source("own", data, zeros)
        + "int main(void) { own(); library(); printf(\"%ld %ld\\n\", own(), library());"
        + " return 0; }\n";
  }

  private static String expected(boolean data, boolean zeros) {
    return String.valueOf((data ? 44 : 1) + (zeros ? 200 : 0));
  }

  /** The file is as before for the program that runs, and then again what was linked. */
  private void copied(String file, String expected) throws Exception {
    Path path = shop.path(file);
    Path kept = shop.path(file + ".kept");
    Files.copy(path, kept);
    for (String tool : new String[] {"strip", "objcopy", "eu-strip"}) {
      Path copy = shop.path(file + ".copy");
      if (tool.equals("objcopy")) {
        shop.tool(tool, kept.toString(), copy.toString());
      } else {
        shop.tool(tool, "-o", copy.toString(), kept.toString());
      }
      Files.move(copy, path, StandardCopyOption.REPLACE_EXISTING);
      assertThat(shop.run("program")).as("%s %s", tool, file).isEqualTo(expected);
    }
    Files.move(kept, path, StandardCopyOption.REPLACE_EXISTING);
  }

  @ParameterizedTest
  @CsvSource({"true, false", "false, true", "true, true"})
  void threadLocalVariablesStayWhereTheyAre(boolean data, boolean zeros) throws Exception {
    String[] library = {"gcc", "-shared", "library.o", "-o", "library.so"};
    String[] link = {"gcc", "main.o", "library.so", "-Wl,-rpath,$ORIGIN", "-o", "program"};
    shop.compile("library.c", source("library", data, zeros), "-fPIC");
    shop.compile("main.c", program(data, zeros));
    shop.ccQuietly(library);
    shop.ccQuietly(link);
    String half = expected(data, zeros);
    copied("program", half + " " + half + "\nexit 0");
    copied("library.so", half + " " + half + "\nexit 0");

    shop.compile("library.c", source("library", zeros, data), "-fPIC");
    shop.compile("main.c", program(true, true));
    shop.ccQuietly(library);
    shop.ccQuietly(link);
    String edited = expected(true, true) + " " + expected(zeros, data) + "\nexit 0";
    assertThat(shop.run("program")).isEqualTo(edited);
    copied("program", edited);
    copied("library.so", edited);
    for (String file : new String[] {"program", "library.so"}) {
      assertThat(shop.pool.output(shop.path(file)).verify()).isEmpty();
    }
  }

  /** Offsets in the block count from where the header of the segment says that it begins. */
  @ParameterizedTest
  @CsvSource({"true, false", "false, true", "true, true"})
  void variablesAreInsideOfTheirSections(boolean data, boolean zeros) throws Exception {
    shop.compile("library.c", source("library", data, zeros));
    shop.compile("main.c", program(data, zeros));
    shop.ccQuietly("gcc", "main.o", "library.o", "-o", "program");
    String half = expected(data, zeros);
    assertThat(shop.run("program")).isEqualTo(half + " " + half + "\nexit 0");
    assertThat(shop.tool("sh", "-c", "eu-elflint --gnu-ld program; true"))
        .doesNotContain("st_value")
        .doesNotContain("TLS");
  }

  @Test
  void staticProgramsCanBeStripped() throws Exception {
    shop.compile("library.c", source("library", true, true));
    shop.compile("main.c", program(true, false));
    shop.ccQuietly("gcc", "-static", "main.o", "library.o", "-o", "program");
    copied("program", "44 244\nexit 0");
  }

  /** objcopy takes the bytes of .interp, but not of the notes, which are beside it. */
  @ParameterizedTest
  @ValueSource(strings = {"-static", "-no-pie", "-pie", "-static-pie"})
  void debugInformationCanBeKeptApart(String kind) throws Exception {
    for (int value : new int[] {42, 43}) {
      String more = value == 42 ? "" : "int more(int x) { return x * x; }\n";
      shop.compile("main.c", more + "int main(void) { return %d; }\n".formatted(value), "-g");
      shop.ccQuietly("gcc", kind, "main.o", "-Wl,--build-id", "-o", "program");

      assertThat(shop.tool("objcopy", "--only-keep-debug", "program", "program.debug")).isEmpty();
      assertThat(shop.tool("objcopy", "-g", "--add-gnu-debuglink=program.debug", "program", "copy"))
          .isEmpty();

      assertThat(shop.run("copy")).isEqualTo("exit " + value);
      String[] where = {"gdb", "-q", "-batch", "-ex", "info line main", "copy"};
      assertThat(shop.tool(where)).contains("of \"main.c\"");
    }
  }
}

package dev.linkd.object;

import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.object.cpp.CppNames;
import dev.linkd.os.SystemFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names of C++, as binutils print them. */
class CppNamesTest {
  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          _Z1fv                       | f()
          _Z1fiPKc                    | f(int, char const*)
          _ZN2ns1gERKSs               | ns::g(std::string const&)
          _ZN3FooC1Ei                 | Foo::Foo(int)
          _ZN3FooD0Ev                 | Foo::~Foo()
          _ZNK3Foo3barEv              | Foo::bar() const
          _ZN3FoocvbEv                | Foo::operator bool()
          _ZN3FooplERKS_              | Foo::operator+(Foo const&)
          _ZN3FoonwEm                 | Foo::operator new(unsigned long)
          _Z3addIiET_S0_S0_           | int add<int>(int, int)
          _Z1fPFviE                   | f(void (*)(int))
          _Z1fRA3_i                   | f(int (&) [3])
          _Z1fM3FooFviE               | f(void (Foo::*)(int))
          _Z1fM3Fooi                  | f(int Foo::*)
          _ZTV3Foo                    | vtable for Foo
          _ZTIN2ns3FooE               | typeinfo for ns::Foo
          _ZTS3Foo                    | typeinfo name for Foo
          _ZThn16_N3Foo3barEv         | non-virtual thunk to Foo::bar()
          _ZGVZ1fvE1x                 | guard variable for f()::x
          _ZZ1fvE1x_0                 | f()::x
          _ZN12_GLOBAL__N_11xE        | (anonymous namespace)::x
          _ZNSt6vectorIiSaIiEE4sizeEv | std::vector<int, std::allocator<int> >::size()
          _Z1fIJidEEvDpT_             | void f<int, double>(int, double)
          _Z1fILb1ELin3EEvv           | void f<true, -3>()
          _ZN1AB5cxx111fEv            | A[abi:cxx11]::f()
          _Z1fv.constprop.0           | f() [clone .constprop.0]
          _ZZ4mainENKUliE_clEi        | main::{lambda(int)#1}::operator()(int) const
          """)
  void namesAreReadable(String mangled, String readable) {
    assertThat(CppNames.demangle(mangled)).isEqualTo(readable);
  }

  @ParameterizedTest
  @CsvSource({"main", "_Z", "_Z3ab", "_ZN3FooE3", "_Zq1f", "_ZS_", "_Z1fT_", "_Z9999999999f", "''"})
  void othersStayWhatTheyAre(String name) {
    assertThat(CppNames.demangle(name)).isEqualTo(name);
  }

  @Test
  void theNamesOfTheStandardLibraryAreThoseThatBinutilsPrint() throws Exception {
    String library = SystemFiles.find("libstdc++.so.6").toString();
    List<String> names =
        tool("nm", "-D", library)
            .lines()
            .map(line -> line.substring(line.lastIndexOf(' ') + 1).replaceFirst("@.*", ""))
            .filter(CppNames::mangled)
            .distinct()
            .toList();
    Path list = Files.write(directory.resolve("names"), names);
    List<String> expected = tool("c++filt", "-i", "@" + list).lines().toList();

    assertThat(names).hasSizeGreaterThan(1000);
    assertThat(names.stream().map(CppNames::demangle).toList()).isEqualTo(expected);
  }

  private static String tool(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(text).isZero();
    return text;
  }

  @Test
  void nonsenseIsReadInBoundedTime() {
    Random random = new Random(42);
    String alphabet = "NEISTKPRFLJ0123_tavidcpDZCXo";
    for (int round = 0; round < 20_000; round++) {
      StringBuilder name = new StringBuilder("_Z");
      int length = random.nextInt(60);
      for (int i = 0; i < length; i++) {
        name.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      assertThat(CppNames.demangle(name.toString())).isNotEmpty();
    }
    String deep = "_Z1f" + "P".repeat(100_000) + "i";
    assertThat(CppNames.demangle(deep)).isEqualTo(deep);
  }

  @Test
  void aShortNameCannotMeanAnEndlessOne() {
    StringBuilder name = new StringBuilder("_Z1f1AI");
    name.append("1BIiiE");
    for (int i = 1; i < 34; i++) {
      String last = "S" + Integer.toString(i, 36).toUpperCase(Locale.ROOT) + "_";
      name.append("1C").append('I').append(last).append(last).append('E');
    }
    String bomb = name + "E";
    assertThat(CppNames.demangle(bomb).length()).isLessThan(1 << 22);
  }
}

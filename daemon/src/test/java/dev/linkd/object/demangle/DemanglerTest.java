package dev.linkd.object.demangle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names that compilers make, each beside what its author wrote; and names that nobody makes. */
@Timeout(120)
class DemanglerTest {
  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "_Z3foov | foo()",
        "_Z3barPKcz | bar(char const*, ...)",
        "_ZN5space5Thing3getEv | space::Thing::get()",
        "_ZNK5Thing3getEv | Thing::get() const",
        "_ZNR5Thing3getEv | Thing::get() &",
        "_ZN5ThingC2Ev | Thing::Thing()",
        "_ZN5ThingD0Ev | Thing::~Thing()",
        "_ZN5ThingcvbEv | Thing::operator bool()",
        "_ZN5ThingplERKS_ | Thing::operator+(Thing const&)",
        "_ZN5ThingnwEm | Thing::operator new(unsigned long)",
        "_Zli3_kmy | operator\"\" _km(unsigned long long)",
        "_Z4sortIiEvPT_S1_ | void sort<int>(int*, int*)",
        "_Z3maxIdET_S0_S0_ | double max<double>(double, double)",
        "_Z4callPFvicE | call(void (*)(int, char))",
        "_Z4callRFvvE | call(void (&)())",
        "_Z4takeRA3_i | take(int (&) [3])",
        "_Z4takePA3_A4_i | take(int (*) [3][4])",
        "_Z3setM5ThingFivE | set(int (Thing::*)())",
        "_Z3setM5ThingKFivE | set(int (Thing::*)() const)",
        "_Z3setM5Thingi | set(int Thing::*)",
        "_Z4fillSt6vectorIiSaIiEE | fill(std::vector<int, std::allocator<int> >)",
        "_ZNSt6vectorIiSaIiEE9push_backERKi | std::vector<int, std::allocator<int> >::push_back(int const&)",
        "_Z3useNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE | use(std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> >)",
        "_ZNSsC1Ev | std::basic_string<char, std::char_traits<char>, std::allocator<char> >::basic_string()",
        "_Z4nameB5cxx11v | name[abi:cxx11]()",
        "_ZTV5Thing | vtable for Thing",
        "_ZTI5Thing | typeinfo for Thing",
        "_ZTS5Thing | typeinfo name for Thing",
        "_ZTT5Thing | VTT for Thing",
        "_ZTC1A0_1B | construction vtable for B-in-A",
        "_ZThn16_N5Thing3runEv | non-virtual thunk to Thing::run()",
        "_ZTv0_n24_N5Thing3runEv | virtual thunk to Thing::run()",
        "_ZGVZ4mainE5value | guard variable for main::value",
        "_ZZ4mainE5value_0 | main::value",
        "_ZZ3foovENKUlvE_clEv | foo()::{lambda()#1}::operator()() const",
        "_ZZ3foovENKUliE0_clEi | foo()::{lambda(int)#2}::operator()(int) const",
        "_ZN12_GLOBAL__N_16hiddenEv | (anonymous namespace)::hidden()",
        "_ZTW3tls | TLS wrapper function for tls",
        "_Z3fooILi3EEvv | void foo<3>()",
        "_Z3fooILb1ELc65EEvv | void foo<true, (char)65>()",
        "_Z4packIJicdEEvDpT_ | void pack<int, char, double>(int, char, double)",
        "_Z4packIJicEEvDpOT_ | void pack<int, char>(int&&, char&&)",
        "_Z4packIJEEvDpT_ | void pack<>()",
        "_Z3runv.isra.0 | run() [clone .isra.0]",
        "_Z1fDn | f(decltype(nullptr))",
        "_Z1fDi | f(char32_t)",
        "_ZN4core3fmt5write17h01234567890abcdeE | core::fmt::write",
        "_ZN58_$LT$alloc..string..String$u20$as$u20$core..fmt..Debug$GT$3fmt17h5189db89705c685dE | <alloc::string::String as core::fmt::Debug>::fmt",
        "_RNvCs1234_7mycrate3foo | mycrate::foo",
        "_RINvCs1234_7mycrate3fooaE | mycrate::foo::<i8>",
        "_RNCNvCs1234_7mycrate4mains_0 | mycrate::main::{closure#1}",
        "_RNvMs0_Cs1234_7mycrateINtB5_3VechE4push | <mycrate::Vec<u8>>::push",
      })
  void theAuthorsFormIsShown(String name, String written) {
    assertThat(Demangler.demangle(name)).isEqualTo(written);
  }

  @Test
  void otherNamesStayAsTheyAre() {
    for (String name :
        List.of("", "_", "_Z", "main", "_R", "_Zfoo", "_Z3fo", "_ZN3foo", "_Random")) {
      assertThat(Demangler.demangle(name)).isEqualTo(name);
    }
  }

  @Test
  void namesInATextAreReplacedWhereTheyStandForThemselves() {
    assertThat(Demangler.demangleAll("undefined symbol: _Z3foov"))
        .isEqualTo("undefined symbol: foo()");
    assertThat(Demangler.demangleAll("main.o:(_Z3foov) and `_Z3barv'"))
        .isEqualTo("main.o:(foo()) and `bar()'");
    assertThat(Demangler.demangleAll("a.o:(.text._Z3foov+0x4)"))
        .isEqualTo("a.o:(.text._Z3foov+0x4)");
    assertThat(Demangler.demangleAll("dir/_Z3foov.o and my_Z3foov"))
        .isEqualTo("dir/_Z3foov.o and my_Z3foov");
    assertThat(Demangler.demangleAll("_Z3foov_Z3foov")).isEqualTo("_Z3foov_Z3foov");
  }

  private List<String> lines(String... command) throws IOException, InterruptedException {
    File out = Files.createTempFile(directory, "out", "").toFile();
    Process process = new ProcessBuilder(command).redirectOutput(out).start();
    assertThat(process.waitFor()).isZero();
    return Files.readAllLines(out.toPath());
  }

  /** What the readers of GNU say to the same names; "-i" keeps std::string short. */
  private List<String> gnu(List<String> names) throws IOException, InterruptedException {
    Path file = Files.write(directory.resolve("names"), names);
    return lines("sh", "-c", "c++filt -i <" + file);
  }

  @Test
  void allNamesOfTheStandardLibraryAreThoseOfCxxfilt() throws Exception {
    String library = lines("g++", "-print-file-name=libstdc++.so.6").getFirst();
    List<String> names =
        lines("nm", "-D", library).stream()
            .map(line -> line.substring(line.lastIndexOf(' ') + 1))
            .map(name -> name.split("@", -1)[0])
            .filter(name -> name.startsWith("_Z"))
            .distinct()
            .toList();
    assertThat(names).hasSizeGreaterThan(3000);

    assertThat(names.stream().map(Demangler::demangle)).containsExactlyElementsOf(gnu(names));
  }

  private static final String TEMPLATES =
      """
      #include <algorithm>
      #include <functional>
      #include <map>
      #include <memory>
      #include <numeric>
      #include <string>
      #include <tuple>
      #include <variant>
      #include <vector>
      namespace { struct Local { virtual ~Local() {} int x; }; }
      namespace deep::inside {
      template <class T, int... N> struct Many { T t[sizeof...(N)]; T sum() const; };
      template <class T, int... N> T Many<T, N...>::sum() const { return (t[N] + ...); }
      enum class Colour { red, green };
      template <Colour c> int shade() { return static_cast<int>(c); }
      template <auto F> auto call() -> decltype(F(1)) { return F(1); }
      int twice(int x) { return 2 * x; }
      }
      int (*choose(int n))(int) { return n ? deep::inside::twice : nullptr; }
      std::variant<int, std::string> kind(std::function<void(int, const char *)> f) { f(1, ""); return 1; }
      template <class... T> std::string join(const T &...t) { return (std::string(t) + ...); }
      template <class F, class... A> auto apply(F &&f, A &&...a) { return f(std::forward<A>(a)...); }
      int main(int c, char **v) {
        Local local;
        std::map<std::string, std::vector<std::unique_ptr<int>>> m;
        m["x"].push_back(std::make_unique<int>(c));
        std::vector<std::tuple<int, double>> t(3);
        std::sort(t.begin(), t.end(), [](auto &a, auto &b) { return std::get<0>(a) < std::get<0>(b); });
        deep::inside::Many<long, 0, 1, 2> many{};
        kind([&](int, const char *) { local.x++; });
        return (int)many.sum() + deep::inside::shade<deep::inside::Colour::green>()
            + deep::inside::call<deep::inside::twice>() + choose(1)(2) + (int)join("a", "b").size()
            + apply([](int x, int &&y) { return x + y; }, c, 3);
      }
      """;

  @Test
  void templatesLambdasAndPacksAreThoseOfCxxfilt() throws Exception {
    Path source = Files.writeString(directory.resolve("t.cc"), TEMPLATES);
    Path object = directory.resolve("t.o");
    lines("g++", "-std=c++20", "-O0", "-c", source.toString(), "-o", object.toString());
    List<String> names =
        lines("nm", object.toString()).stream()
            .map(line -> line.substring(line.lastIndexOf(' ') + 1))
            .filter(name -> name.startsWith("_Z"))
            // A pattern over a pack inside of template arguments is shown with the whole pack.
            .filter(name -> !name.contains("IJDpSt") && !name.contains("spcl"))
            .toList();
    assertThat(names).hasSizeGreaterThan(300);
    List<String> expected = gnu(names);

    List<String> different = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      String ours = Demangler.demangle(names.get(i));
      if (!ours.replace(" >", ">").equals(expected.get(i).replace(" >", ">"))) {
        different.add(names.get(i) + "\n  " + ours + "\n  " + expected.get(i));
      }
    }

    assertThat(different).isEmpty();
  }

  @Test
  void damagedNamesEndSoonAndStayShort() throws Exception {
    List<String> names =
        Stream.of(
                "_ZNSt6vectorIiSaIiEE9push_backERKi",
                "_ZZ3foovENKUliE0_clEi",
                "_Z4packIJicEEvDpOT_",
                "_RNvMs0_Cs1234_7mycrateINtB5_3VechE4push",
                "_ZN58_$LT$alloc..string..String$u20$as$u20$core..fmt..Debug$GT$3fmt17h5189db89705c685dE",
                "_ZN4llvm4yaml7yamlizeI12SwiftVersionEENSt9enable_ifIXsr16has_ScalarTraitsIT_EE5valueEvE4typeERNS0_2IOERS4_bRNS0_12EmptyContextE")
            .toList();
    long seed = System.nanoTime();
    Random random = new Random(seed);
    String letters = "_ZNSTIEXLJPRKFAMDCBsvicp0123459tdlQGn";
    for (int round = 0; round < 100_000; round++) {
      StringBuilder name = new StringBuilder(names.get(random.nextInt(names.size())));
      for (int i = 0; i <= random.nextInt(5); i++) {
        int at = 2 + random.nextInt(name.length() - 2);
        char c = letters.charAt(random.nextInt(letters.length()));
        if (random.nextBoolean()) {
          name.insert(at, c);
        } else {
          name.setCharAt(at, c);
        }
      }
      assertThat(Demangler.demangle(name.toString()).length())
          .as("seed %d, round %d: %s", seed, round, name)
          .isLessThan(1 << 17);
    }
  }

  @Test
  void namesThatMultiplyOrNestAreLeftAlone() {
    StringBuilder doubling = new StringBuilder("_Z1fP1aI");
    for (int i = 0; i < 40; i++) {
      doubling
          .append("N1bI")
          .append(
              i == 0
                  ? "S_S_"
                  : "S" + Integer.toString(i, 36).toUpperCase(java.util.Locale.ROOT) + "_S_")
          .append("EE");
    }
    String deep = "_Z1f" + "P".repeat(50_000) + "i";
    String rust = "_R" + "NvM".repeat(20_000);
    for (String name :
        List.of(doubling.append("E").toString(), deep, rust, "_Z1f" + "F".repeat(5_000))) {
      assertThat(Demangler.demangle(name).length()).isLessThan(1 << 17);
    }
    assertThat(Demangler.demangle(deep)).isEqualTo(deep);
    assertThat(
            new String(
                Demangler.demangle(rust).getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))
        .isEqualTo(rust);
  }
}

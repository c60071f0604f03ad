package dev.linkd.object;

import java.nio.file.Path;

/** Sources that use what an object can contain. */
final class Samples {
  private Samples() {}

  /** Functions, data, common and thread-local symbols, strings, weak and absolute symbols. */
  static final String C =
      """
      #include <stdio.h>
      int common_value;
      long initialised = 42;
      static int local_zero;
      const char *const table[] = {"one", "two", "three"};
      __thread int per_thread = 7;
      __thread int per_thread_zero;
      __attribute__((weak)) void optional(void);
      __attribute__((visibility("hidden"))) int hidden_function(int a) { return a + 1; }
      __attribute__((constructor)) static void start(void) { local_zero = 1; }
      extern int elsewhere(double);
      __asm__(".globl absolute_value\\nabsolute_value = 0x1234567890");
      int main(void) {
        if (optional) optional();
        printf("%s %f\\n", table[common_value], 1.5);
        return elsewhere(2.5) + per_thread + per_thread_zero + hidden_function(local_zero)
            + (int) initialised;
      }
      """;

  /** Templates and inline functions make COMDAT groups; exceptions make unwind tables. */
  static final String CXX =
      """
      #include <string>
      #include <vector>
      #include <stdexcept>
      template <class T> T twice(T value) { static T last{}; last = value; return value + value; }
      struct Shape { virtual ~Shape() {} virtual int area() const { return 0; } };
      inline int shared_counter() { static int counter; return ++counter; }
      int use(const std::vector<std::string> &names) {
        Shape shape;
        try {
          if (names.empty()) throw std::runtime_error("empty");
          return twice((int) names.size()) + (int) twice(2.5) + shape.area() + shared_counter();
        } catch (const std::exception &) {
          return -1;
        }
      }
      """;

  static Path c(Path directory, String... options) {
    String[] all = new String[options.length + 1];
    all[0] = "-fcommon";
    System.arraycopy(options, 0, all, 1, options.length);
    return Tools.compile(directory, "sample.c", C, all);
  }

  static Path cxx(Path directory, String... options) {
    return Tools.compile(directory, "sample.cc", CXX, options);
  }
}

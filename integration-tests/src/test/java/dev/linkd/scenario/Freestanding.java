package dev.linkd.scenario;

/** The start of a program without the C library, and the little that it may call. */
final class Freestanding {
  static final String SOURCE =
      """
      int main(void);
      void print(const char *text);
      static long call(long number, long a, long b, long c) {
        long result;
        __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c)
                         : "rcx", "r11", "memory");
        return result;
      }
      void print(const char *text) {
        long size = 0;
        while (text[size]) size++;
        call(1, 1, (long)text, size);
      }
      void *memset(void *to, int value, unsigned long size) {
        for (char *at = to; size > 0; size--) *at++ = (char)value;
        return to;
      }
      void *memcpy(void *to, const void *from, unsigned long size) {
        char *at = to;
        for (const char *f = from; size > 0; size--) *at++ = *f++;
        return to;
      }
      __attribute__((force_align_arg_pointer, noreturn)) void _start(void) {
        call(60, main(), 0, 0);
        __builtin_unreachable();
      }
      """;

  private Freestanding() {}
}

typedef int (*initcall)(void);
#define IN(name) __attribute__((used, section(name)))
#define CALL(function, level) \
  static initcall call_##function IN(".initcall" #level ".init") = function
#define EXPORT(symbol) \
  static const struct { void *value; const char *name; } export_##symbol \
      IN("___ksymtab+" #symbol) = {(void *) &symbol, #symbol}

extern initcall __initcall_start[], __initcall_end[];
int counter = COUNTER, zeros[300], common_array[9] __attribute__((common));
long jiffies_64 = 3;
static char page[4096] __attribute__((used, aligned(4096), section(".bss..page_aligned")));
static int first IN(".data..percpu..first") = 4, local IN(".data..percpu") = 5;
static const void *const vectors[4] IN(".isr_vector") = {&counter, zeros};
static int table[TABLE] IN(".table.one") = {1, 2};
static const char *const names[] = {"alpha", "beta", "gamma"};
static int boot_only IN(".init.data") = 8;

void work(void);
IN(".head.text") void _start(void) {
  work();
  for (;;) __asm__ volatile("hlt");
}
IN(".init.text") int one(void) { return counter + boot_only; }
IN(".RamFunc") int two(void) { return zeros[3] + common_array[2]; }
IN(".exit.text") static int leave(void) { return 9; }
CALL(one, 1);
CALL(two, 2);
IN(".text.hot") int hot(int x) { return x * 3; }
EXPORT(hot);
EXPORT(work);
IN(".entry.text") int entry(void) { return table[1]; }
void work(void) {
  int sum = 0;
  for (initcall *call = __initcall_start; call < __initcall_end; call++) sum += (*call)();
  zeros[sum & 7] += hot(names[sum & 1][0]) + entry() + EXTRA;
}
__asm__(".section .note.own, \"a\", @note\n.balign 4\n.long 4, 4, 7\n.asciz \"own\"\n.long 9\n"
        ".previous");

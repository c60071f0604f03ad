/*
 * A compiler in C that lets linkd make a program of its machine code: compiler SOCKET PROGRAM.
 * Two functions and an object are linked and the program is run; then one function changes and
 * grows, and it is run again: it exits with 41, then 42.
 */
#include "linkd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

/* Numbers of the ELF gABI and the psABI for x86-64. */
enum { SHT_PROGBITS = 1, SHF_WRITE = 1, SHF_ALLOC = 2, SHF_EXECINSTR = 4 };
enum { GLOBAL_OBJECT = 1 << 4 | 1, GLOBAL_FUNC = 1 << 4 | 2 };
enum { R_X86_64_PC32 = 2, R_X86_64_PLT32 = 4, ALIGNMENT = 16, ADDEND = -4 };

static struct linkd_text text(const char *string) {
  return (struct linkd_text){string, strlen(string)};
}

static void hear(void *context, const char *code, const char *line) {
  (void)context;
  fprintf(stderr, "%s (%s)\n", line, code);
}

static void check(struct linkd *client, bool worked) {
  if (!worked) {
    fprintf(stderr, "compiler: %s\n", client == NULL ? "out of memory" : linkd_error(client));
    exit(EXIT_FAILURE);
  }
}

static struct linkd_atom atom(const char *name, const char *section, struct linkd_definition *symbol,
                              const void *content, size_t size) {
  symbol->name = text(name);
  symbol->size = size;
  return (struct linkd_atom){.key = text(name),
                             .section = text(section),
                             .section_type = SHT_PROGBITS,
                             .alignment = ALIGNMENT,
                             .content = {content, size},
                             .definitions = symbol,
                             .definition_count = 1};
}

/* A function with one relocation; the addend is that of a field in front of the next instruction. */
static void put_function(struct linkd *client, const char *name, const char *section,
                         const void *code, size_t size, uint64_t offset, uint32_t kind,
                         const char *target) {
  struct linkd_definition symbol = {.info = GLOBAL_FUNC};
  struct linkd_target targets[] = {{.name = text(target), .space = LINKD_GLOBAL}};
  struct linkd_relocation relocations[] = {{offset, kind, 0, ADDEND}};
  struct linkd_atom function = atom(name, section, &symbol, code, size);
  function.section_flags = SHF_ALLOC | SHF_EXECINSTR;
  function.targets = targets;
  function.target_count = 1;
  function.relocations = relocations;
  function.relocation_count = 1;
  check(client, linkd_put(client, &function));
}

static void publish(struct linkd *client) {
  struct linkd_report report;
  check(client, linkd_flush(client, &report));
  printf("%s generation %llu\n", report.published ? "published" : "still",
         (unsigned long long)report.generation);
  fflush(stdout);
}

static void run(const char *program) {
  int status = system(program);
  printf("exit status %d\n", WIFEXITED(status) ? WEXITSTATUS(status) : -1);
  fflush(stdout);
}

int main(int count, char **words) {
  if (count != 3) {
    fprintf(stderr, "usage: compiler SOCKET PROGRAM\n");
    return 2;
  }
  /* call answer; mov %eax,%edi; mov $60,%eax; syscall */
  static const unsigned char start[] = {0xe8, 0, 0, 0, 0, 0x89, 0xc7, 0xb8, 60, 0, 0, 0, 0x0f, 0x05};
  /* mov base(%rip),%eax; ret: and with add $1,%eax between them */
  static const unsigned char answer[] = {0x8b, 0x05, 0, 0, 0, 0, 0xc3};
  static const unsigned char larger[] = {0x8b, 0x05, 0, 0, 0, 0, 0x83, 0xc0, 1, 0xc3};
  static const unsigned char base[] = {41, 0, 0, 0};

  struct linkd_output output = {.path = words[2], .kind = LINKD_STATIC_EXECUTABLE};
  struct linkd *client = linkd_open(words[1], &output, "example.src", hear, NULL);
  check(client, client != NULL && linkd_error(client) == NULL);

  /* Forward references are normal: _start is sent before what it calls. */
  put_function(client, "_start", ".text._start", start, sizeof start, 1, R_X86_64_PLT32, "answer");
  put_function(client, "answer", ".text.answer", answer, sizeof answer, 2, R_X86_64_PC32, "base");
  struct linkd_definition symbol = {.info = GLOBAL_OBJECT};
  struct linkd_atom object = atom("base", ".data.base", &symbol, base, sizeof base);
  object.section_flags = SHF_ALLOC | SHF_WRITE;
  check(client, linkd_put(client, &object));
  publish(client);
  run(words[2]);

  /* Only the bytes of the function and the places that refer to it are written. */
  put_function(client, "answer", ".text.answer", larger, sizeof larger, 2, R_X86_64_PC32, "base");
  publish(client);
  run(words[2]);
  return linkd_close(client) ? EXIT_SUCCESS : EXIT_FAILURE;
}

/*
 * Streams the program of GeneratedProgram.java to a daemon as a compiler in C does, and prints how long
 * it takes from the first function until the program is published: first_link SOCKET PROGRAM FUNCTIONS
 * [UPDATES]. With UPDATES, so many functions are then replaced, each with a publish of its own; and
 * then all, several times, in streams without a publish in between.
 */
/* For clock_gettime, which -std=c11 hides. */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

#include "linkd.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SHT_PROGBITS = 1, SHF_ALLOC_EXECINSTR = 6, GLOBAL_FUNC = 0x12, R_X86_64_PLT32 = 4 };
enum { BODY = 200, CALLS = 10, STRIDE = 16, SPREAD = 7919, CALL = 0xe8, NOP = 0x90, ADDEND = -4 };
enum { NAME_MAX_BYTES = 24, STEP = 4001, STREAMS = 5, SMALL_BODY = 32, SMALL_CALLS = 1 };

/* The body ends with a version, which the linker does not touch. */
struct shape {
  uint32_t bytes;
  uint32_t calls;
};

static const struct shape usual = {BODY, CALLS};
static const struct shape small = {SMALL_BODY, SMALL_CALLS};

static const char section_prefix[] = ".text.";

static void hear(void *context, const char *code, const char *line) {
  (void)context;
  fprintf(stderr, "%s (%s)\n", line, code);
}

static void check(struct linkd *client, bool worked) {
  if (!worked) {
    const char *why = client == NULL ? "out of memory" : linkd_error(client);
    fprintf(stderr, "first_link: %s\n", why == NULL ? "not published" : why);
    exit(EXIT_FAILURE);
  }
}

static double milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* Names are made once: a compiler has them, too. The client numbers those that it has mentioned. */
struct program {
  uint32_t functions;
  char (*names)[NAME_MAX_BYTES];
  uint32_t *numbers;
};

static struct program name_functions(uint32_t functions) {
  struct program program = {functions, calloc(functions, NAME_MAX_BYTES),
                            calloc(functions, sizeof *program.numbers)};
  if (program.names == NULL || program.numbers == NULL) {
    perror("first_link");
    exit(EXIT_FAILURE);
  }
  for (uint32_t i = 0; i < functions; i++) {
    snprintf(program.names[i], NAME_MAX_BYTES, "%sf%" PRIu32, section_prefix, i);
  }
  return program;
}

static struct linkd_text name_of(const char *section) {
  const char *name = section + sizeof section_prefix - 1;
  return (struct linkd_text){name, strlen(name)};
}

/* The number of a function's name, which is given when the function is mentioned for the first time. */
static uint32_t number_of(struct linkd *client, const struct program *program, uint32_t index) {
  if (program->numbers[index] == 0) {
    program->numbers[index] = linkd_name(client, name_of(program->names[index]));
    check(client, program->numbers[index] != 0);
  }
  return program->numbers[index];
}

/* Puts a function; body has at least the bytes of the shape, and the calls in front. */
static void put(struct linkd *client, const struct program *program, uint32_t index,
                struct shape shape, const uint8_t *body) {
  uint32_t name = number_of(client, program, index);
  struct linkd_definition symbol = {.number = name, .size = shape.bytes, .info = GLOBAL_FUNC};
  struct linkd_target targets[CALLS];
  struct linkd_relocation relocations[CALLS];
  for (uint32_t call = 0; call < shape.calls; call++) {
    uint32_t callee = (index + call * SPREAD + 1) % program->functions;
    targets[call] = (struct linkd_target){.space = LINKD_GLOBAL,
                                          .number = number_of(client, program, callee)};
    relocations[call] =
        (struct linkd_relocation){call * STRIDE + 1, R_X86_64_PLT32, call, ADDEND};
  }
  const char *section = program->names[index];
  struct linkd_atom atom = {.key_number = name,
                            .section = {section, strlen(section)},
                            .section_type = SHT_PROGBITS,
                            .section_flags = SHF_ALLOC_EXECINSTR,
                            .alignment = STRIDE,
                            .content = {body, shape.bytes},
                            .definitions = &symbol,
                            .definition_count = 1,
                            .targets = targets,
                            .target_count = shape.calls,
                            .relocations = relocations,
                            .relocation_count = shape.calls};
  check(client, linkd_put(client, &atom));
}

static void set_version(uint8_t *body, struct shape shape, uint32_t version) {
  memcpy(body + shape.bytes - sizeof version, &version, sizeof version);
}

static int compare(const void *left, const void *right) {
  double a = *(const double *)left;
  double b = *(const double *)right;
  return (a > b) - (a < b);
}

/* Replaces functions one by one; those of the first half have the code of the daemon compiled. */
static void replace(struct linkd *client, const struct program *program, size_t updates,
                    uint8_t *body) {
  double *times = calloc(updates, sizeof *times);
  if (times == NULL) {
    perror("first_link");
    exit(EXIT_FAILURE);
  }
  for (size_t i = 0; i < 2 * updates; i++) {
    uint32_t version = (uint32_t)i + 1;
    set_version(body, usual, version);
    struct linkd_report report;
    double start = milliseconds();
    put(client, program, (uint32_t)(i * STEP % program->functions), usual, body);
    check(client, linkd_flush(client, &report) && report.published);
    times[i % updates] = milliseconds() - start;
  }
  qsort(times, updates, sizeof *times, compare);
  printf("%zu functions replaced, each until it is published: p50 %.3f ms, p99 %.3f ms\n", updates,
         times[updates / 2], times[updates * 99 / 100]);
  free(times);
}

/*
 * Replaces all functions, several times; the time ends when the last one is applied. A flush tells
 * when that is: its own time is what the daemon reports.
 */
static void stream(struct linkd *client, const struct program *program, struct shape shape,
                   uint8_t *body) {
  double times[STREAMS];
  for (uint32_t i = 0; i <= STREAMS; i++) {
    set_version(body, shape, i + 1);
    double start = milliseconds();
    for (uint32_t index = 0; index < program->functions; index++) {
      put(client, program, index, shape, body);
    }
    struct linkd_report report;
    check(client, linkd_flush(client, &report) && report.published);
    if (i > 0) { /* the first has made them that large */
      uint64_t flush = report.settle_nanoseconds + report.publish_nanoseconds;
      times[i - 1] = milliseconds() - start - (double)flush / 1e6;
    }
  }
  qsort(times, STREAMS, sizeof *times, compare);
  printf("%" PRIu32 " functions of %" PRIu32 " bytes, calls in each: %" PRIu32
         ", replaced in one stream: %.0f/s without its flush (median of %d; fastest %.0f/s)\n",
         program->functions, shape.bytes, shape.calls, program->functions * 1e3 / times[STREAMS / 2], STREAMS,
         program->functions * 1e3 / times[0]);
}

int main(int count, char **words) {
  long functions = count == 4 || count == 5 ? strtol(words[3], NULL, 10) : 0;
  long updates = count == 5 ? strtol(words[4], NULL, 10) : 0;
  if (functions < 1 || functions > 100000000 || updates < 0 || updates > 100000000) {
    fprintf(stderr, "usage: first_link SOCKET PROGRAM FUNCTIONS [UPDATES]\n");
    return 2;
  }
  struct program program = name_functions((uint32_t)functions);
  uint8_t body[BODY];
  memset(body, NOP, sizeof body);
  for (uint32_t call = 0; call < CALLS; call++) {
    body[call * STRIDE] = CALL;
    memset(body + call * STRIDE + 1, 0, sizeof(uint32_t));
  }
  memset(body + BODY - sizeof(uint32_t), 0, sizeof(uint32_t));
  struct linkd_output output = {
      .path = words[2], .kind = LINKD_STATIC_EXECUTABLE, .entry = "f0"};
  double start = milliseconds();
  struct linkd *client = linkd_open(words[1], &output, "bench", hear, NULL);
  check(client, client != NULL && linkd_error(client) == NULL);
  for (uint32_t i = 0; i < (uint32_t)functions; i++) {
    put(client, &program, i, usual, body);
  }
  double sent = milliseconds();
  struct linkd_report report;
  check(client, linkd_flush(client, &report) && report.published);
  double end = milliseconds();
  printf("%.0f ms, of which %.0f until the last function was sent\n", end - start, sent - start);
  if (updates > 0) {
    replace(client, &program, (size_t)updates, body);
    stream(client, &program, usual, body);
    stream(client, &program, small, body);
  }
  check(client, linkd_close(client));
  free(program.names);
  free(program.numbers);
  return EXIT_SUCCESS;
}

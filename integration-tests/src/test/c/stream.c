/*
 * Drives the client in C harder than its example does: stream SOCKET PROGRAM FUNCTIONS.
 * Prints what the test expects.
 */
/* For clock_gettime, which -std=c11 hides. */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

#include "linkd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BODY = 200, CALLS = 10, STRIDE = 16 };

static int heard;

static void hear(void *context, const char *code, const char *line) {
  (void)context;
  if (heard++ == 0) {
    printf("%s %s\n", code, line);
  }
}

static void check(struct linkd *client, bool worked) {
  if (!worked) {
    printf("failed: %s\n", linkd_error(client));
    exit(EXIT_FAILURE);
  }
}

static struct linkd_text name(char *buffer, int number) {
  return (struct linkd_text){buffer, (size_t)sprintf(buffer, number == 0 ? "_start" : "f%d", number)};
}

/* A function of calls; its last bytes are those of a version. */
static void put(struct linkd *client, const char *key, int number, int functions, int version) {
  static char names[CALLS][16];
  char own[16], section[32];
  unsigned char body[BODY];
  memset(body, 0x90, sizeof body);
  memcpy(body + BODY - sizeof version, &version, sizeof version);
  struct linkd_target targets[CALLS];
  struct linkd_relocation relocations[CALLS];
  for (int i = 0; i < CALLS; i++) {
    body[i * STRIDE] = 0xe8;
    targets[i] = (struct linkd_target){.name = name(names[i], (number + i * 7919 + 1) % functions),
                                       .space = LINKD_GLOBAL};
    relocations[i] = (struct linkd_relocation){(uint64_t)i * STRIDE + 1, 4, (uint32_t)i, -4};
  }
  struct linkd_definition symbol = {.name = name(own, number), .size = BODY, .info = 0x12};
  int length = sprintf(section, ".text.f%d", number);
  struct linkd_text given = {key, key == NULL ? 0 : strlen(key)};
  struct linkd_atom atom = {.key = key == NULL ? symbol.name : given,
                            .section = {section, (size_t)length},
                            .section_type = 1,
                            .section_flags = 6,
                            .alignment = STRIDE,
                            .content = {body, sizeof body},
                            .definitions = &symbol,
                            .definition_count = 1,
                            .targets = targets,
                            .target_count = CALLS,
                            .relocations = relocations,
                            .relocation_count = CALLS};
  check(client, linkd_put(client, &atom));
}

/* f2, with its names by number; it calls f1 and itself, the latter by a name if one is given. */
static void put_numbered(struct linkd *client, const uint32_t *numbers, const char *itself,
                         uint32_t itself_too) {
  static const unsigned char body[] = {0xe8, 0, 0, 0, 0, 0xe8, 0, 0, 0, 0, 0xc3};
  struct linkd_text text = {itself, itself == NULL ? 0 : strlen(itself)};
  struct linkd_target targets[] = {
      {.space = LINKD_GLOBAL, .number = numbers[1]},
      {.name = text, .space = LINKD_GLOBAL, .number = itself_too}};
  struct linkd_relocation relocations[] = {{1, 4, 0, -4}, {6, 4, 1, -4}};
  struct linkd_definition symbol = {.number = numbers[0], .size = sizeof body, .info = 0x12};
  struct linkd_atom atom = {.key_number = numbers[0],
                            .section_number = numbers[2],
                            .section_type = 1,
                            .section_flags = 6,
                            .alignment = STRIDE,
                            .content = {body, sizeof body},
                            .definitions = &symbol,
                            .definition_count = 1,
                            .targets = targets,
                            .target_count = 2,
                            .relocations = relocations,
                            .relocation_count = 2};
  check(client, linkd_put(client, &atom));
}

static uint64_t nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static void flush(struct linkd *client, const char *what) {
  struct linkd_report report;
  heard = 0;
  uint64_t start = nanoseconds();
  check(client, linkd_flush(client, &report));
  uint64_t all = nanoseconds() - start;
  if (report.published && (report.publish_nanoseconds == 0 || report.settle_nanoseconds == 0 ||
                           report.publish_nanoseconds + report.settle_nanoseconds > all)) {
    printf("impossible times: settle %llu ns, publish %llu ns\n",
           (unsigned long long)report.settle_nanoseconds,
           (unsigned long long)report.publish_nanoseconds);
  }
  printf("%s: %s, generation %llu, %d diagnostics\n", what,
         report.published ? "published" : "not published", (unsigned long long)report.generation,
         heard);
}

int main(int count, char **words) {
  if (count != 4) {
    return 2;
  }
  int functions = atoi(words[3]);
  struct linkd_output output = {.path = words[2], .kind = LINKD_STATIC_EXECUTABLE};
  struct linkd *client = linkd_open(words[1], &output, "stream", hear, NULL);
  check(client, client != NULL && linkd_error(client) == NULL);
  printf("fresh %d\n", linkd_is_fresh(client));
  for (int version = 0; version < 2; version++) {
    for (int i = 0; i < functions; i++) {
      put(client, NULL, i, functions, version);
    }
    flush(client, "all functions");
  }
  put(client, "another key", 1, functions, 0);
  flush(client, "defined twice");
  check(client, linkd_remove(client, (struct linkd_text){"another key", 11}));
  flush(client, "removed");
  struct linkd_atom wrong = {.key = {"wrong", 5}, .section = {".text", 5}, .alignment = 3};
  check(client, linkd_put(client, &wrong));
  flush(client, "rejected");
  put(client, NULL, 1, functions, 5);
  flush(client, "after a rejection");
  check(client, linkd_put_input(client, "/nonexistent/input.o"));
  flush(client, "without an input");
  check(client, linkd_remove_input(client, "/nonexistent/input.o"));
  flush(client, "without it");
  uint32_t numbers[] = {linkd_name(client, (struct linkd_text){"f2", 2}),
                        linkd_name(client, (struct linkd_text){"f1", 2}),
                        linkd_name(client, (struct linkd_text){".text.f2", 8})};
  put_numbered(client, numbers, NULL, numbers[0]);
  flush(client, "by number");
  put_numbered(client, numbers, "f2", 0);
  flush(client, "one target by name, one by number");
  put_numbered(client, numbers, "f2", numbers[0]);
  flush(client, "a target by name and by number");
  numbers[1] = 4;
  put_numbered(client, numbers, NULL, numbers[0]);
  flush(client, "a number without a name");
  numbers[1] = linkd_name(client, (struct linkd_text){"f3", 2});
  put_numbered(client, numbers, NULL, numbers[0]);
  flush(client, "with it");
  printf("closed %d\n", linkd_close(client));

  client = linkd_open(words[1], &output, "stream", hear, NULL);
  check(client, client != NULL && linkd_error(client) == NULL);
  printf("fresh %d\n", linkd_is_fresh(client));
  check(client, linkd_clear(client));
  flush(client, "empty");
  linkd_free(client);

  output.kind = LINKD_PIE;
  client = linkd_open(words[1], &output, "stream", hear, NULL);
  printf("other options: %s\n", linkd_error(client));
  linkd_free(client);
  return 0;
}

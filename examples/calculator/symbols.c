/* A hash table with open addressing. Names are never removed. */
#include "calculator.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CAPACITY_FIRST = 8 };

struct entry {
  char name[NAME_MAX_BYTES + 1]; /* empty: unused */
  double value;
};

struct symbols {
  struct entry *entries;
  size_t capacity; /* a power of two */
  size_t count;
};

static void *allocate(size_t count, size_t bytes) {
  void *memory = calloc(count, bytes);
  if (memory == NULL) {
    perror("calculator");
    exit(3);
  }
  return memory;
}

/* FNV-1a. */
static uint32_t hash(const char *name) {
  uint32_t hash = 2166136261u;
  for (; *name != '\0'; name++) {
    hash = (hash ^ (unsigned char)*name) * 16777619u;
  }
  return hash;
}

/* The entry of the name, or the unused one where it belongs. */
static struct entry *slot(struct entry *entries, size_t capacity, const char *name) {
  size_t at = hash(name) & (capacity - 1);
  while (entries[at].name[0] != '\0' && strcmp(entries[at].name, name) != 0) {
    at = (at + 1) & (capacity - 1);
  }
  return &entries[at];
}

struct symbols *symbols_new(void) {
  struct symbols *symbols = allocate(1, sizeof *symbols);
  symbols->capacity = CAPACITY_FIRST;
  symbols->entries = allocate(symbols->capacity, sizeof *symbols->entries);
  return symbols;
}

void symbols_free(struct symbols *symbols) {
  free(symbols->entries);
  free(symbols);
}

static void grow(struct symbols *symbols) {
  size_t capacity = symbols->capacity * 2;
  struct entry *entries = allocate(capacity, sizeof *entries);
  for (size_t i = 0; i < symbols->capacity; i++) {
    if (symbols->entries[i].name[0] != '\0') {
      *slot(entries, capacity, symbols->entries[i].name) = symbols->entries[i];
    }
  }
  free(symbols->entries);
  symbols->entries = entries;
  symbols->capacity = capacity;
}

void symbols_set(struct symbols *symbols, const char *name, double value) {
  if (symbols->count * 4 >= symbols->capacity * 3) {
    grow(symbols);
  }
  struct entry *entry = slot(symbols->entries, symbols->capacity, name);
  if (entry->name[0] == '\0') {
    snprintf(entry->name, sizeof entry->name, "%s", name);
    symbols->count++;
  }
  entry->value = value;
}

int symbols_get(const struct symbols *symbols, const char *name, double *value) {
  const struct entry *entry = slot(symbols->entries, symbols->capacity, name);
  if (entry->name[0] == '\0') {
    return 0;
  }
  *value = entry->value;
  return 1;
}

size_t symbols_count(const struct symbols *symbols) { return symbols->count; }

static int by_name(const void *left, const void *right) {
  return strcmp(((const struct entry *)left)->name, ((const struct entry *)right)->name);
}

void symbols_each(const struct symbols *symbols,
                  void (*visit)(const char *name, double value, void *context), void *context) {
  struct entry *sorted = allocate(symbols->count + 1, sizeof *sorted);
  size_t count = 0;
  for (size_t i = 0; i < symbols->capacity; i++) {
    if (symbols->entries[i].name[0] != '\0') {
      sorted[count++] = symbols->entries[i];
    }
  }
  qsort(sorted, count, sizeof *sorted, by_name);
  for (size_t i = 0; i < count; i++) {
    visit(sorted[i].name, sorted[i].value, context);
  }
  free(sorted);
}

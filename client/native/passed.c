#include "passed.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* MFD_NOEXEC_SEAL, which C libraries learn late and some systems demand. */
enum { BUFFER_BYTES = 65536, NOT_EXECUTABLE = 8 };

/* Options with a file that is read, with one or two dashes, and the file joined by '=' or the next word. */
static const char *const input_options[] = {
    "T", "script", "dT", "default-script", "version-script", "dynamic-list", "dynamic-list-data-file",
    "export-dynamic-symbol-list", "retain-symbols-file", "symbol-ordering-file", "section-ordering-file",
    "R", "just-symbols", "c", "mri-script"};

/* Options whose value, the next word, is written or is no file. Inputs follow all others. */
static const char *const other_options[] = {
    "o", "output", "Map", "dependency-file", "reproduce", "out-implib", "separate-debug-file",
    "e", "entry", "u", "undefined", "h", "soname", "rpath", "rpath-link", "I", "dynamic-linker", "L",
    "library-path", "m", "z", "b", "format", "oformat", "f", "F", "auxiliary", "filter", "a", "A",
    "y", "trace-symbol", "G", "defsym", "wrap", "init", "fini", "plugin", "plugin-opt"};

static bool is_one_of(const char *name, const char *const *options, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (strcmp(name, options[i]) == 0) {
      return true;
    }
  }
  return false;
}

#define IS_ONE_OF(name, options) is_one_of(name, options, sizeof(options) / sizeof *(options))

/* The name of an option without its dashes; NULL for other words. */
static const char *option_name(const char *word) {
  if (word[0] != '-' || word[1] == '\0') {
    return NULL;
  }
  return word + (word[1] == '-' ? 2 : 1);
}

/* Where in a word the name of a file that is read begins; NULL when there is none. */
static char *file_in(char *word, const char *previous) {
  if (word[0] == '@') {
    return word + 1;
  }
  const char *before = previous == NULL ? NULL : option_name(previous);
  if (before != NULL && IS_ONE_OF(before, input_options)) {
    return word;
  }
  if (before != NULL && IS_ONE_OF(before, other_options)) {
    return NULL;
  }
  const char *name = option_name(word);
  if (name == NULL) {
    return word;
  }
  char *equals = strchr(word, '=');
  if (equals != NULL) {
    char option[32];
    size_t length = (size_t)(equals - name);
    if (length >= sizeof option) {
      return NULL;
    }
    memcpy(option, name, length);
    option[length] = '\0';
    if (IS_ONE_OF(option, input_options)) {
      return equals + 1;
    }
  }
  /* -T/dev/stdin, but neither -Text nor -Ttext=0x1000. */
  return word[1] == 'T' && word[2] == '/' ? word + 2 : NULL;
}

static bool begins(const char *text, const char *with) {
  return strncmp(text, with, strlen(with)) == 0;
}

/* Paths that lead every process to files of its own. */
static bool is_own(const char *path) {
  return begins(path, "/dev/fd/") || begins(path, "/dev/stdin") || begins(path, "/proc/self/")
         || begins(path, "/proc/thread-self/");
}

/*
 * Names that compilers, ar and build tools give to files: nobody looks at each of thousands of
 * objects whether it is a pipe. Should one be, the daemon says that it is no regular file.
 */
static bool is_named_as_usual(const char *path) {
  static const char *const suffixes[] = {".o", ".a", ".so", ".lo", ".obj", ".rlib", ".res", ".rsp"};
  if (begins(path, "/dev/") || begins(path, "/proc/")) {
    return false;
  }
  const char *slash = strrchr(path, '/');
  const char *name = slash == NULL ? path : slash + 1;
  const char *dot = strrchr(name, '.');
  for (size_t i = 0; dot != NULL && i < sizeof suffixes / sizeof *suffixes; i++) {
    if (strcmp(dot, suffixes[i]) == 0) {
      return true;
    }
  }
  return strstr(name, ".so.") != NULL;
}

/* Whether the daemon cannot read the file, or not as this process can. */
static bool is_to_be_passed(const char *path) {
  struct stat status;
  if (is_named_as_usual(path) || stat(path, &status) != 0 || S_ISDIR(status.st_mode)) {
    return false;
  }
  return !S_ISREG(status.st_mode) || is_own(path);
}

/* Copies all that a file gives, unless that is more than `limit` bytes: then EFBIG. */
static bool copy(int from, int to, off_t limit) {
  static char buffer[BUFFER_BYTES];
  for (off_t total = 0;;) {
    ssize_t count = read(from, buffer, sizeof buffer);
    if (count == 0) {
      return true;
    }
    if (count < 0) {
      if (errno == EINTR) {
        continue;
      }
      return false;
    }
    total += count;
    if (total > limit) {
      errno = EFBIG;
      return false;
    }
    for (ssize_t done = 0; done < count;) {
      ssize_t written = write(to, buffer + done, (size_t)(count - done));
      if (written < 0 && errno != EINTR) {
        return false;
      }
      done += written > 0 ? written : 0;
    }
  }
}

/* What is copied at most: some devices never end, and what a pipe gives stays in memory. */
static off_t limit(int descriptor) {
  struct stat status;
  bool device = fstat(descriptor, &status) == 0 && (S_ISCHR(status.st_mode) || S_ISBLK(status.st_mode));
  return device ? PASSED_DEVICE_BYTES_MAX : PASSED_BYTES_MAX;
}

/* A copy of a file in memory; its descriptor, or -1. It stays open until the process ends. */
static int copied(const char *path) {
  int from = open(path, O_RDONLY | O_CLOEXEC);
  if (from < 0) {
    return -1;
  }
  int to = memfd_create("linkd", NOT_EXECUTABLE);
  if (to < 0 && errno == EINVAL) {
    to = memfd_create("linkd", 0); /* a kernel before Linux 6.3 */
  }
  if (to >= 0 && !copy(from, to, limit(from))) {
    int error = errno;
    close(to);
    errno = error;
    to = -1;
  }
  close(from);
  return to;
}

/* The word with the path of a descriptor of this process instead of a file; NULL without memory. */
static char *replaced(const char *word, const char *file, int descriptor) {
  char process[PATH_MAX];
  ssize_t length = readlink("/proc/self", process, sizeof process - 1);
  if (length < 0) {
    return NULL;
  }
  process[length] = '\0';
  char *text;
  int size = asprintf(&text, "%.*s/proc/%s/fd/%d", (int)(file - word), word, process, descriptor);
  return size < 0 ? NULL : text;
}

bool pass_files(char **arguments, const char **fault) {
  const char *previous = NULL;
  for (; *arguments != NULL; arguments++) {
    char *word = *arguments;
    const char *file = file_in(word, previous);
    previous = word;
    if (file == NULL || !is_to_be_passed(file)) {
      continue;
    }
    int descriptor = copied(file);
    char *text = descriptor < 0 ? NULL : replaced(word, file, descriptor);
    if (text == NULL) {
      *fault = word;
      return false;
    }
    *arguments = text;
  }
  return true;
}

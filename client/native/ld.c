/*
 * ld.linkd: hands a linker's command line to the daemon and does what it answers. Where no daemon
 * can be used, `linkctl ld` takes over, which starts or replaces one, or links by itself.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "connect.h"
#include "diagnostic.h"
#include "passed.h"
#include "protobuf.h"

#if !defined(LINKD_BUILD) || !defined(LINKD_LINKCTL)
#error "LINKD_BUILD is the build of the daemon, LINKD_LINKCTL the path of linkctl from this program"
#endif

static const char program[] = "ld.linkd";
static const char link_method[] = "/linkd.v1.LinkService/Link";

extern char **environ;

/* Field numbers of linkd/v1/link_service.proto and diagnostic.proto. */
enum request { DIRECTORY = 2, ENVIRONMENT = 3, UMASK = 4, PROGRAM = 5, VIEW = 6, BUILD = 7, COMMAND_LINE = 8 };
enum view { UID = 1, MOUNT_DEVICE = 2, MOUNT_INODE = 3, ROOT_DEVICE = 4, ROOT_INODE = 5 };
enum response { DIAGNOSTIC = 2, STANDARD_OUTPUT = 3, STANDARD_ERROR = 4, EXIT = 5, COLOUR = 6 };
enum diagnostic { SEVERITY = 1, CODE = 2, MESSAGE = 3, PLACE = 4, NOTES = 5 };
enum { SEVERITY_WARNING = 2, COLOUR_ALWAYS = 1, EXIT_STATUS = 1 };

struct link {
  bool coloured;
  bool exited;
  bool failed; /* the answer cannot be read or passed on */
  int status;
};

/* Variables that linkers look at. Others are not the daemon's business. */
static bool is_relevant(const char *variable) {
  static const char *const names[] = {"LD_RUN_PATH=",       "LD_LIBRARY_PATH=",
                                      "LDEMULATION=",       "GNUTARGET=",
                                      "COLLECT_NO_DEMANGLE=", "SOURCE_DATE_EPOCH=",
                                      "TMPDIR=",            "HOME="};
  if (strncmp(variable, "LINKD_", 6) == 0) {
    return true;
  }
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    if (strncmp(variable, names[i], strlen(names[i])) == 0) {
      return true;
    }
  }
  return false;
}

static bool put_view(struct bytes *request) {
  struct stat mount, root;
  if (stat("/proc/self/ns/mnt", &mount) != 0 || stat("/", &root) != 0) {
    return false;
  }
  struct bytes view = {0};
  put_varint_field(&view, UID, geteuid());
  put_varint_field(&view, MOUNT_DEVICE, mount.st_dev);
  put_varint_field(&view, MOUNT_INODE, mount.st_ino);
  put_varint_field(&view, ROOT_DEVICE, root.st_dev);
  put_varint_field(&view, ROOT_INODE, root.st_ino);
  put_bytes_field(request, VIEW, view.data, view.size);
  request->failed |= view.failed;
  bytes_free(&view);
  return true;
}

/*
 * The working directory. One that was removed has the name that the kernel gives it: nothing is found
 * there, and absolute paths are as they are.
 */
static bool find_directory(char *directory, size_t size) {
  if (getcwd(directory, size) != NULL) {
    return true;
  }
  ssize_t length = readlink("/proc/self/cwd", directory, size - 1);
  if (length <= 0) {
    return false;
  }
  directory[length] = '\0';
  return true;
}

static bool put_request(struct bytes *request, char **arguments) {
  char directory[PATH_MAX];
  if (!find_directory(directory, sizeof directory)) {
    return false;
  }
  struct bytes words = {0};
  for (; *arguments != NULL; arguments++) {
    bytes_put(&words, *arguments, strlen(*arguments) + 1);
  }
  put_bytes_field(request, COMMAND_LINE, words.data, words.size);
  request->failed |= words.failed;
  bytes_free(&words);
  put_text_field(request, DIRECTORY, directory);
  for (char **variable = environ; *variable != NULL; variable++) {
    if (is_relevant(*variable)) {
      put_text_field(request, ENVIRONMENT, *variable);
    }
  }
  mode_t mask = umask(0);
  umask(mask);
  put_varint_field(request, UMASK, mask);
  put_text_field(request, PROGRAM, program);
  put_text_field(request, BUILD, LINKD_BUILD);
  return put_view(request) && !request->failed;
}

static bool write_all(int descriptor, const uint8_t *data, size_t size) {
  while (size > 0) {
    ssize_t count = write(descriptor, data, size);
    if (count < 0 && errno != EINTR) {
      return false;
    }
    if (count > 0) {
      data += count;
      size -= (size_t)count;
    }
  }
  return true;
}

/* Diagnostics whose notes name every place. */
static bool is_placed_in_notes(const struct field *code) {
  static const char *const codes[] = {"UNDEFINED_SYMBOL", "DUPLICATE_SYMBOL"};
  for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
    if (code->size == strlen(codes[i]) && memcmp(code->data, codes[i], code->size) == 0) {
      return true;
    }
  }
  return false;
}

static bool print_diagnostic(const struct link *link, const struct field *event) {
  struct reader reader = {.data = event->data, .size = event->size};
  struct field field, message = {0}, code = {0};
  struct bytes place = {0}, notes = {0}, text = {0};
  bool warning = false;
  while (next_field(&reader, &field)) {
    if (field.number == SEVERITY) {
      warning = field.value == SEVERITY_WARNING;
    } else if (field.number == CODE) {
      code = field;
    } else if (field.number == MESSAGE) {
      message = field;
    } else if (field.number == PLACE) {
      put_place(&place, &field);
    } else if (field.number == NOTES) {
      put_string(&notes, "\n>>> ");
      bytes_put(&notes, field.data, field.size);
    }
  }
  put_string(&text, program);
  put_string(&text, ": ");
  if (link->coloured) {
    put_string(&text, warning ? "\033[35mwarning:\033[0m " : "\033[31merror:\033[0m ");
  } else {
    put_string(&text, warning ? "warning: " : "error: ");
  }
  if (notes.size == 0 || !is_placed_in_notes(&code)) {
    bytes_put(&text, place.data, place.size);
  }
  bytes_put(&text, message.data, message.size);
  bytes_put(&text, notes.data, notes.size);
  put_string(&text, "\n");
  bool printed = !reader.damaged && !text.failed && !place.failed && !notes.failed
                 && write_all(STDERR_FILENO, text.data, text.size);
  bytes_free(&place);
  bytes_free(&notes);
  bytes_free(&text);
  return printed;
}

static void end(struct link *link, const struct field *event) {
  struct reader exit = {.data = event->data, .size = event->size};
  struct field field;
  while (next_field(&exit, &field)) {
    if (field.number == EXIT_STATUS) {
      link->status = (int)field.value;
    }
  }
  link->exited = !exit.damaged;
}

/* Does what a message says; false after the last one, and when it cannot be done. */
static bool handle(struct link *link, const uint8_t *message, size_t size) {
  struct reader reader = {.data = message, .size = size};
  struct field event;
  while (next_field(&reader, &event)) {
    bool passed = true;
    switch (event.number) {
      case DIAGNOSTIC:
        passed = print_diagnostic(link, &event);
        break;
      case STANDARD_OUTPUT:
        passed = write_all(STDOUT_FILENO, event.data, event.size);
        break;
      case STANDARD_ERROR:
        passed = write_all(STDERR_FILENO, event.data, event.size);
        break;
      case COLOUR:
        link->coloured = event.value == COLOUR_ALWAYS;
        break;
      case EXIT:
        end(link, &event);
        return false;
      default: /* progress, and what later daemons may add */
        break;
    }
    if (!passed) {
      link->failed = true;
      return false;
    }
  }
  return !reader.damaged;
}

static bool is_daemon_wanted(char **arguments) {
  const char *daemon = getenv("LINKD_DAEMON");
  if (daemon != NULL && strcmp(daemon, "off") == 0) {
    return false;
  }
  for (; *arguments != NULL; arguments++) {
    if (strcmp(*arguments, "--linkd-no-daemon") == 0 || strcmp(*arguments, "-linkd-no-daemon") == 0) {
      return false;
    }
  }
  return true;
}

/* Whether the daemon did the link, well or badly. */
static bool linked_by_daemon(char **arguments, struct link *link) {
  int descriptor = connect_daemon(NULL);
  if (descriptor < 0) {
    return false;
  }
  struct bytes request = {0};
  struct grpc_call *call = grpc_begin(descriptor, link_method);
  const uint8_t *message;
  size_t size;
  if (call != NULL && put_request(&request, arguments) && grpc_send(call, &request, true)) {
    while (grpc_receive(call, &message, &size) == GRPC_MESSAGE && handle(link, message, size)) {
    }
  }
  grpc_free(call);
  bytes_free(&request);
  close(descriptor);
  return link->exited;
}

/* Makes a path that counts from the folder of this program absolute; it may have been moved. */
static bool beside_program(const char *path, char *absolute, size_t capacity) {
  ssize_t length = path[0] == '/' ? 0 : readlink("/proc/self/exe", absolute, capacity);
  if (length < 0 || (size_t)length >= capacity) {
    return false;
  }
  while (length > 0 && absolute[length - 1] != '/') {
    length--;
  }
  int added = snprintf(absolute + length, capacity - (size_t)length, "%s", path);
  return added >= 0 && (size_t)added < capacity - (size_t)length;
}

/* Becomes `linkctl ld -- ARGUMENTS`, which says so if this program is of another build. */
static int take_over(const char *linkctl, char **argv) {
  size_t count = 0;
  while (argv[count] != NULL) {
    count++;
  }
  const char **words = calloc(count + 3, sizeof *words);
  if (words == NULL) {
    perror(program);
    return EXIT_FAILURE;
  }
  words[0] = linkctl;
  words[1] = "ld";
  words[2] = "--";
  for (size_t i = 1; i < count; i++) {
    words[i + 2] = argv[i];
  }
  setenv("LINKD_FRONT_END_BUILD", LINKD_BUILD, 1);
  execv(linkctl, (char **)words);
  fprintf(stderr, "%s: error: no daemon answers, and %s cannot be run: %s\n", program, linkctl,
          strerror(errno));
  return EXIT_FAILURE;
}

int main(int argc, char **argv) {
  if (argc == 0) {
    return EXIT_FAILURE;
  }
  const char *fault;
  if (!pass_files(argv + 1, &fault)) {
    const char *reason = errno == EFBIG ? "it gives more than a pipe or a device may" : strerror(errno);
    fprintf(stderr, "%s: error: %s: cannot be read: %s\n", program, fault, reason);
    return EXIT_FAILURE;
  }
  const char *no_colour = getenv("NO_COLOR");
  struct link link = {.coloured = (no_colour == NULL || no_colour[0] == '\0') && isatty(STDERR_FILENO)};
  if (is_daemon_wanted(argv + 1) && linked_by_daemon(argv + 1, &link)) {
    return link.status;
  }
  if (link.failed) {
    fprintf(stderr, "%s: error: the answer of the daemon cannot be passed on\n", program);
    return EXIT_FAILURE;
  }
  char linkctl[PATH_MAX];
  if (!beside_program(LINKD_LINKCTL, linkctl, sizeof linkctl)) {
    fprintf(stderr, "%s: error: no daemon answers, and linkctl is not found\n", program);
    return EXIT_FAILURE;
  }
  return take_over(linkctl, argv);
}

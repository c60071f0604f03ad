/*
 * verify OUTPUT: what `linkctl verify` does, without the start of a JVM after each of many edits.
 * Prints what differs; exit status 1 when something does, or when the output cannot be verified.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "connect.h"
#include "protobuf.h"

/* Field numbers of linkd/v1/link_service.proto and output.proto. */
enum list_response { OUTPUTS = 1 };
enum output_state { HANDLE = 1, OPTIONS = 2 };
enum output_options { PATH = 1 };
enum verify_response { DIFFERENCES = 1 };

_Noreturn static void fail(const char *why) {
  fprintf(stderr, "verify: %s\n", why);
  exit(EXIT_FAILURE);
}

/* Makes a call with one answer, which stays valid. */
static struct reader answer(const char *method, const struct bytes *request) {
  int socket = connect_daemon(NULL);
  if (socket < 0) {
    fail("no daemon answers");
  }
  struct grpc_call *call = grpc_begin(socket, method);
  struct reader reader = {0};
  if (call == NULL || !grpc_send(call, request, true)
      || grpc_receive(call, &reader.data, &reader.size) != GRPC_MESSAGE) {
    fail(call == NULL || grpc_status(call) <= 0 ? "the connection is lost" : grpc_status_text(call));
  }
  close(socket);
  return reader;
}

/* The next field with a number. */
static bool find(struct reader *reader, uint32_t number, struct field *field) {
  while (next_field(reader, field)) {
    if (field->number == number) {
      return true;
    }
  }
  return false;
}

static struct reader inside(const struct field *message) {
  return (struct reader){.data = message->data, .size = message->size};
}

static bool has_path(const struct field *output, const char *wanted) {
  struct field options, path;
  struct reader state = inside(output);
  if (!find(&state, OPTIONS, &options)) {
    return false;
  }
  struct reader reader = inside(&options);
  return find(&reader, PATH, &path) && path.size == strlen(wanted)
         && memcmp(path.data, wanted, path.size) == 0;
}

/* The handle of the output at a path; 0 when the daemon has none. */
static uint64_t handle_of(const char *path) {
  struct bytes nothing = {0};
  struct reader outputs = answer("/linkd.v1.LinkService/List", &nothing);
  struct field output, handle;
  while (find(&outputs, OUTPUTS, &output)) {
    struct reader state = inside(&output);
    if (has_path(&output, path) && find(&state, HANDLE, &handle)) {
      return handle.value;
    }
  }
  return 0;
}

int main(int argc, char **argv) {
  if (argc != 2) {
    fail("give the path of an output");
  }
  struct bytes request = {0};
  put_fixed64_field(&request, HANDLE, handle_of(argv[1]));
  struct reader differences = answer("/linkd.v1.LinkService/Verify", &request);
  struct field difference;
  int count = 0;
  while (find(&differences, DIFFERENCES, &difference)) {
    printf("%.*s\n", (int)difference.size, (const char *)difference.data);
    count++;
  }
  if (differences.damaged) {
    fail("the answer of the daemon cannot be read");
  }
  if (count == 0) {
    puts("verified: equal to a full link");
  }
  return count == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

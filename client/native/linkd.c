/* For strdup, which -std=c11 hides. */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

#include "linkd.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "connect.h"
#include "diagnostic.h"
#include "protobuf.h"

static const char open_method[] = "/linkd.v1.LinkService/Open";
static const char update_method[] = "/linkd.v1.LinkService/Update";

/* A request is sent when it has so many bytes: many updates are one message, and none waits long. */
enum { REQUEST_BYTES = 64 * 1024, ERROR_BYTES = 512 };

/* Field numbers of the messages in linkd/v1. */
enum open { OPEN_OPTIONS = 1, OPENED_HANDLE = 1, OPENED_FRESH = 3 };
enum options {
  PATH = 1, FORMAT = 2, MACHINE = 3, KIND = 4, ENTRY = 5, INTERPRETER = 6, SONAME = 7, BIND_NOW = 9,
  EXPORT_DYNAMIC = 10, BUILD_ID = 12
};
enum { FORMAT_ELF = 1, MACHINE_X86_64 = 1 };
enum request { SEQUENCE = 1, BEGIN = 2, UPDATES = 3, CALL_NAMES = 4, BEGIN_HANDLE = 1, BEGIN_STREAM = 2 };
enum update { PUT_ATOM = 1, REMOVE_ATOM = 2, PUT_INPUT = 7, REMOVE_INPUT = 8, FLUSH = 9, CLEAR = 10 };
enum atom {
  KEY = 1, SECTION = 2, TYPE = 3, FLAGS = 4, ALIGNMENT = 5, CONTENT = 6, SIZE = 7, DEFINITIONS = 8,
  NAMES = 9, SPACES = 10, OFFSETS = 11, KINDS = 12, TARGETS = 13, ADDENDS = 14,
  KEY_NUMBER = 15, SECTION_NUMBER = 16, TARGET_NUMBERS = 17
};
enum definition { NAME = 1, VALUE = 2, LENGTH = 3, INFO = 4, OTHER = 5, NAME_NUMBER = 6 };
enum input { INPUT_KEY = 1, INPUT_PATH = 2 };
enum response { REJECTIONS = 2, FLUSHES = 3 };
enum outcome { OUTCOME_SEQUENCE = 1, REJECTED = 3, REPORT = 3 };
enum report { PUBLISHED = 1, GENERATION = 2, DIAGNOSTICS = 3, STATISTICS = 4 };
enum statistics { CHANGED = 2, MOVED = 3, APPLIED = 5, WRITTEN = 7, SETTLE = 11, PUBLISH = 12 };
enum duration { SECONDS = 1, NANOSECONDS = 2, NANOSECONDS_PER_SECOND = 1000000000 };
enum diagnostic { SEVERITY = 1, CODE = 2, TEXT = 3, PLACE = 4, NOTES = 5, WARNING = 2 };

struct linkd {
  int socket;
  struct grpc_call *call;
  uint64_t handle;
  bool fresh;
  linkd_listener listener;
  void *context;
  struct bytes request; /* being put together */
  bool begun;           /* the request has its first fields */
  uint64_t sequence;    /* of the request */
  uint32_t names;       /* that the call has given */
  char *stream;         /* until it was sent that the stream begins */
  struct bytes update;
  struct bytes change;
  struct bytes part;
  uint64_t awaited; /* sequence of the request with the flush that is waited for, else 0 */
  struct linkd_report *report;
  char error[ERROR_BYTES];
};

static bool fail(struct linkd *client, const char *form, ...) {
  if (client->error[0] == '\0') {
    va_list values;
    va_start(values, form);
    vsnprintf(client->error, sizeof client->error, form, values);
    va_end(values);
  }
  return false;
}

/* Why a call is over that should go on. grpc-message has %XX for all but printable characters. */
static bool fail_call(struct linkd *client, const struct grpc_call *call) {
  char text[ERROR_BYTES / 2];
  size_t size = 0;
  const char *coded = grpc_status_text(call);
  while (*coded != '\0' && size + 1 < sizeof text) {
    unsigned value;
    if (*coded == '%' && strlen(coded) > 2 && sscanf(coded + 1, "%2x", &value) == 1) {
      text[size++] = (char)value;
      coded += 3;
    } else {
      text[size++] = *coded++;
    }
  }
  text[size] = '\0';
  int status = grpc_status(call);
  return status < 0 ? fail(client, "the connection to the daemon was lost")
                    : fail(client, "the daemon ended the call with status %d: %s", status, text);
}

static void put_options(struct bytes *out, const struct linkd_output *output) {
  put_text_field(out, PATH, output->path);
  put_varint_field(out, FORMAT, FORMAT_ELF);
  put_varint_field(out, MACHINE, MACHINE_X86_64);
  put_varint_field(out, KIND, output->kind);
  if (output->entry != NULL) {
    put_text_field(out, ENTRY, output->entry);
  }
  if (output->interpreter != NULL) {
    put_text_field(out, INTERPRETER, output->interpreter);
  }
  if (output->soname != NULL) {
    put_text_field(out, SONAME, output->soname);
  }
  put_varint_field(out, BIND_NOW, output->bind_now);
  put_varint_field(out, EXPORT_DYNAMIC, output->export_dynamic);
  put_varint_field(out, BUILD_ID, output->build_id);
}

/* Calls Open; each call has a connection of its own. */
static bool open_output(struct linkd *client, int descriptor, const struct linkd_output *output) {
  struct bytes options = {0}, request = {0};
  put_options(&options, output);
  put_bytes_field(&request, OPEN_OPTIONS, options.data, options.size);
  request.failed |= options.failed;
  struct grpc_call *call = grpc_begin(descriptor, open_method);
  const uint8_t *message;
  size_t size;
  bool opened = false;
  if (call == NULL || request.failed) {
    fail(client, "out of memory");
  } else if (!grpc_send(call, &request, true)
             || grpc_receive(call, &message, &size) != GRPC_MESSAGE) {
    fail_call(client, call);
  } else {
    struct reader reader = {.data = message, .size = size};
    struct field field;
    while (next_field(&reader, &field)) {
      if (field.number == OPENED_HANDLE) {
        client->handle = field.value;
      } else if (field.number == OPENED_FRESH) {
        client->fresh = field.value != 0;
      }
    }
    opened = !reader.damaged || fail(client, "the answer of the daemon is damaged");
  }
  grpc_free(call);
  bytes_free(&options);
  bytes_free(&request);
  return opened;
}

static int connect_to(struct linkd *client, const char *socket) {
  int descriptor = connect_daemon(socket);
  if (descriptor < 0) {
    fail(client, "no daemon answers: %s", strerror(errno));
  }
  return descriptor;
}

struct linkd *linkd_open(const char *socket, const struct linkd_output *output, const char *stream,
                         linkd_listener listener, void *context) {
  struct linkd *client = calloc(1, sizeof *client);
  if (client == NULL) {
    return NULL;
  }
  client->stream = strdup(stream);
  client->listener = listener;
  client->context = context;
  client->socket = -1;
  if (client->stream == NULL) {
    fail(client, "out of memory");
    return client;
  }
  int first = connect_to(client, socket);
  if (first < 0) {
    return client;
  }
  if (open_output(client, first, output)) {
    client->socket = connect_to(client, socket);
  }
  close(first);
  if (client->socket >= 0) {
    client->call = grpc_begin(client->socket, update_method);
    if (client->call == NULL) {
      fail(client, "out of memory");
    }
  }
  return client;
}

const char *linkd_error(const struct linkd *client) {
  return client->error[0] == '\0' ? NULL : client->error;
}

bool linkd_is_fresh(const struct linkd *client) { return client->fresh; }

static void tell(struct linkd *client, const struct field *message) {
  struct reader reader = {.data = message->data, .size = message->size};
  struct field field, text = {0};
  struct bytes code = {0}, place = {0}, notes = {0}, line = {0};
  bool warning = false;
  while (next_field(&reader, &field)) {
    if (field.number == SEVERITY) {
      warning = field.value == WARNING;
    } else if (field.number == CODE) {
      bytes_put(&code, field.data, field.size);
    } else if (field.number == TEXT) {
      text = field;
    } else if (field.number == PLACE) {
      put_place(&place, &field);
    } else if (field.number == NOTES) {
      put_string(&notes, "; ");
      bytes_put(&notes, field.data, field.size);
    }
  }
  put_string(&line, warning ? "warning: " : "error: ");
  bytes_put(&line, place.data, place.size);
  bytes_put(&line, text.data, text.size);
  bytes_put(&line, notes.data, notes.size);
  bytes_byte(&line, 0);
  bytes_byte(&code, 0);
  if (reader.damaged || code.failed || place.failed || notes.failed || line.failed) {
    fail(client, "a diagnostic of the daemon cannot be read");
  } else if (client->listener != NULL) {
    client->listener(client->context, (const char *)code.data, (const char *)line.data);
  }
  bytes_free(&code);
  bytes_free(&place);
  bytes_free(&notes);
  bytes_free(&line);
}

static uint64_t read_duration(const struct field *message) {
  struct reader reader = {.data = message->data, .size = message->size};
  struct field field;
  uint64_t nanoseconds = 0;
  while (next_field(&reader, &field)) {
    if (field.number == SECONDS) {
      nanoseconds += field.value * NANOSECONDS_PER_SECOND;
    } else if (field.number == NANOSECONDS) {
      nanoseconds += field.value;
    }
  }
  return nanoseconds;
}

static void read_statistics(struct linkd_report *report, const struct field *message) {
  struct reader reader = {.data = message->data, .size = message->size};
  struct field field;
  while (next_field(&reader, &field)) {
    if (field.number == CHANGED) {
      report->atoms_changed = field.value;
    } else if (field.number == MOVED) {
      report->atoms_moved = field.value;
    } else if (field.number == APPLIED) {
      report->relocations_applied = field.value;
    } else if (field.number == WRITTEN) {
      report->bytes_written = field.value;
    } else if (field.number == SETTLE) {
      report->settle_nanoseconds = read_duration(&field);
    } else if (field.number == PUBLISH) {
      report->publish_nanoseconds = read_duration(&field);
    }
  }
}

static void read_report(struct linkd *client, const struct field *message,
                        struct linkd_report *report) {
  struct reader reader = {.data = message->data, .size = message->size};
  struct field field;
  while (next_field(&reader, &field)) {
    if (field.number == PUBLISHED) {
      report->published = field.value != 0;
    } else if (field.number == GENERATION) {
      report->generation = field.value;
    } else if (field.number == DIAGNOSTICS) {
      tell(client, &field);
    } else if (field.number == STATISTICS) {
      read_statistics(report, &field);
    }
  }
}

static void read_rejection(struct linkd *client, const struct field *message) {
  struct reader reader = {.data = message->data, .size = message->size};
  struct field field;
  while (next_field(&reader, &field)) {
    if (field.number == REJECTED) {
      tell(client, &field);
    }
  }
}

static void read_flush(struct linkd *client, const struct field *message) {
  struct reader reader = {.data = message->data, .size = message->size};
  struct field field, report = {0};
  uint64_t sequence = 0;
  while (next_field(&reader, &field)) {
    if (field.number == OUTCOME_SEQUENCE) {
      sequence = field.value;
    } else if (field.number == REPORT) {
      report = field;
    }
  }
  if (client->awaited != 0 && sequence == client->awaited) {
    read_report(client, &report, client->report);
    client->awaited = 0;
  }
}

static bool read_response(struct linkd *client, const uint8_t *message, size_t size) {
  struct reader reader = {.data = message, .size = size};
  struct field field;
  while (next_field(&reader, &field)) {
    if (field.number == REJECTIONS) {
      read_rejection(client, &field);
    } else if (field.number == FLUSHES) {
      read_flush(client, &field);
    }
  }
  return (!reader.damaged || fail(client, "the answer of the daemon is damaged"))
         && client->error[0] == '\0';
}

static bool receive(struct linkd *client) {
  const uint8_t *message;
  size_t size;
  if (grpc_receive(client->call, &message, &size) != GRPC_MESSAGE) {
    return fail_call(client, client->call);
  }
  return read_response(client, message, size);
}

static bool send_request(struct linkd *client) {
  if (!client->begun) {
    return true;
  }
  bool sent = grpc_send(client->call, &client->request, false);
  client->begun = false;
  bytes_clear(&client->request);
  if (!sent) {
    return fail_call(client, client->call);
  }
  while (grpc_ready(client->call)) {
    if (!receive(client)) {
      return false;
    }
  }
  return true;
}

static void begin_request(struct linkd *client) {
  client->begun = true;
  put_varint_field(&client->request, SEQUENCE, ++client->sequence);
  if (client->stream != NULL) {
    bytes_clear(&client->part);
    put_fixed64_field(&client->part, BEGIN_HANDLE, client->handle);
    put_text_field(&client->part, BEGIN_STREAM, client->stream);
    put_bytes_field(&client->request, BEGIN, client->part.data, client->part.size);
    client->request.failed |= client->part.failed;
    free(client->stream);
    client->stream = NULL;
  }
}

/* Adds an update, whose message is in client->change. */
static bool add(struct linkd *client, enum update kind) {
  if (client->error[0] != '\0') {
    return false;
  }
  if (!client->begun) {
    begin_request(client);
  }
  bytes_clear(&client->update);
  put_bytes_field(&client->update, kind, client->change.data, client->change.size);
  put_bytes_field(&client->request, UPDATES, client->update.data, client->update.size);
  if (client->change.failed || client->update.failed || client->request.failed) {
    return fail(client, "out of memory");
  }
  return client->request.size < REQUEST_BYTES || send_request(client);
}

static struct bytes *begin_change(struct linkd *client) {
  bytes_clear(&client->change);
  return &client->change;
}

/* Ends a message in client->part, and makes it a field of the change. */
static void put_part(struct linkd *client, uint32_t field) {
  put_bytes_field(&client->change, field, client->part.data, client->part.size);
  client->change.failed |= client->part.failed;
  bytes_clear(&client->part);
}

static void put_definition(struct linkd *client, const struct linkd_definition *definition) {
  struct bytes *part = &client->part;
  put_bytes_field(part, NAME, definition->name.data, definition->name.size);
  put_varint_field(part, VALUE, definition->offset);
  put_varint_field(part, LENGTH, definition->size);
  put_varint_field(part, INFO, definition->info);
  put_varint_field(part, OTHER, definition->other);
  put_varint_field(part, NAME_NUMBER, definition->number);
  put_part(client, DEFINITIONS);
}

uint32_t linkd_name(struct linkd *client, struct linkd_text name) {
  if (client->error[0] != '\0') {
    return 0;
  }
  if (!client->begun) {
    begin_request(client);
  }
  put_bytes_field(&client->request, CALL_NAMES, name.data, name.size);
  if (client->request.failed) {
    fail(client, "out of memory");
    return 0;
  }
  if (client->request.size >= REQUEST_BYTES && !send_request(client)) {
    return 0;
  }
  return ++client->names;
}

/* Those of one atom have numbers, or none has. What is mixed is sent so, and refused by the daemon. */
static void put_targets(struct linkd *client, const struct linkd_atom *atom) {
  bool named = false, numbered = false;
  for (size_t i = 0; i < atom->target_count; i++) {
    named |= atom->targets[i].name.size != 0;
    numbered |= atom->targets[i].number != 0;
  }
  for (size_t i = 0; i < atom->target_count; i++) {
    const struct linkd_target *target = &atom->targets[i];
    if (named || !numbered) {
      put_bytes_field(&client->change, NAMES, target->name.data, target->name.size);
    }
    if (numbered) {
      put_varint(&client->part, target->number);
    }
  }
  put_part(client, TARGET_NUMBERS);
}

/* Parallel arrays, each a packed field. */
static void put_relocations(struct linkd *client, const struct linkd_atom *atom) {
  struct bytes *part = &client->part;
  for (size_t i = 0; i < atom->target_count; i++) {
    put_varint(part, atom->targets[i].space);
  }
  put_part(client, SPACES);
  for (size_t i = 0; i < atom->relocation_count; i++) {
    put_varint(part, atom->relocations[i].offset);
  }
  put_part(client, OFFSETS);
  for (size_t i = 0; i < atom->relocation_count; i++) {
    put_varint(part, atom->relocations[i].kind);
  }
  put_part(client, KINDS);
  for (size_t i = 0; i < atom->relocation_count; i++) {
    put_varint(part, atom->relocations[i].target);
  }
  put_part(client, TARGETS);
  for (size_t i = 0; i < atom->relocation_count; i++) {
    put_varint(part, zigzag(atom->relocations[i].addend));
  }
  put_part(client, ADDENDS);
}

bool linkd_put(struct linkd *client, const struct linkd_atom *atom) {
  struct bytes *out = begin_change(client);
  bytes_clear(&client->part);
  put_bytes_field(out, KEY, atom->key.data, atom->key.size);
  put_bytes_field(out, SECTION, atom->section.data, atom->section.size);
  put_varint_field(out, TYPE, atom->section_type);
  put_varint_field(out, FLAGS, atom->section_flags);
  put_varint_field(out, ALIGNMENT, atom->alignment);
  put_bytes_field(out, CONTENT, atom->content.data, atom->content.size);
  put_varint_field(out, SIZE, atom->size);
  put_varint_field(out, KEY_NUMBER, atom->key_number);
  put_varint_field(out, SECTION_NUMBER, atom->section_number);
  for (size_t i = 0; i < atom->definition_count; i++) {
    put_definition(client, &atom->definitions[i]);
  }
  put_targets(client, atom);
  put_relocations(client, atom);
  return add(client, PUT_ATOM);
}

bool linkd_remove(struct linkd *client, struct linkd_text key) {
  put_bytes_field(begin_change(client), KEY, key.data, key.size);
  return add(client, REMOVE_ATOM);
}

bool linkd_put_input(struct linkd *client, const char *path) {
  struct bytes *out = begin_change(client);
  put_text_field(out, INPUT_KEY, path);
  put_text_field(out, INPUT_PATH, path);
  return add(client, PUT_INPUT);
}

bool linkd_remove_input(struct linkd *client, const char *path) {
  put_text_field(begin_change(client), INPUT_KEY, path);
  return add(client, REMOVE_INPUT);
}

bool linkd_clear(struct linkd *client) {
  begin_change(client);
  return add(client, CLEAR);
}

bool linkd_flush(struct linkd *client, struct linkd_report *report) {
  memset(report, 0, sizeof *report);
  begin_change(client);
  client->report = report;
  client->awaited = client->begun ? client->sequence : client->sequence + 1;
  bool answered = add(client, FLUSH) && send_request(client);
  while (answered && client->awaited != 0) {
    answered = receive(client);
  }
  client->awaited = 0;
  return answered;
}

bool linkd_close(struct linkd *client) {
  bool ended = client->error[0] == '\0' && send_request(client);
  if (ended) {
    ended = grpc_send(client->call, NULL, true) || fail_call(client, client->call);
    const uint8_t *message;
    size_t size;
    while (ended && grpc_receive(client->call, &message, &size) == GRPC_MESSAGE) {
      ended = read_response(client, message, size);
    }
    ended = ended && grpc_status(client->call) == 0;
  }
  linkd_free(client);
  return ended;
}

void linkd_free(struct linkd *client) {
  if (client != NULL) {
    grpc_free(client->call);
    free(client->stream);
    if (client->socket >= 0) {
      close(client->socket);
    }
    bytes_free(&client->request);
    bytes_free(&client->update);
    bytes_free(&client->change);
    bytes_free(&client->part);
    free(client);
  }
}

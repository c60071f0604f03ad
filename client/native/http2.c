#include "http2.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "hpack.h"

/* Types, flags and settings of RFC 9113, section 6. */
enum { DATA = 0, HEADERS = 1, RST_STREAM = 3, SETTINGS = 4, PING = 6, GOAWAY = 7, WINDOW_UPDATE = 8 };
enum { END_STREAM = 1, ACK = 1, END_HEADERS = 4, PADDED = 8, PRIORITY = 32, PRIORITY_SIZE = 5 };
enum { HEADER_TABLE_SIZE = 1, ENABLE_PUSH = 2, INITIAL_WINDOW_SIZE = 4, MAX_FRAME_SIZE = 5 };

enum { FRAME_HEADER = 9, FRAME_MAX = 16384, WINDOW = 65535, STREAM = 1, GRPC_PREFIX = 5 };

/* A daemon of ours sends no message near this. */
static const size_t MESSAGE_MAX = 64u << 20;
static const int64_t WINDOW_MAX = 0x7fffffff;

/* So much of our window may be used before it is opened again. */
static const uint32_t WINDOW_USED_MAX = 1u << 30;

void bytes_put(struct bytes *bytes, const void *data, size_t size) {
  if (bytes->failed || size == 0) {
    return;
  }
  if (size > bytes->capacity - bytes->size) {
    size_t capacity = bytes->capacity * 2 + size + 256;
    uint8_t *grown = capacity > bytes->capacity ? realloc(bytes->data, capacity) : NULL;
    if (grown == NULL) {
      bytes->failed = true;
      return;
    }
    bytes->data = grown;
    bytes->capacity = capacity;
  }
  memcpy(bytes->data + bytes->size, data, size);
  bytes->size += size;
}

void bytes_byte(struct bytes *bytes, uint8_t value) { bytes_put(bytes, &value, 1); }

void bytes_clear(struct bytes *bytes) {
  bytes->size = 0;
  bytes->failed = false;
}

void bytes_free(struct bytes *bytes) {
  free(bytes->data);
  memset(bytes, 0, sizeof *bytes);
}

static void put_be32(struct bytes *bytes, uint32_t value) {
  uint8_t four[] = {value >> 24, value >> 16, value >> 8, value};
  bytes_put(bytes, four, sizeof four);
}

static uint32_t be32(const uint8_t *data) {
  return (uint32_t)data[0] << 24 | (uint32_t)data[1] << 16 | (uint32_t)data[2] << 8 | data[3];
}

static void put_frame(struct bytes *out, uint8_t type, uint8_t flags, uint32_t stream,
                      const void *payload, size_t size) {
  uint8_t length[] = {size >> 16, size >> 8, size};
  bytes_put(out, length, sizeof length);
  bytes_byte(out, type);
  bytes_byte(out, flags);
  put_be32(out, stream);
  bytes_put(out, payload, size);
}

static void put_setting(struct bytes *settings, uint16_t name, uint32_t value) {
  uint8_t two[] = {name >> 8, name};
  bytes_put(settings, two, sizeof two);
  put_be32(settings, value);
}

/* The preface. The windows are so large that the daemon never waits for us, and no table of headers. */
static void put_preface(struct bytes *out) {
  static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  bytes_put(out, preface, sizeof preface - 1);
  struct bytes payload = {0};
  put_setting(&payload, HEADER_TABLE_SIZE, 0);
  put_setting(&payload, ENABLE_PUSH, 0);
  put_setting(&payload, INITIAL_WINDOW_SIZE, (uint32_t)WINDOW_MAX);
  put_frame(out, SETTINGS, 0, 0, payload.data, payload.size);
  out->failed |= payload.failed;
  payload.size = 0;
  put_be32(&payload, (uint32_t)WINDOW_MAX - WINDOW);
  put_frame(out, WINDOW_UPDATE, 0, 0, payload.data, payload.size);
  bytes_free(&payload);
}

static void put_text(struct bytes *out, const char *text) {
  bytes_byte(out, (uint8_t)strlen(text)); /* below 128: one byte, not Huffman coded */
  bytes_put(out, text, strlen(text));
}

/* RFC 7541: names by their index in the static table, values as literals that are not indexed. */
static void put_headers(struct bytes *out, const char *path) {
  struct bytes block = {0};
  bytes_byte(&block, 0x83); /* :method: POST */
  bytes_byte(&block, 0x86); /* :scheme: http */
  bytes_byte(&block, 0x04); /* :path */
  put_text(&block, path);
  bytes_byte(&block, 0x01); /* :authority */
  put_text(&block, "localhost");
  bytes_put(&block, "\x0f\x10", 2); /* content-type */
  put_text(&block, "application/grpc");
  bytes_byte(&block, 0x00);
  put_text(&block, "te");
  put_text(&block, "trailers");
  put_frame(out, HEADERS, END_HEADERS, STREAM, block.data, block.size);
  out->failed |= block.failed;
  bytes_free(&block);
}

struct grpc_call {
  int socket;
  struct bytes out; /* frames to be sent */
  int64_t connection_window;
  int64_t stream_window;
  int64_t initial_window;
  struct bytes in; /* received, from `at` on not yet looked at */
  size_t at;
  struct bytes answer; /* messages with their prefixes, from `taken` on not yet handed out */
  size_t taken;
  uint32_t window_used; /* of our window, since it was opened last */
  bool ended;
  bool broken;
  struct bytes status;
  struct bytes status_text;
};

/* Sends the frames that were made. */
static bool send_out(struct grpc_call *call) {
  struct bytes *out = &call->out;
  for (size_t done = 0; done < out->size && !out->failed;) {
    ssize_t count = send(call->socket, out->data + done, out->size - done, MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count < 0) {
      out->failed = true;
    } else {
      done += (size_t)count;
    }
  }
  call->broken |= out->failed;
  bytes_clear(out);
  return !call->broken;
}

/* Reads until `size` bytes lie behind call->at. */
static bool read_in(struct grpc_call *call, size_t size) {
  struct bytes *in = &call->in;
  while (in->size - call->at < size) {
    if (call->at > 0) {
      in->size -= call->at;
      memmove(in->data, in->data + call->at, in->size);
      call->at = 0;
    }
    uint8_t chunk[FRAME_MAX];
    ssize_t count = read(call->socket, chunk, sizeof chunk);
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count <= 0) {
      return false;
    }
    bytes_put(in, chunk, (size_t)count);
    if (in->failed) {
      return false;
    }
  }
  return true;
}

static void settings(struct grpc_call *call, const uint8_t *payload, size_t size) {
  for (size_t at = 0; at + 6 <= size; at += 6) {
    uint32_t value = be32(payload + at + 2);
    if ((payload[at] << 8 | payload[at + 1]) == INITIAL_WINDOW_SIZE) {
      call->stream_window += (int64_t)value - call->initial_window;
      call->initial_window = value;
    }
  }
  put_frame(&call->out, SETTINGS, ACK, 0, NULL, 0);
}

static void open_windows(struct grpc_call *call) {
  struct bytes payload = {0};
  put_be32(&payload, call->window_used);
  put_frame(&call->out, WINDOW_UPDATE, 0, 0, payload.data, payload.size);
  put_frame(&call->out, WINDOW_UPDATE, 0, STREAM, payload.data, payload.size);
  call->out.failed |= payload.failed;
  bytes_free(&payload);
  call->window_used = 0;
}

/* Takes the padding off; false when there is more of it than there are bytes. */
static bool unpad(uint8_t flags, const uint8_t **payload, size_t *size) {
  if ((flags & PADDED) != 0) {
    if (*size == 0 || **payload >= *size) {
      return false;
    }
    *size -= 1u + **payload;
    (*payload)++;
  }
  return true;
}

static bool data(struct grpc_call *call, uint8_t flags, const uint8_t *payload, size_t size) {
  call->window_used += (uint32_t)size;
  if (call->window_used >= WINDOW_USED_MAX) {
    open_windows(call);
  }
  if (!unpad(flags, &payload, &size)) {
    return false;
  }
  if (call->taken > 0) {
    call->answer.size -= call->taken;
    memmove(call->answer.data, call->answer.data + call->taken, call->answer.size);
    call->taken = 0;
  }
  bytes_put(&call->answer, payload, size);
  return !call->answer.failed;
}

/* The status comes with the last headers, or with the only ones. */
static bool headers(struct grpc_call *call, uint8_t flags, const uint8_t *payload, size_t size) {
  if (!unpad(flags, &payload, &size)) {
    return false;
  }
  if ((flags & PRIORITY) != 0) {
    if (size < PRIORITY_SIZE) {
      return false;
    }
    payload += PRIORITY_SIZE;
    size -= PRIORITY_SIZE;
  }
  if ((flags & END_STREAM) != 0 && (flags & END_HEADERS) != 0) {
    hpack_find(payload, size, "grpc-status", &call->status);
    hpack_find(payload, size, "grpc-message", &call->status_text);
    bytes_byte(&call->status, 0);
    bytes_byte(&call->status_text, 0);
  }
  return !call->status.failed && !call->status_text.failed;
}

static bool window_update(struct grpc_call *call, uint32_t stream, const uint8_t *payload,
                          size_t size) {
  if (size != 4) {
    return false;
  }
  *(stream == 0 ? &call->connection_window : &call->stream_window) += be32(payload) & 0x7fffffff;
  return true;
}

static bool frame(struct grpc_call *call, const uint8_t *header, const uint8_t *payload, size_t size) {
  uint8_t type = header[3];
  uint8_t flags = header[4];
  bool valid = true;
  if (type == DATA) {
    valid = data(call, flags, payload, size);
  } else if (type == HEADERS) {
    valid = headers(call, flags, payload, size);
  } else if (type == SETTINGS && (flags & ACK) == 0) {
    settings(call, payload, size);
  } else if (type == PING && (flags & ACK) == 0) {
    put_frame(&call->out, PING, ACK, 0, payload, size);
  } else if (type == WINDOW_UPDATE) {
    valid = window_update(call, be32(header + 5) & 0x7fffffff, payload, size);
  }
  call->ended |= type == RST_STREAM || type == GOAWAY
                 || ((type == DATA || type == HEADERS) && (flags & END_STREAM) != 0);
  return valid;
}

/* Takes in one frame and answers it; false when the call is over. */
static bool step(struct grpc_call *call) {
  if (call->ended || call->broken) {
    return false;
  }
  if (!read_in(call, FRAME_HEADER)) {
    call->broken = true;
    return false;
  }
  uint8_t header[FRAME_HEADER];
  memcpy(header, call->in.data + call->at, sizeof header);
  size_t size = (size_t)header[0] << 16 | (size_t)header[1] << 8 | header[2];
  call->at += FRAME_HEADER;
  if (size > FRAME_MAX || !read_in(call, size)
      || !frame(call, header, call->in.data + call->at, size)) {
    call->broken = true;
    return false;
  }
  call->at += size;
  return send_out(call);
}

/* Whether the answer has a whole message that was not handed out. */
static bool has_message(const struct grpc_call *call, size_t *length) {
  const uint8_t *prefix = call->answer.data + call->taken;
  size_t size = call->answer.size - call->taken;
  if (size < GRPC_PREFIX) {
    return false;
  }
  *length = be32(prefix + 1);
  return prefix[0] == 0 && *length <= size - GRPC_PREFIX;
}

static bool is_damaged(const struct grpc_call *call) {
  const uint8_t *prefix = call->answer.data + call->taken;
  return call->answer.size - call->taken >= GRPC_PREFIX
         && (prefix[0] != 0 || be32(prefix + 1) > MESSAGE_MAX);
}

struct grpc_call *grpc_begin(int socket, const char *path) {
  struct grpc_call *call = calloc(1, sizeof *call);
  if (call == NULL || strlen(path) > 127) {
    free(call);
    return NULL;
  }
  call->socket = socket;
  call->connection_window = call->stream_window = call->initial_window = WINDOW;
  put_preface(&call->out);
  put_headers(&call->out, path);
  return call;
}

/* Makes frames of as much of a message as the windows let through; returns how much. */
static size_t put_data(struct grpc_call *call, const struct bytes *body, size_t from, bool last) {
  while (from < body->size && call->connection_window > 0 && call->stream_window > 0) {
    int64_t size = (int64_t)(body->size - from);
    size = size < FRAME_MAX ? size : FRAME_MAX;
    size = size < call->connection_window ? size : call->connection_window;
    size = size < call->stream_window ? size : call->stream_window;
    bool end = last && from + (size_t)size == body->size;
    put_frame(&call->out, DATA, end ? END_STREAM : 0, STREAM, body->data + from, (size_t)size);
    from += (size_t)size;
    call->connection_window -= size;
    call->stream_window -= size;
  }
  return from;
}

bool grpc_send(struct grpc_call *call, const struct bytes *message, bool last) {
  if (message == NULL) {
    if (last) {
      put_frame(&call->out, DATA, END_STREAM, STREAM, NULL, 0);
    }
    return send_out(call);
  }
  struct bytes body = {0};
  bytes_byte(&body, 0); /* not compressed */
  put_be32(&body, (uint32_t)message->size);
  bytes_put(&body, message->data, message->size);
  bool sent = !message->failed && !body.failed && message->size <= UINT32_MAX;
  size_t done = 0;
  while (sent && done < body.size) {
    size_t more = put_data(call, &body, done, last);
    sent = more > done ? send_out(call) : step(call);
    done = more;
  }
  bytes_free(&body);
  return sent;
}

enum grpc_event grpc_receive(struct grpc_call *call, const uint8_t **message, size_t *size) {
  for (;;) {
    if (has_message(call, size)) {
      *message = call->answer.data + call->taken + GRPC_PREFIX;
      call->taken += GRPC_PREFIX + *size;
      return GRPC_MESSAGE;
    }
    if (is_damaged(call)) {
      return GRPC_BROKEN;
    }
    if (!step(call)) {
      if (call->broken) {
        return GRPC_BROKEN;
      }
      if (!has_message(call, size)) {
        return GRPC_ENDED;
      }
    }
  }
}

bool grpc_ready(struct grpc_call *call) {
  size_t size;
  struct pollfd readable = {.fd = call->socket, .events = POLLIN};
  while (!has_message(call, &size) && !is_damaged(call) && !call->ended && !call->broken) {
    if (call->in.size - call->at < FRAME_HEADER && poll(&readable, 1, 0) <= 0) {
      return false;
    }
    step(call);
  }
  return true;
}

int grpc_status(const struct grpc_call *call) {
  return call->status.size > 1 ? atoi((const char *)call->status.data) : -1;
}

const char *grpc_status_text(const struct grpc_call *call) {
  return call->status_text.size > 0 ? (const char *)call->status_text.data : "";
}

void grpc_free(struct grpc_call *call) {
  if (call != NULL) {
    bytes_free(&call->out);
    bytes_free(&call->in);
    bytes_free(&call->answer);
    bytes_free(&call->status);
    bytes_free(&call->status_text);
    free(call);
  }
}

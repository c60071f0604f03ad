#include "http2.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Types, flags and settings of RFC 9113, section 6. */
enum { DATA = 0, HEADERS = 1, RST_STREAM = 3, SETTINGS = 4, PING = 6, GOAWAY = 7, WINDOW_UPDATE = 8 };
enum { END_STREAM = 1, ACK = 1, END_HEADERS = 4, PADDED = 8 };
enum { HEADER_TABLE_SIZE = 1, ENABLE_PUSH = 2, INITIAL_WINDOW_SIZE = 4, MAX_FRAME_SIZE = 5 };

enum { FRAME_HEADER = 9, FRAME_MAX = 16384, WINDOW = 65535, STREAM = 1, GRPC_PREFIX = 5 };

/* A daemon of ours sends no message near this. */
static const size_t MESSAGE_MAX = 64u << 20;
static const int64_t WINDOW_MAX = 0x7fffffff;

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

/*
 * The preface. The windows are so large that the daemon never waits for us, so that none has to be
 * opened again; an empty header table, because the headers of the answer are not looked at: what
 * counts is whether the answer ends with the message that it must end with.
 */
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

struct call {
  int socket;
  struct bytes body; /* the request with its gRPC prefix */
  size_t sent;
  int64_t connection_window;
  int64_t stream_window;
  int64_t initial_window;
  struct bytes in;      /* received, from `at` on not yet looked at */
  size_t at;
  struct bytes message; /* of the answer, with its prefix, as far as it has come */
  message_handler handler;
  void *context;
};

static bool send_all(int socket, const struct bytes *out) {
  if (out->failed) {
    return false;
  }
  for (size_t done = 0; done < out->size;) {
    ssize_t count = send(socket, out->data + done, out->size - done, MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count < 0) {
      return false;
    }
    done += (size_t)count;
  }
  return true;
}

/* Adds as much of the request as the windows let through. */
static void put_body(struct call *call, struct bytes *out) {
  while (call->sent < call->body.size && call->connection_window > 0 && call->stream_window > 0) {
    int64_t size = (int64_t)(call->body.size - call->sent);
    size = size < FRAME_MAX ? size : FRAME_MAX;
    size = size < call->connection_window ? size : call->connection_window;
    size = size < call->stream_window ? size : call->stream_window;
    bool last = call->sent + (size_t)size == call->body.size;
    put_frame(out, DATA, last ? END_STREAM : 0, STREAM, call->body.data + call->sent, (size_t)size);
    call->sent += (size_t)size;
    call->connection_window -= size;
    call->stream_window -= size;
  }
}

static bool send_body(struct call *call) {
  struct bytes out = {0};
  put_body(call, &out);
  bool sent = send_all(call->socket, &out);
  bytes_free(&out);
  return sent;
}

static bool answer(struct call *call, uint8_t type, const uint8_t *payload, size_t size) {
  struct bytes out = {0};
  put_frame(&out, type, ACK, 0, payload, size);
  bool sent = send_all(call->socket, &out);
  bytes_free(&out);
  return sent;
}

/* Reads until `size` bytes lie behind call->at. */
static bool receive(struct call *call, size_t size) {
  while (call->in.size - call->at < size) {
    if (call->at > 0) {
      call->in.size -= call->at;
      memmove(call->in.data, call->in.data + call->at, call->in.size);
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
    bytes_put(&call->in, chunk, (size_t)count);
    if (call->in.failed) {
      return false;
    }
  }
  return true;
}

static bool settings(struct call *call, const uint8_t *payload, size_t size) {
  for (size_t at = 0; at + 6 <= size; at += 6) {
    uint32_t value = be32(payload + at + 2);
    if ((payload[at] << 8 | payload[at + 1]) == INITIAL_WINDOW_SIZE) {
      call->stream_window += (int64_t)value - call->initial_window;
      call->initial_window = value;
    }
  }
  return answer(call, SETTINGS, NULL, 0) && send_body(call);
}

static bool window_update(struct call *call, uint32_t stream, const uint8_t *payload, size_t size) {
  if (size != 4) {
    return false;
  }
  *(stream == 0 ? &call->connection_window : &call->stream_window) += be32(payload) & 0x7fffffff;
  return send_body(call);
}

/* Cuts messages out of the data; false when the handler is satisfied or the data is not gRPC. */
static enum call_result data(struct call *call, uint8_t flags, const uint8_t *payload, size_t size) {
  if ((flags & PADDED) != 0) {
    if (size == 0 || payload[0] >= size) {
      return CALL_FAILED;
    }
    size -= 1u + payload[0];
    payload++;
  }
  bytes_put(&call->message, payload, size);
  if (call->message.failed) {
    return CALL_FAILED;
  }
  size_t at = 0;
  while (call->message.size - at >= GRPC_PREFIX) {
    const uint8_t *message = call->message.data + at;
    size_t length = be32(message + 1);
    if (message[0] != 0 || length > MESSAGE_MAX) {
      return CALL_FAILED;
    }
    if (call->message.size - at - GRPC_PREFIX < length) {
      break;
    }
    if (!call->handler(call->context, message + GRPC_PREFIX, length)) {
      return CALL_ENDED;
    }
    at += GRPC_PREFIX + length;
  }
  call->message.size -= at;
  memmove(call->message.data, call->message.data + at, call->message.size);
  return CALL_REFUSED;
}

/* Follows the answer to its end. */
static enum call_result converse(struct call *call) {
  for (;;) {
    if (!receive(call, FRAME_HEADER)) {
      return CALL_REFUSED;
    }
    uint8_t header[FRAME_HEADER];
    memcpy(header, call->in.data + call->at, sizeof header);
    size_t size = (size_t)header[0] << 16 | (size_t)header[1] << 8 | header[2];
    if (size > FRAME_MAX) {
      return CALL_FAILED;
    }
    call->at += FRAME_HEADER;
    if (!receive(call, size)) {
      return CALL_REFUSED;
    }
    const uint8_t *payload = call->in.data + call->at;
    uint8_t type = header[3];
    uint8_t flags = header[4];
    bool works = true;
    if (type == DATA) {
      enum call_result result = data(call, flags, payload, size);
      if (result != CALL_REFUSED) {
        return result;
      }
    } else if (type == SETTINGS && (flags & ACK) == 0) {
      works = settings(call, payload, size);
    } else if (type == PING && (flags & ACK) == 0) {
      works = answer(call, PING, payload, size);
    } else if (type == WINDOW_UPDATE) {
      works = window_update(call, be32(header + 5) & 0x7fffffff, payload, size);
    } else if (type == RST_STREAM || type == GOAWAY) {
      return CALL_REFUSED;
    }
    if (!works) {
      return CALL_FAILED;
    }
    if ((type == DATA || type == HEADERS) && (flags & END_STREAM) != 0) {
      return CALL_REFUSED;
    }
    call->at += size;
  }
}

enum call_result grpc_call(int socket, const char *path, const struct bytes *request,
                           message_handler handler, void *context) {
  struct call call = {.socket = socket,
                      .connection_window = WINDOW,
                      .stream_window = WINDOW,
                      .initial_window = WINDOW,
                      .handler = handler,
                      .context = context};
  bytes_byte(&call.body, 0);
  put_be32(&call.body, (uint32_t)request->size);
  bytes_put(&call.body, request->data, request->size);
  struct bytes out = {0};
  out.failed = request->failed || call.body.failed || strlen(path) > 127;
  put_preface(&out);
  put_headers(&out, path);
  put_body(&call, &out);
  enum call_result result = send_all(socket, &out) ? converse(&call) : CALL_FAILED;
  bytes_free(&out);
  bytes_free(&call.body);
  bytes_free(&call.in);
  bytes_free(&call.message);
  return result;
}

/* The part of HTTP/2 (RFC 9113) that gRPC calls over a Unix socket need. */
#ifndef LINKD_HTTP2_H
#define LINKD_HTTP2_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes that grow; `failed` sticks when memory is short. */
struct bytes {
  uint8_t *data;
  size_t size;
  size_t capacity;
  bool failed;
};

void bytes_put(struct bytes *bytes, const void *data, size_t size);
void bytes_byte(struct bytes *bytes, uint8_t value);
/* Makes it empty, and keeps its memory. */
void bytes_clear(struct bytes *bytes);
void bytes_free(struct bytes *bytes);

/* A call that has a connection of its own. */
struct grpc_call;

enum grpc_event {
  GRPC_MESSAGE, /* a message of the answer */
  GRPC_ENDED,   /* the server ended the call */
  GRPC_BROKEN   /* the connection does not work, or is not HTTP/2, or memory is short */
};

/*
 * Begins a call over a connected socket, which stays the caller's. `path` is
 * "/package.Service/Method", at most 127 bytes. Nothing is sent before the first message. NULL when
 * memory is short.
 */
struct grpc_call *grpc_begin(int socket, const char *path);

/*
 * Sends a message, or none if it is NULL; no message follows the `last` one. Waits while the server
 * takes no more. False when the call is over.
 */
bool grpc_send(struct grpc_call *call, const struct bytes *message, bool last);

/* Waits for the next message of the answer. It stays valid until the next operation on the call. */
enum grpc_event grpc_receive(struct grpc_call *call, const uint8_t **message, size_t *size);

/* Whether grpc_receive would not wait. */
bool grpc_ready(struct grpc_call *call);

/* The status of a call that the server ended: 0 is OK; -1 if it gave none. */
int grpc_status(const struct grpc_call *call);

/* What the server says about the status; "" if nothing. */
const char *grpc_status_text(const struct grpc_call *call);

/* Frees the call, which may be NULL. */
void grpc_free(struct grpc_call *call);

#endif

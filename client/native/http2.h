/* The part of HTTP/2 (RFC 9113) that one gRPC call over a Unix socket needs. */
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
void bytes_free(struct bytes *bytes);

/* What a call does with each message of the answer; false ends the call. */
typedef bool (*message_handler)(void *context, const uint8_t *message, size_t size);

enum call_result {
  CALL_ENDED,   /* the handler ended it */
  CALL_REFUSED, /* the server closed the stream or the connection */
  CALL_FAILED   /* the connection does not work, or is not HTTP/2 */
};

/*
 * Sends one request over a connected socket and hands every message of the answer to the handler.
 * `path` is "/package.Service/Method", at most 127 bytes.
 */
enum call_result grpc_call(int socket, const char *path, const struct bytes *request,
                           message_handler handler, void *context);

#endif

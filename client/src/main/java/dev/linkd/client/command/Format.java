package dev.linkd.client.command;

/** Form of what the commands print. */
enum Format {
  /** For people. */
  text,
  /** For programs: the messages of the API in protobuf's JSON mapping, one object. */
  json
}

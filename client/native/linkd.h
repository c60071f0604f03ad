/*
 * A client of linkd for compilers: opens an output, streams functions and data, and publishes.
 *
 * Compile linkd.c, connect.c, diagnostic.c, hpack.c, http2.c and protobuf.c into your program; C11
 * and POSIX are all that they need. docs/api.md explains atoms, streams and flushes; the meaning, the
 * ranges and the limits of all numbers are in the proto files, proto/src/main/protobuf/linkd/v1/.
 * Names and keys are any bytes, with their length.
 *
 * A client is for one thread at a time. Functions return false when the connection is lost or the
 * daemon ends the call; linkd_error says why, and then only linkd_free makes sense. Open again after
 * that, and send everything if the new client is fresh. What is wrong with the program that is
 * linked is no such failure: the listener hears of it, and linkd_flush does not publish.
 */
#ifndef LINKD_LINKD_H
#define LINKD_LINKD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct linkd_text {
  const void *data;
  size_t size;
};

/* OutputKind of output.proto. */
enum linkd_kind {
  LINKD_STATIC_EXECUTABLE = 1,
  LINKD_DYNAMIC_EXECUTABLE = 2,
  LINKD_PIE = 3,
  LINKD_STATIC_PIE = 4,
  LINKD_SHARED_LIBRARY = 5
};

/* OutputOptions of output.proto. NULL stands for what linkd takes without the option. */
struct linkd_output {
  const char *path; /* absolute */
  enum linkd_kind kind;
  const char *entry;
  const char *interpreter;
  const char *soname;
  bool bind_now;
  bool export_dynamic;
  bool build_id;
};

/*
 * Definition of update.proto: a symbol at an offset of the atom. Here and below a number that
 * linkd_name gave may stand in place of a text, which is empty then.
 */
struct linkd_definition {
  struct linkd_text name;
  uint64_t offset;
  uint64_t size;
  uint32_t info;  /* st_info */
  uint32_t other; /* st_other */
  uint32_t number;
};

/* TargetSpace of update.proto: where the name of a target is looked up. */
enum linkd_space { LINKD_GLOBAL = 1, LINKD_LOCAL = 2, LINKD_ATOM = 3, LINKD_WEAK = 4 };

struct linkd_target {
  struct linkd_text name;
  enum linkd_space space;
  uint32_t number; /* of one atom: all have one, or none */
};

struct linkd_relocation {
  uint64_t offset; /* of the field in the atom, in bytes */
  uint32_t kind;   /* r_type */
  uint32_t target; /* index of the target in the atom */
  int64_t addend;
};

/* AtomPut of update.proto. */
struct linkd_atom {
  struct linkd_text key; /* names it in the stream; the same key replaces the atom */
  struct linkd_text section;
  uint32_t section_type;  /* sh_type */
  uint64_t section_flags; /* sh_flags */
  uint64_t alignment;     /* a power of two */
  struct linkd_text content;
  uint64_t size; /* of an atom without content, such as in .bss */
  const struct linkd_definition *definitions;
  size_t definition_count;
  const struct linkd_target *targets; /* each name once in each space */
  size_t target_count;
  const struct linkd_relocation *relocations;
  size_t relocation_count;
  uint32_t key_number;
  uint32_t section_number;
};

struct linkd_report {
  bool published;
  uint64_t generation; /* of the published file, 0 when there is none */
  uint64_t atoms_changed;
  uint64_t atoms_moved;
  uint64_t relocations_applied;
  uint64_t bytes_written;
  uint64_t settle_nanoseconds; /* for resolution, placement and relocation */
  uint64_t publish_nanoseconds;
};

/*
 * Hears of updates that were refused and of what is wrong with the program: a line without its end,
 * "error: input:(section+0x10): text", and the code of diagnostic.proto, such as UNDEFINED_SYMBOL.
 */
typedef void (*linkd_listener)(void *context, const char *code, const char *line);

struct linkd;

/*
 * Opens an output, or attaches to it when it is open, and begins a stream, which is a scope for
 * keys and local symbols, such as a source file.
 *
 * `socket` is that of the daemon; NULL: the one that linkctl uses. No daemon is started: run `linkd`
 * when nobody answers. NULL when memory is short. Otherwise linkd_error says whether it worked.
 */
struct linkd *linkd_open(const char *socket, const struct linkd_output *output, const char *stream,
                         linkd_listener listener, void *context);

/* What went wrong; NULL when nothing has. */
const char *linkd_error(const struct linkd *client);

/* Whether the daemon knows nothing of the output, so that everything has to be sent. */
bool linkd_is_fresh(const struct linkd *client);

/*
 * Gives a name a number, which atoms can have in its place: faster for whoever sends many atoms that
 * mention the same names. It holds as long as the client does; the same name may have several.
 * UpdateRequest of update.proto has the limits. 0 when the connection is lost.
 */
uint32_t linkd_name(struct linkd *client, struct linkd_text name);

/* Adds or replaces an atom. Sent when enough is together; nothing is published before a flush. */
bool linkd_put(struct linkd *client, const struct linkd_atom *atom);

bool linkd_remove(struct linkd *client, struct linkd_text key);

/* Adds an object, archive or shared library, or reads it again. `path` is absolute. */
bool linkd_put_input(struct linkd *client, const char *path);

bool linkd_remove_input(struct linkd *client, const char *path);

/* Removes all atoms and local symbols of the stream. */
bool linkd_clear(struct linkd *client);

/* Publishes, and waits for it. */
bool linkd_flush(struct linkd *client, struct linkd_report *report);

/* Ends the stream when everything has been applied, and frees the client. The output stays open. */
bool linkd_close(struct linkd *client);

/* Frees the client without waiting; it may be NULL. */
void linkd_free(struct linkd *client);

#endif

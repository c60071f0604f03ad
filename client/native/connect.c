#include "connect.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* The socket that is given, or that of linkctl: LINKD_SOCKET, or daemon.sock in the runtime directory of linkd. */
static bool socket_path(struct sockaddr_un *address, const char *given) {
  const char *named = given != NULL ? given : getenv("LINKD_SOCKET");
  const char *runtime = getenv("XDG_RUNTIME_DIR");
  int length;
  if (named != NULL && named[0] != '\0') {
    length = snprintf(address->sun_path, sizeof address->sun_path, "%s", named);
  } else if (runtime != NULL && runtime[0] == '/') {
    length = snprintf(address->sun_path, sizeof address->sun_path, "%s/linkd/daemon.sock", runtime);
  } else {
    length = snprintf(address->sun_path, sizeof address->sun_path, "/tmp/linkd-%ld/daemon.sock",
                      (long)geteuid());
  }
  return length > 0 && (size_t)length < sizeof address->sun_path;
}

int connect_daemon(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (!socket_path(&address, path)) {
    return -1;
  }
  int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor >= 0 && connect(descriptor, (struct sockaddr *)&address, sizeof address) != 0) {
    close(descriptor);
    return -1;
  }
  return descriptor;
}
